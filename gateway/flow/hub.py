"""Who is connected, and the fan-out: an event is rendered once and handed to every device of its audience."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from gateway.domain.audience import Eviction, evicted
from gateway.domain.events import ConversationEvent, Event, MessagePosted, UserForgotten, UserMerged
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import OWN
from gateway.flow.meter import Meter
from gateway.flow.receipts import Pushed
from gateway.wire import socket
from gateway.wire.socket import Said


class Listener(Protocol):
    """One device's end of the hub. `hear` must not wait."""

    app_id: str
    user_id: str
    integration_id: str
    key_id: str | None

    def hear(self, frame: bytes, conversation_id: str | None, seq: int) -> None: ...
    def expect(self, pushed: Pushed) -> None: ...
    def forget(self) -> None: ...
    def merged(self, event: UserMerged) -> None: ...
    def dismiss(self, goodbye: Goodbye) -> None: ...


class Hub:
    """One index, user to devices: people are addressed, not rooms."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._by_user: dict[str, list[Listener]] = {}

    def __len__(self) -> int:
        """How many devices there are, but for the gateway's own."""
        return sum(map(len, self._by_user.values())) - len(self._by_user.get(OWN, ()))

    def join(self, listener: Listener) -> None:
        self._by_user.setdefault(listener.user_id, []).append(listener)

    def leave(self, listener: Listener) -> None:
        """Does nothing for one who is not there."""
        there = self._by_user.get(listener.user_id, [])
        if listener in there:
            there.remove(listener)
        if not there:
            self._by_user.pop(listener.user_id, None)

    def of(self, user_id: str) -> Sequence[Listener]:
        return tuple(self._by_user.get(user_id, ()))

    def everyone(self) -> Iterable[Listener]:
        return [listener for there in self._by_user.values() for listener in there]

    def hear(self, events: Sequence[Event]) -> None:
        """Hand committed events, in order, to whom they are meant for."""
        for event in events:
            self._tell(event)
            if isinstance(event, MessagePosted) and event.receipts:
                self._expect(event)
            if isinstance(event, UserForgotten):
                self._forget(event)
            if isinstance(event, UserMerged):
                for listener in self.of(event.discarded.id):
                    listener.merged(event)
            eviction = evicted(event)
            if eviction is not None:
                self._evict(eviction)

    def _tell(self, event: Event) -> None:
        said: Said | None = None
        conversation_id, seq = None, 0
        for user_id in event.audience:
            there = self._by_user.get(user_id)
            if not there:
                continue
            if said is None:
                said = socket.say(event)
                if said is None:
                    return
                if isinstance(event, ConversationEvent):
                    conversation_id, seq = event.conversation.id, event.seq
            frame = said.to(user_id)
            for listener in there:
                listener.hear(frame, conversation_id, seq)
            self._meter.deliveries += len(there)

    def _expect(self, event: MessagePosted) -> None:
        """Have those who were just handed a message prove that it arrived; its author need not."""
        pushed = Pushed(event.conversation.id, event.seq, event.message.id)
        for user_id in event.audience:
            if user_id != event.message.author.user_id:
                for listener in self.of(user_id):
                    listener.expect(pushed)

    def _forget(self, event: UserForgotten) -> None:
        for listener in self.of(event.user.id):
            listener.forget()

    def _evict(self, eviction: Eviction) -> None:
        there = self.of(eviction.user_id) if eviction.user_id else self.everyone()
        for listener in there:
            if _fits(listener, eviction):
                listener.dismiss(eviction.goodbye)


def _fits(listener: Listener, eviction: Eviction) -> bool:
    return (
        listener.app_id == eviction.app_id
        and eviction.user_id in (None, listener.user_id)
        and eviction.integration_id in (None, listener.integration_id)
        and eviction.key_id in (None, listener.key_id)
    )
