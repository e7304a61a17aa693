"""Decisions about an app's moderation."""

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors, signing
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import changed
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Moderation, Office
from gateway.domain.value import Stamp


def put(house: House, command: cmd.PutModeration, stamp: Stamp) -> Decision:
    """A change keeps the id and the secrets, so that the same said twice is the same."""
    office = house.office(command.app_id)
    before = office.moderation
    after = Moderation(
        id=before.id if before else stamp.new_id(),
        secret=before.secret if before else stamp.new_secret(),
        signing=before.signing if before else (signing.new_secret(stamp),),
        target=command.target,
        timeout_ms=command.timeout_ms,
        unanswered=command.unanswered,
    )
    return changed(structs.replace(office, moderation=after), stamp, after)


def rotate(house: House, command: cmd.RotateModerationSecret, stamp: Stamp) -> Decision:
    office, before = _moderated(house, command.app_id)
    after = structs.replace(before, signing=signing.rotated(before.signing, stamp, command.grace_s))
    return changed(structs.replace(office, moderation=after), stamp, after)


def delete(house: House, command: cmd.DeleteModeration, stamp: Stamp) -> Decision:
    office, _ = _moderated(house, command.app_id)
    return changed(structs.replace(office, moderation=None), stamp)


def _moderated(house: House, app_id: str) -> tuple[Office, Moderation]:
    office = house.office(app_id)
    if office.moderation is None:
        raise Refused(errors.NO_MODERATION)
    return office, office.moderation
