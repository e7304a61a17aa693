"""What is asked about messages, read marks, typing and buttons."""

from msgspec import structs

from gateway.domain.commands.command import Command, Needs, Ref, Speaker
from gateway.domain.commands.conversations import InConversation
from gateway.domain.content import Content, FormResponse, Reference, Text
from gateway.domain.message import Message, Override
from gateway.domain.model import API, Metadata, Source
from gateway.domain.value import Value


class Posted(Value):
    """What was said: one message, or several in order where shorthand makes more of one."""

    messages: tuple[Message, ...]
    duplicate: bool = False

    @property
    def message(self) -> Message:
        return self.messages[0]


class Destination(Value, kw_only=True):
    """Over which of the user's clients a message goes, by one of the two. The type `none` is over none: in silence."""

    integration_id: str | None = None
    integration_type: str | None = None

    @property
    def silent(self) -> bool:
        return self.integration_type == "none"


class Part(Value):
    """What one of a post's messages says, with metadata that is this message's own."""

    content: Content
    metadata: Metadata | None = None


class Post(InConversation[Posted], kw_only=True):
    """`parts` is what shorthand in `content` stands for, where its files were looked at already.

    `captions` says that shorthand is read in the text of an image or a file, too. `judged` says that it has passed
    its app's moderation.
    """

    author: Speaker
    content: Content
    metadata: Metadata | None = None
    references: tuple[Reference, ...] | None = None
    client_message_id: str | None = None
    override: Override | None = None
    schema: str | None = None
    destination: Destination | None = None
    parts: tuple[Part, ...] = ()
    captions: bool = False
    judged: bool = False
    source: Source = API

    def needs(self) -> Needs:
        sent = None
        if self.client_message_id is not None and self.author.user:
            sent = (self.conversation_id, self.author.user.value, self.client_message_id)
        return Needs(
            office=self.app_id,
            room=self.conversation_id,
            people=self.author.people,
            guests=self.destination is not None,
            recipients=True,
            sent=sent,
            message=next(iter(self.content.named_forms), None) if isinstance(self.content, FormResponse) else None,
            reply=self.content.payload if isinstance(self.content, Text) and self.author.user else None,
        )


class Say(Command[Posted], kw_only=True):
    """Post in a user's default conversation, which opens with it where there is none; `post` names no conversation."""

    user: Ref
    post: Post

    def needs(self) -> Needs:
        people = (self.user, *self.post.author.people)
        return structs.replace(self.post.needs(), room=None, people=people, default_of=self.user)


class Receive(InConversation[None], kw_only=True):
    """A device has received messages: `received` holds the seq and the id of each."""

    user: Ref
    integration_id: str
    received: tuple[tuple[int, str], ...]

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=(self.user,))


class DeleteMessage(InConversation[None], kw_only=True):
    message_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, message=self.message_id)


class ClearMessages(InConversation[None], kw_only=True):
    pass


class ExpireMessages(InConversation[None], kw_only=True):
    """Delete all messages if the conversation has been quiet for as long as its app keeps them; else nothing."""


class Mark(Value):
    """A read mark: the time of the newest message read (None when none was), and how many are unread."""

    last_read: int | None
    unread: int


class Read(InConversation[Mark], kw_only=True):
    reader: Speaker
    source: Source = API

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=self.reader.people)


class Type(InConversation[None], kw_only=True):
    typist: Speaker
    activity: str
    source: Source = API

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=self.typist.people)


class Press(InConversation[Posted | None], kw_only=True):
    """A reply or postback button is pressed; `action_id` is the id the gateway gave it.

    `judged` says that what it says has passed its app's moderation; `words` are what is said instead of the button's.
    """

    user: Ref
    action_id: str
    source: Source
    judged: bool = False
    words: Content | None = None

    def needs(self) -> Needs:
        return Needs(
            office=self.app_id,
            room=self.conversation_id,
            people=(self.user,),
            action=self.action_id,
            recipients=True,
        )
