"""What a device keeps of what it hears: who its user is, where it stands, what waits to be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from clients.python.credentials import Credentials
from clients.python.events import Event, Heard, Inbox
from clients.python.positions import Order
from clients.python.wire import Json


class Ear:
    """Listens to a line and tells the events in order, each once.

    `holes` holds the conversations to ask `events:since` for, each until it is `mended`. `on_new_user` is called when
    the user is another one than was welcomed, or has other conversations: what is known has to be asked for again.
    """

    def __init__(self, description: Json, credentials: Credentials, order: Order) -> None:
        self.order = order
        self.inbox = Inbox()
        self.holes: asyncio.Queue[str] = asyncio.Queue()
        self.welcome: Json = {}
        self._description = description
        self._credentials = credentials
        self._wanted: set[str] = set()
        self.on_new_user: Callable[[], None] = lambda: None

    def hello(self) -> Json:
        """The fields of the next hello: the device, its credentials, and where it stands."""
        said: Json = {"device": self._description}
        if auth := self._credentials.auth():
            said["auth"] = auth
        if positions := self.order.positions:
            said["positions"] = positions.asked()
        return said

    async def renew(self) -> bool:
        """The credentials were refused; whether there are fresh ones to try."""
        return await self._credentials.renew()

    def welcomed(self, welcome: Json) -> None:
        """Learns from a welcome: the user, the session, what is lost, what is behind."""
        self.welcome = welcome
        self._credentials.learn(welcome)
        lost, behind = self.order.welcome(welcome)
        for marker in lost:
            self.inbox.put(marker)
        for conversation_id in behind:
            self._want(conversation_id)

    def heard(self, frame: Json) -> None:
        """Tells an event in its turn; one that comes too early waits for the hole before it to be mended."""
        event = Event.of_frame(frame)
        for ready in self.order.take(event):
            self._tell(ready)
        if event.conversation_id is not None and self.order.has_hole(event.conversation_id):
            self._want(event.conversation_id)

    def mended(self, conversation_id: str, frames: list[Json], *, complete: bool) -> None:
        """Tells what `events:since` brought, and what had been waiting for it."""
        self._wanted.discard(conversation_id)
        events = [Event.of_frame(frame) for frame in frames]
        for heard in self.order.mend(conversation_id, events, complete=complete):
            self._tell(heard)

    def identified(self, answer: Json) -> None:
        """Learns from the answer to a login."""
        self._credentials.learn(answer)
        before, self.welcome["user"] = self.welcome["user"], answer["user"]
        if before["id"] != answer["user"]["id"]:
            self.on_new_user()

    def ended(self, why: Exception) -> None:
        """Nothing will come any more."""
        self.inbox.end(why)

    def _want(self, conversation_id: str) -> None:
        if conversation_id not in self._wanted:
            self._wanted.add(conversation_id)
            self.holes.put_nowait(conversation_id)

    def _tell(self, heard: Heard) -> None:
        self.inbox.put(heard)
        if isinstance(heard, Event):
            self._learn(heard)

    def _learn(self, event: Event) -> None:
        if event.type == "user:merge":
            self._merged(event.payload)
            return
        about = event.payload.get("user", {})
        is_own = about.get("id") == self.welcome["user"]["id"]
        if event.type == "user:update" and is_own:
            self.welcome["user"] = about
        is_out = event.type == "conversation:remove" or (event.type == "conversation:leave" and is_own)
        if event.conversation_id is not None and is_out:
            self.order.forget(event.conversation_id)

    def _merged(self, payload: Json) -> None:
        """Two users are one. What was two conversations is asked for again, and is then `Lost`."""
        self.welcome["user"] = payload["mergedUsers"]["surviving"]
        self._credentials.merged(self.welcome["user"], payload.get("sessionToken"))
        if rooms := payload.get("mergedConversations"):
            self.order.forget(rooms["discarded"]["id"])
        self.on_new_user()
