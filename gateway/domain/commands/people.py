"""What is asked about users and their devices."""

from typing import Any

from msgspec import UNSET, UnsetType

from gateway.domain.commands.command import Command, Needs, Ref
from gateway.domain.model import Metadata, Person, Profile, User
from gateway.domain.value import Value


class CreateUser(Command[User], kw_only=True):
    external_id: str | None = None
    brand_id: str | None = None
    signed_up_at: int | None = None
    to_be_retained: bool = False
    profile: Profile = Profile()
    metadata: Metadata = {}

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.name,) if self.name else ())

    @property
    def name(self) -> Ref | None:
        """What nobody else may be called."""
        return Ref(self.app_id, self.external_id, "external", self.brand_id or "") if self.external_id else None


class UpdateUser(Command[User], kw_only=True):
    """`profile` and `metadata_changes` name only what changes; None unsets it. `metadata` takes the place of all."""

    user: Ref
    signed_up_at: int | None | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: dict[str, str | None] | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET
    metadata_changes: dict[str, str | int | float | bool | None] = {}

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,))


class DeleteUser(Command[None], kw_only=True):
    user: Ref

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,), rooms_of_people=True)


class MergeUsers(Command[User], kw_only=True):
    """Two users are one person: all that the discarded one had becomes the surviving one's."""

    surviving: Ref
    discarded: Ref

    def needs(self) -> Needs:
        people = (self.surviving, self.discarded)
        return Needs(office=self.app_id, people=people, rooms_of_people=True, guests=True)


class ForgetUser(Command[User], kw_only=True):
    """Remove who a user is; what they said stays."""

    user: Ref

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,))


class DeviceDraft(Value, kw_only=True):
    guid: str
    platform: str
    integration_id: str
    app_version: str | None = None
    info: dict[str, Any] = {}
    push_token: str | None = None


class Connect(Command[Person], kw_only=True):
    """A device says hello: as the user of a verified JWT, as an anonymous one, as both (a login), or as somebody new.

    `external_id`, `email` and `name` have been verified; `user_id` is held against `session_hash` here, unless an auth
    code for it was shown and it is `admitted`. Whoever is new, or admitted, gets `new_session_hash`. A login may find
    the user there already, and then merges.
    """

    device: DeviceDraft
    external_id: str | None = None
    email: str | None = None
    name: str | None = None
    user_id: str | None = None
    session_hash: str | None = None
    new_session_hash: str | None = None
    admitted: bool = False

    def needs(self) -> Needs:
        known = Ref(self.app_id, self.user_id, "id") if self.user_id else None
        named = Ref(self.app_id, self.external_id, "external") if self.external_id else None
        people = tuple(it for it in (known, named) if it)
        logging_in = known is not None and named is not None
        return Needs(office=self.app_id, people=people, rooms_of_people=logging_in, guests=logging_in)


class OpenSession(Command[Person], kw_only=True):
    """Another session of an anonymous user: a device goes on as theirs that came as somebody merged into them."""

    user: Ref
    session_hash: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,))


class UpdateDevice(Command[Person], kw_only=True):
    user: Ref
    guid: str
    push_token: str | None | UnsetType = UNSET
    state: str | UnsetType = UNSET
    status: str | UnsetType = UNSET

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,))
