"""Who is connected, and the fan-out: an event is rendered once and handed to every device of its audience."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from gateway.domain.audience import Eviction, evicted
from gateway.domain.events import ConversationEvent, Event, MessagePosted, UserForgotten, UserMerged
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import OWN
from gateway.flow.annals import Annals
from gateway.flow.meter import Meter
from gateway.flow.receipts import Pushed
from gateway.wire import socket


class Heard(NamedTuple):
    """What a device is told in one go, of one conversation where it is of any: frames in order, with their seqs."""

    frames: Sequence[tuple[bytes, int]]
    conversation_id: str | None
    together: bytes
    """All of the frames."""


class Listener(Protocol):
    """One device's end of the hub. `hear` must not wait."""

    app_id: str
    user_id: str
    integration_id: str
    key_id: str | None

    def hear(self, heard: Heard) -> None: ...
    def expect(self, pushed: Pushed) -> None: ...
    def forget(self) -> None: ...
    def merged(self, event: UserMerged) -> None: ...
    def dismiss(self, goodbye: Goodbye) -> None: ...
    def clock_was_set(self, by_ms: int) -> None: ...


Talk = dict[tuple[str, tuple[str, ...]], list[MessagePosted]]
"""Messages by their conversation and who hears them."""


class Hub:
    """One index, user to devices: people are addressed, not rooms."""

    def __init__(self, meter: Meter, annals: Annals) -> None:
        self._meter = meter
        self._annals = annals
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

    def clock_was_set(self, by_ms: int) -> None:
        """Tokens end by the clock."""
        for listener in self.everyone():
            listener.clock_was_set(by_ms)

    def hear(self, events: Sequence[Event]) -> None:
        """Hand committed events to whom they are meant for, in order per conversation.

        What is said in a conversation without anything else in between goes to each of its devices as one.
        """
        talk: Talk = {}
        for event in events:
            if type(event) is MessagePosted and not event.receipts:
                talk.setdefault((event.conversation.id, event.audience), []).append(event)
                continue
            self._pass_on(talk)
            talk = {}
            self._take(event)
        self._pass_on(talk)

    def _take(self, event: Event) -> None:
        """Any event, with what follows of it for the devices themselves."""
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

    def _pass_on(self, talk: Talk) -> None:
        for (conversation_id, audience), messages in talk.items():
            there = [listener for user_id in audience for listener in self._by_user.get(user_id, ())]
            if there:
                frames = [(socket.message_said(it), it.seq) for it in messages]
                together = b"".join([frame for frame, _ in frames]) if len(frames) > 1 else frames[0][0]
                heard = Heard(frames, conversation_id, together)
                for listener in there:
                    listener.hear(heard)
                self._meter.deliveries += len(there) * len(frames)
                self._annals.heard(conversation_id, frames, len(together))

    def _tell(self, event: Event) -> None:
        there = [listener for user_id in event.audience for listener in self._by_user.get(user_id, ())]
        said = socket.say(event) if there else None
        if said is None:
            return
        place = (event.conversation.id, event.seq) if isinstance(event, ConversationEvent) else (None, 0)
        to_all = _alone(said.to_all, *place)
        for listener in there:
            frame = said.to(listener.user_id)
            listener.hear(to_all if frame is said.to_all else _alone(frame, *place))
        self._meter.deliveries += len(there)
        if isinstance(event, ConversationEvent) and event.seq:
            self._annals.told(event, said)

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


def _alone(frame: bytes, conversation_id: str | None, seq: int) -> Heard:
    return Heard(((frame, seq),), conversation_id, frame)


def _fits(listener: Listener, eviction: Eviction) -> bool:
    return (
        listener.app_id == eviction.app_id
        and eviction.user_id in (None, listener.user_id)
        and eviction.integration_id in (None, listener.integration_id)
        and eviction.key_id in (None, listener.key_id)
    )
