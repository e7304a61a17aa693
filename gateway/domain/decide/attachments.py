"""Decisions about uploaded files."""

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.value import Stamp


def keep(house: House, command: cmd.KeepAttachment, stamp: Stamp) -> Decision:
    house.office(command.app_id)
    if command.attachment.conversation_id is not None:
        house.room(command.app_id, command.attachment.conversation_id)
    kept = structs.replace(command.attachment, created_at=stamp.at)
    event = ev.AttachmentKept(id=stamp.new_id(), at=stamp.at, app_id=command.app_id, attachment=kept)
    return Decision((event,), kept)


def remove(house: House, command: cmd.RemoveAttachment, stamp: Stamp) -> Decision:
    found = house.attachments.get(command.attachment_id)
    if found is None or found.app_id != command.app_id:
        raise Refused(errors.ATTACHMENT_NOT_FOUND)
    event = ev.AttachmentRemoved(id=stamp.new_id(), at=stamp.at, app_id=command.app_id, attachment=found)
    return Decision((event,))
