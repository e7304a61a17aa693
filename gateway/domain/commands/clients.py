"""What is asked about a user's clients."""

from gateway.domain.commands.command import Command, Needs, Ref
from gateway.domain.model import Client, Link


class CreateClient(Command[Client], kw_only=True):
    """Link a user to a channel; the client is pending until the channel has found and asked them."""

    user: Ref
    link: Link

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.link.conversation_id, people=(self.user,))


class LinkChannel(Command[Client], kw_only=True):
    """Link a user to a channel in their default conversation, which opens with it; `link` names no conversation."""

    user: Ref
    link: Link

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,), default_of=self.user)


class DeleteClient(Command[None], kw_only=True):
    user: Ref
    client_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,), rooms_of_people=True)
