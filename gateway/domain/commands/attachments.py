"""What is asked about uploaded files."""

from gateway.domain.commands.command import Command, Needs
from gateway.domain.model import Attachment


class KeepAttachment(Command[Attachment], kw_only=True):
    """A file is there: keep it. `attachment.created_at` is given by the decision."""

    attachment: Attachment

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.attachment.conversation_id)


class RemoveAttachment(Command[None], kw_only=True):
    attachment_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id, attachment=self.attachment_id)
