"""Who is typing: told at most every few seconds, and over by itself, on send and on disconnect."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from gateway.domain import limits
from gateway.domain.audience import webhooks
from gateway.domain.commands import Type
from gateway.domain.decide import decide
from gateway.domain.errors import Refused
from gateway.domain.events import Event, Left, MessagePosted
from gateway.flow.corridor import Corridor
from gateway.ports import Bus, Stamper, Store

START: Final = "typing:start"
STOP: Final = "typing:stop"

Typist = tuple[str, str]  # conversation, and user or the business's name


class _Indicator:
    """One person's dots in one conversation."""

    __slots__ = ("command", "ends", "told_at")

    def __init__(self, command: Type, told_at: float, ends: asyncio.TimerHandle) -> None:
        self.command = command
        self.told_at = told_at
        self.ends = ends


class Typists:
    """Ephemeral: typing skips the commit, unless a webhook is due it."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        corridor: Corridor,
        stamper: Stamper,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._store = store
        self._bus = bus
        self._corridor = corridor
        self._stamper = stamper
        self._spawn = spawn
        self._typing: dict[Typist, _Indicator] = {}

    async def take(self, command: Type) -> None:
        """Start or stop; raises `Refused`. A stop by one who does not type is no news."""
        typist = _typist(command)
        before = self._typing.get(typist)
        if command.activity == STOP:
            if before is not None:
                self._end(typist)
            await self._tell(command, audible=before is not None)
            return
        now = asyncio.get_running_loop().time()
        news = before is None or now - before.told_at >= limits.TYPING_REPEAT_S
        await self._tell(command, audible=news)
        self._note(typist, command, now if before is None or news else before.told_at)

    def _note(self, typist: Typist, command: Type, told_at: float) -> None:
        self._end(typist)
        ends = asyncio.get_running_loop().call_later(limits.TYPING_EXPIRES_S, self.over, typist)
        self._typing[typist] = _Indicator(command, told_at, ends)

    def over(self, typist: Typist) -> None:
        """Say that somebody stopped, who did not say so themselves."""
        indicator = self._typing.get(typist)
        if indicator is None:
            return
        self._end(typist)
        self._spawn(self._stopped(indicator.command))

    def gone(self, user_id: str) -> None:
        """A user's last device has left."""
        for typist in [it for it in self._typing if it[1] == user_id]:
            self.over(typist)

    def hear(self, events: Sequence[Event]) -> None:
        """Sending ends typing, and so does leaving."""
        if not self._typing:
            return
        for event in events:
            if isinstance(event, MessagePosted):
                author = event.message.author
                self.over((event.conversation.id, author.user_id or author.display_name or ""))
            elif isinstance(event, Left):
                self._end((event.conversation.id, event.user.id))

    def _end(self, typist: Typist) -> None:
        indicator = self._typing.pop(typist, None)
        if indicator is not None:
            indicator.ends.cancel()

    async def _stopped(self, command: Type) -> None:
        stop = Type(
            app_id=command.app_id,
            conversation_id=command.conversation_id,
            typist=command.typist,
            activity=STOP,
            source=command.source,
        )
        try:
            await self._tell(stop, audible=True)
        except Refused:
            return  # left or removed meanwhile: nobody waits for the dots to end

    async def _tell(self, command: Type, *, audible: bool) -> None:
        house = await self._store.peek(command.needs())
        (event,) = decide(house, command, self._stamper()).events
        if not audible:
            return
        if webhooks(house.office(command.app_id), event):
            await self._corridor.execute(command)
        else:
            await self._bus.publish((event,))


def _typist(command: Type) -> Typist:
    speaker = command.typist
    return command.conversation_id, speaker.user.value if speaker.user else speaker.display_name or ""
