"""Request bodies of clients."""

from typing import Literal

from gateway.domain.content import Image, Text
from gateway.domain.model import AnyCriteria, Confirmation, Link
from gateway.wire.requests.body import Body
from gateway.wire.requests.messages import AuthorDraft


class Target(Body, kw_only=True):
    conversation_id: str


class Question(Body, kw_only=True):
    """The message that asks the user; like any message of the API it names an author, who is the business."""

    author: AuthorDraft | None = None
    content: Text | Image

    def __post_init__(self) -> None:
        if self.author is not None and self.author.type != "business":
            raise ValueError("confirmation.message.author should be of type business")


class ConfirmationDraft(Body, kw_only=True):
    type: Literal["immediate", "userActivity", "prompt"]
    message: Question | None = None

    def __post_init__(self) -> None:
        self.value()

    def value(self) -> Confirmation:
        return Confirmation(type=self.type, message=self.message.content if self.message else None)


class ClientCreate(Body, kw_only=True):
    match_criteria: AnyCriteria
    confirmation: ConfirmationDraft
    target: Target

    def link(self) -> Link:
        return Link(
            conversation_id=self.target.conversation_id,
            criteria=self.match_criteria,
            confirmation=self.confirmation.value(),
        )
