"""Where webhook calls arrive: as little HTTP as a sender can notice."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic_ns, time_ns
from typing import Final, cast

from clients.loadtest.calls import BadCall, Call, Event, events, scan
from clients.loadtest.guest import NEVER
from clients.loadtest.mirror import Lane, Mirror
from clients.loadtest.signatures import is_signed

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
FAILED: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
SILENCE: Final = b""
DRIP_S: Final = 1.0  # between two bytes of an answer that trickles
SAMPLE: Final = 16  # one call of so many is looked at, so that the receiver stays cheap


class Caller(asyncio.Protocol):
    """One connection from the gateway. Every request gets the same answer, then it is handed on."""

    def __init__(self, answer: bytes, take: Callable[[Call], None], after_s: float = 0.0) -> None:
        self._answer = answer
        self._after_s = after_s
        self._take = take
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answers every whole request, and keeps the beginning of the next."""
        if self._transport is None:
            return
        if self._rest:
            data = self._rest + data
        try:
            calls, stop = scan(data)
        except BadCall:
            self._transport.close()
            return
        self._rest = data[stop:]
        answers = self._answer * len(calls)
        if self._after_s:
            asyncio.get_running_loop().call_later(self._after_s, self._transport.write, answers)
        else:
            self._transport.write(answers)
        for call in calls:
            self._take(call)


class Trickler(Caller):
    """Answers a byte at a time, for as long as the caller stays."""

    def __init__(self, answer: bytes, take: Callable[[Call], None]) -> None:
        super().__init__(SILENCE, take)
        self._drops = iter(answer)
        self._drip = asyncio.get_running_loop().call_later(DRIP_S, self._let_fall)

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller lost patience."""
        del exc
        self._drip.cancel()

    def _let_fall(self) -> None:
        drop = next(self._drops, None)
        if self._transport is not None and drop is not None:
            self._transport.write(bytes((drop,)))
            self._drip = asyncio.get_running_loop().call_later(DRIP_S, self._let_fall)


@dataclass(slots=True)
class Watch:
    """What all mailboxes count on. Only what comes, or was sent, from `from_ns` until `until_ns` is measured."""

    mirror: Mirror = field(default_factory=Mirror)
    from_ns: int = NEVER
    until_ns: int = NEVER
    first_ns: int = 0
    last_ns: int = 0
    calls: int = 0  # all of them, like the events, for the eyes of who waits
    events: int = 0

    def is_on(self, at_ns: int) -> bool:
        """Whether this moment is measured."""
        return self.from_ns <= at_ns < self.until_ns


class Mailbox:
    """A webhook that takes all it is told. Of its calls, some are looked at: whether they were signed with `key`."""

    def __init__(self, watch: Watch) -> None:
        self.key = b""
        self._watch = watch
        self._taken = 0
        self._lanes: defaultdict[str, Lane] = defaultdict(Lane)

    def take(self, call: Call) -> None:
        """Counts a call, and each of its events."""
        now_ns, wall_ns = monotonic_ns(), time_ns()
        told, watch = events(call.body), self._watch
        watch.first_ns = watch.first_ns or now_ns
        watch.last_ns = now_ns
        watch.calls += 1
        watch.events += len(told)
        if watch.is_on(now_ns):
            watch.mirror.calls += 1
            watch.mirror.events += len(told)
            watch.mirror.per_call.record(len(told))
        if self._taken % SAMPLE == 0:
            watch.mirror.checked += 1
            watch.mirror.faults.unsigned += not is_signed(call, self.key)
        self._taken += 1
        for event in told:
            self._hear(event, now_ns, wall_ns)

    def is_whole(self, minutes: Mapping[str, Sequence[int]]) -> bool:
        """Whether it heard as much as was said."""
        return all(self._lanes[room_id].is_whole(said) for room_id, said in minutes.items())

    def judge(self, minutes: Mapping[str, Sequence[int]]) -> None:
        """Counts what it never heard, or heard wrongly."""
        for room_id, said in minutes.items():
            self._lanes[room_id].judge(said, self._watch.mirror.faults)

    def _hear(self, event: Event, now_ns: int, wall_ns: int) -> None:
        sent_ns = event.sent_ns
        if sent_ns is None:
            return
        self._lanes[event.conversation_id].hear(sent_ns)
        if self._watch.is_on(sent_ns):
            self._watch.mirror.from_sent.record((now_ns - sent_ns) // 1000)
            self._watch.mirror.from_received.record((wall_ns - event.received_ns) // 1000)
