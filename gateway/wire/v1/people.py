"""Users as v1.1 knows them: appUsers, whose devices and channels are all clients."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from gateway.domain import limits, reach
from gateway.domain.commands import CreateUser, MergeUsers, Ref, UpdateUser
from gateway.domain.content import check_metadata
from gateway.domain.model import PENDING, Client, Device, ExternalId, Metadata, Office, Person, Profile, User
from gateway.wire.requests import Body, Moment, check_moment
from gateway.wire.times import iso, ms
from gateway.wire.v2 import Json, time, without_none

ProfileText = Annotated[str, Meta(max_length=limits.PROFILE)]


class AppUserCreate(Body, kw_only=True):
    """An empty text is none."""

    user_id: ExternalId
    given_name: ProfileText | None = None
    surname: ProfileText | None = None
    email: ProfileText | None = None
    signed_up_at: Moment | None = None
    properties: Metadata | None = None

    def __post_init__(self) -> None:
        check_moment(self.signed_up_at, "signedUpAt")
        check_metadata(self.properties, "properties")

    def command(self, app_id: str) -> CreateUser:
        return CreateUser(
            app_id=app_id,
            external_id=self.user_id,
            signed_up_at=ms(self.signed_up_at) if self.signed_up_at else None,
            profile=Profile(given_name=self.given_name or None, surname=self.surname or None, email=self.email or None),
            metadata=self.properties or {},
        )


class AppUserUpdate(Body, kw_only=True):
    """What is absent keeps its value, null and an empty text unset it; `properties` are added to those there are."""

    given_name: ProfileText | None | UnsetType = UNSET
    surname: ProfileText | None | UnsetType = UNSET
    email: ProfileText | None | UnsetType = UNSET
    signed_up_at: Moment | None | UnsetType = UNSET
    properties: dict[str, str | int | float | bool | None] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_moment(self.signed_up_at, "signedUpAt")

    def command(self, user: Ref) -> UpdateUser:
        texts = {"given_name": self.given_name, "surname": self.surname, "email": self.email}
        return UpdateUser(
            app_id=user.app_id,
            user=user,
            signed_up_at=ms(self.signed_up_at) if isinstance(self.signed_up_at, datetime) else self.signed_up_at,
            profile={name: text or None for name, text in texts.items() if text is not UNSET},
            metadata=None if self.properties is None else UNSET,
            metadata_changes=self.properties or {},
        )


class Named(Body, kw_only=True):
    """A user by the id that the gateway gave them."""

    id: str = field(name="_id")


class Merge(Body, kw_only=True):
    surviving: Named
    discarded: Named

    def command(self, app_id: str) -> MergeUsers:
        surviving, discarded = (Ref(app_id, it.id, "id") for it in (self.surviving, self.discarded))
        return MergeUsers(app_id=app_id, surviving=surviving, discarded=discarded)


def app_user(person: Person, office: Office) -> Json:
    user = person.user
    links = [it for it in reach.clients(person, office) if it.link is not None]
    return without_none(
        **short_app_user(user),
        givenName=user.profile.given_name,
        surname=user.profile.surname,
        email=user.profile.email,
        signedUpAt=time(user.signed_up_at),
        properties=user.metadata,
        clients=[
            *(device(it) for it in reach.devices(person, office)),
            *(client(it) for it in links if it.status != PENDING),
        ],
        pendingClients=[client(it) for it in links if it.status == PENDING],
    )


def short_app_user(it: User) -> Json:
    """The truncated form that webhooks carry unless they ask for more."""
    started = it.default_conversation_id is not None
    return without_none(_id=it.id, userId=it.external_id, conversationStarted=started)


def device(it: Device) -> Json:
    """A device as the client it was before devices had a name; its id is the one that it made itself."""
    return without_none(
        id=it.guid,
        platform=it.platform,
        integrationId=it.integration_id,
        status=it.status,
        active=it.status == "active",
        lastSeen=iso(it.last_seen),
        info=it.info,
        appVersion=it.app_version,
        pushNotificationToken=it.push_token,
    )


def client(it: Client) -> Json:
    """A channel's client."""
    return without_none(
        id=it.id,
        platform=it.type,
        integrationId=it.integration_id,
        externalId=it.external_id,
        status=it.status,
        active=it.status == "active",
        lastSeen=time(it.last_seen),
        linkedAt=time(it.linked_at),
        displayName=it.display_name or it.external_id,
        avatarUrl=it.avatar_url,
        info=it.info,
        raw=it.raw,
    )
