"""A user's device: what it hears and what it may say."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from types import TracebackType
from typing import Final, NamedTuple, Self, Unpack
from urllib.parse import urlsplit, urlunsplit

from aiohttp import ClientSession

from clients.python.backoff import Backoff
from clients.python.credentials import Credentials, Renewal, Session
from clients.python.ear import Ear
from clients.python.errors import Closed, Ended, Refused
from clients.python.events import Inbox
from clients.python.fields import ConversationChanges, Described, DeviceChanges, NewConversation, UserChanges
from clients.python.line import Line
from clients.python.positions import Order, Positions
from clients.python.rest import Upload, answered, form
from clients.python.wire import Json

SOCKET_SCHEMES: Final = {"http": "ws", "https": "wss"}


class Page(NamedTuple):
    """Some of a list, and whether there is more of it in the direction asked for."""

    items: list[Json]
    has_more: bool


class Device:
    """One device of one user, online for as long as its `async with` block lasts.

    Entering waits for the first welcome, however long that takes; put an `asyncio.timeout` around it
    where that is too long. After that the connection comes back by itself and resumes where it was.

    Commands return the API's own objects as plain dicts. They raise `Refused` when the gateway answers
    with an error, `Ended` once a goodbye asks not to come back, and `Closed` after the block.
    Commands that may be repeated wait out a lost connection; `create_conversation` and `postback`, which
    may not, raise `Disconnected` when the answer was lost.
    """

    def __init__(  # noqa: PLR0913 - by name, and all but two may be left out
        self,
        url: str,
        integration_id: str,
        *,
        jwt: str | None = None,
        session: Session | None = None,
        on_invalid_auth: Renewal | None = None,
        positions: Positions | None = None,
        backoff: Backoff | None = None,
        **device: Unpack[Described],
    ) -> None:
        """A device of the gateway at `url`, such as `https://chat.example.com/sc`.

        `jwt` identifies a user, `session` an anonymous one, both together are a login, neither makes a new
        anonymous user. Keep `guid`, `session` and `positions` to come back later as the same device.
        """
        self.guid = device.setdefault("guid", secrets.token_hex(16))
        self._credentials = Credentials(jwt, session, on_invalid_auth)
        self._ear = Ear({"platform": "web", **device}, self._credentials, Order(positions))
        self.address = _address(url, integration_id)
        self._uploads = f"{url.rstrip('/')}/sdk/v2/integrations/{integration_id}/attachments"
        self._line = Line(self.address, self._ear, backoff or Backoff())
        self._ear.on_new_user = self._line.reconnect
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._living = [self._tasks.create_task(life) for life in (self._line.run(), self._mend_holes())]
        try:
            await self._line.online()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Says goodbye to the gateway and ends everything that waits. Leaving the block does this."""
        self._leave()
        await self._tasks.__aexit__(None, None, None)

    # what it knows

    @property
    def user(self) -> Json:
        """The user, as last told by a welcome, a login or an update of their own."""
        user: Json = self._ear.welcome["user"]
        return user

    @property
    def welcome(self) -> Json:
        """The last welcome: `epoch`, `user`, `device`, `conversations`, `recovered`, `limits`, …"""
        return self._ear.welcome

    @property
    def session(self) -> Session | None:
        """What lets an anonymous user come back; `None` for an identified one."""
        return self._credentials.session

    @property
    def session_token(self) -> str | None:
        """The token of the anonymous session."""
        return self._credentials.session.token if self._credentials.session else None

    @property
    def positions(self) -> Positions | None:
        """Where it stands, to resume from later."""
        return self._ear.order.positions

    def position(self, conversation_id: str) -> int | None:
        """The `seq` of the last event heard in a conversation; `None` when none is known."""
        return self._ear.order.position(conversation_id)

    @property
    def connected(self) -> bool:
        """Whether it is online at this moment."""
        return self._line.connected

    async def online(self) -> None:
        """Waits until it is connected and welcomed."""
        await self._line.online()

    def reconnect(self) -> None:
        """Drops the connection without a word and makes a new one at once, as after a change of network."""
        self._line.reconnect()

    def events(self) -> Inbox:
        """What is heard, in order and once: `Event`, or `Lost` where history must be read again.

        An async iterator, always the same one. It ends when the device is closed, and raises `Ended`
        after the last event when a goodbye was final.
        """
        return self._ear.inbox

    # what it may say

    async def send(
        self,
        conversation_id: str,
        content: str | Json,
        client_message_id: str | None = None,
        metadata: Json | None = None,
    ) -> Json:
        """Sends a text or any other content; returns the message once it is durable.

        Sent again under the same client message id after a lost connection, so that it arrives once.
        """
        fields: Json = {
            "conversationId": conversation_id,
            "content": {"type": "text", "text": content} if isinstance(content, str) else content,
            "clientMessageId": client_message_id or secrets.token_hex(12),
        }
        if metadata is not None:
            fields["metadata"] = metadata
        message: Json = (await self._line.ask("message:send", fields))["message"]
        return message

    async def upload(self, name: str, content: Upload, *, conversation_id: str | None = None) -> Json:
        """Uploads a file to show in a message: `{"mediaUrl", "mediaType"}`; raises `ApiError` where it is refused."""
        query = {"conversationId": conversation_id} if conversation_id is not None else None
        headers = {"Authorization": self._credentials.authorization()}
        async with (
            ClientSession(headers=headers) as http,
            http.post(self._uploads, params=query, data=form(name, content)) as response,
        ):
            attachment: Json = (await answered(response))["attachment"]
        return attachment

    async def history(
        self,
        conversation_id: str,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of messages, oldest first; without a bound the newest."""
        wanted = {"beforeSeq": before_seq, "afterSeq": after_seq, "limit": limit}
        answer = await self._about(conversation_id, "message:list", **_given(wanted))
        return Page(answer["messages"], answer["hasMore"])

    async def read(self, conversation_id: str) -> Json:
        """Marks all of it read: `{"lastRead", "unreadCount"}`."""
        return await self._about(conversation_id, "conversation:read")

    async def typing_start(self, conversation_id: str) -> None:
        """Shows that the user types, for twelve seconds or until they send or stop."""
        await self._about(conversation_id, "typing:start")

    async def typing_stop(self, conversation_id: str) -> None:
        """Shows that the user has stopped typing."""
        await self._about(conversation_id, "typing:stop")

    async def conversations(self, *, after: str | None = None, limit: int | None = None) -> Page:
        """A page of the user's conversations, the most recently active first."""
        answer = await self._line.ask("conversation:list", _given({"after": after, "limit": limit}))
        return Page(answer["conversations"], answer["hasMore"])

    async def conversation(self, conversation_id: str) -> Json:
        """One of them: `{"conversation", "participants", "seq"}`."""
        return await self._about(conversation_id, "conversation:get")

    async def create_conversation(self, **fields: Unpack[NewConversation]) -> Json:
        """Starts a personal conversation, where the integration allows it."""
        return await self._line.ask_once("conversation:create", {**fields})

    async def update_conversation(self, conversation_id: str, **changes: Unpack[ConversationChanges]) -> Json:
        """Changes it; returns the conversation."""
        answer = await self._line.ask("conversation:update", {"conversationId": conversation_id, **changes})
        conversation: Json = answer["conversation"]
        return conversation

    async def postback(self, conversation_id: str, action_id: str) -> None:
        """Presses a postback button."""
        await self._line.ask_once("postback", {"conversationId": conversation_id, "actionId": action_id})

    async def update_user(self, **changes: Unpack[UserChanges]) -> Json:
        """Changes the user's profile or metadata; returns the user."""
        answer = await self._line.ask("user:update", {**changes})
        self._ear.welcome["user"] = answer["user"]
        return self.user

    async def update_device(self, **changes: Unpack[DeviceChanges]) -> Json:
        """Changes the push token or the state; returns the device."""
        device: Json = (await self._line.ask("device:update", {**changes}))["device"]
        return device

    async def login(self, jwt: str) -> Json:
        """Makes the anonymous user the identified one of the token, or merges them; returns the user.

        Where that is another user than before, it connects again as theirs.
        """
        before = self._credentials.jwt
        self._credentials.jwt = jwt  # before asking: if the answer is lost, the next hello says it too
        try:
            answer = await self._line.ask("login", {"jwt": jwt})
        except Refused:
            self._credentials.jwt = before
            raise
        self._ear.identified(answer)
        return self.user

    async def logout(self) -> None:
        """Gives the identity back and closes the device."""
        await self._line.ask("logout", {})
        self._leave()

    async def ping(self) -> None:
        """Waits for the gateway to answer."""
        await self._line.ask("ping", {})

    def _leave(self) -> None:
        for life in self._living:
            life.cancel()

    async def _mend_holes(self) -> None:
        with suppress(Ended, Closed):
            while True:  # one after the other, to spare the rate limit
                await self._mend(await self._ear.holes.get())

    async def _mend(self, conversation_id: str) -> None:
        try:
            seq = self._ear.order.position(conversation_id)
            answer = await self._about(conversation_id, "events:since", seq=seq or 0)
        except Refused:  # the user is no longer in it
            answer = {"events": [], "recovered": False}
        self._ear.mended(conversation_id, answer["events"], complete=answer["recovered"])

    async def _about(self, conversation_id: str, kind: str, **fields: object) -> Json:
        return await self._line.ask(kind, {"conversationId": conversation_id, **fields})


def _given(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _address(url: str, integration_id: str) -> str:
    base = urlsplit(url)
    path = f"{base.path.rstrip('/')}/sdk/v2/integrations/{integration_id}/socket"
    return urlunsplit((SOCKET_SCHEMES.get(base.scheme, base.scheme), base.netloc, path, "", ""))
