"""What is asked about the control of a conversation."""

from gateway.domain.commands.command import Needs
from gateway.domain.commands.conversations import InConversation
from gateway.domain.model import Metadata


class ControlAction(InConversation[None], kw_only=True):
    """`by` is the integration whose key asks; None for the app's or the account's."""

    by: str | None = None
    metadata: Metadata | None = None

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, newest=True)


class PassControl(ControlAction, kw_only=True):
    """`target` is the id, name or type of a switchboard integration, or `next`."""

    target: str
    reason: str | None = None


class OfferControl(ControlAction, kw_only=True):
    target: str


class AcceptControl(ControlAction, kw_only=True):
    pass


class ReleaseControl(ControlAction, kw_only=True):
    reason: str | None = None
