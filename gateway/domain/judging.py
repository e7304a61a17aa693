"""Users' messages that are judged before they are said: what may say one, and how it goes on once it is judged."""

from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec import structs

from gateway.domain.commands import AnyCommand, CreateConversation, Post, Press, Say
from gateway.domain.content import Content, FormResponse
from gateway.domain.value import Value

C = TypeVar("C", bound=AnyCommand)

Contents = Sequence[Content | None]  # to be said instead, one for each message; None leaves it as it is


class Reply(Value):
    """What an endpoint answered: its status, None where nothing came in time; no body where it is too large."""

    status: int | None = None
    body: bytes | None = None

    @property
    def well(self) -> bool:
        """Whether the endpoint answers at all; what it answers may be of no use."""
        return self.status is not None and self.status < 500 and self.status != 429

    @property
    def said(self) -> bytes | None:
        """What it said to the message."""
        return self.body if self.status is not None and 200 <= self.status < 300 else None


def may_say(command: AnyCommand) -> bool:
    """Whether a user may say something by it."""
    match command:
        case Post():
            return command.author.user is not None
        case Say():
            return command.post.author.user is not None
        case CreateConversation():
            return bool(command.messages)
        case _:
            return isinstance(command, Press)


def judged(command: C, contents: Contents = ()) -> C:
    """The command once all that it says was judged, in these words where there are any."""
    match command:
        case Post():
            return structs.replace(command, judged=True, **_in_words(command.content, contents))
        case Say():
            return structs.replace(command, post=judged(command.post, contents))
        case CreateConversation():
            said = contents or (None,) * len(command.messages)
            words = tuple(new or old for new, old in zip(said, command.messages, strict=True))
            return structs.replace(command, judged=True, messages=words)
        case Press():
            return structs.replace(command, judged=True, words=contents[0] if contents else None)
        case _:
            return command


def _in_words(before: Content, contents: Contents) -> dict[str, Any]:
    """Other words for a post. An answer to a form answers that form, in whatever words."""
    after = contents[0] if contents else None
    if isinstance(before, FormResponse) and isinstance(after, FormResponse):
        fields = tuple(structs.replace(it, quoted_message_id=None) for it in after.fields)
        quoted = next(iter(before.named_forms), None)
        after = structs.replace(after, fields=fields, quoted_message_id=quoted)
    return {} if after is None else {"content": after}
