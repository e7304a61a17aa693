"""A device's WebSocket: what waits to be sent to it, its heartbeat, and how it ends."""

import asyncio
from collections.abc import Iterator
from typing import Final

from websockets.frames import Frame, Opcode

from gateway.domain import goodbyes, limits
from gateway.domain.goodbyes import Goodbye
from gateway.edge.farewells import Farewells
from gateway.edge.framing import Framing
from gateway.flow.floor import Flow
from gateway.flow.meter import Meter
from gateway.flow.session import Session
from gateway.wire import socket

LINGER_S: Final = 2.0  # a device that was said goodbye to may take this long to read it
SIP_BYTES: Final = 4_096  # of what came, taken at a time: frames are counted before much work was done for them
PROBED: Final = b"received"  # what a ping holds that is to prove all before it; a heartbeat holds nothing
HEARTBEAT: Final = Frame(Opcode.PING, b"").serialize(mask=False)
PROBE: Final = Frame(Opcode.PING, PROBED).serialize(mask=False)


class Outgoing:
    """Writes each touched connection once per tick of the loop, however many frames it was given."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._touched: list[DeviceConnection] = []

    def touch(self, connection: "DeviceConnection") -> None:
        if not self._touched:
            asyncio.get_running_loop().call_soon(self._flush)
        self._touched.append(connection)

    def _flush(self) -> None:
        touched, self._touched = self._touched, []
        for connection in touched:
            connection.flush()
        self._meter.written()


class Heartbeats:
    """Pings the idle. Connections stand in as many buckets as a heartbeat has seconds; one is looked at each second."""

    def __init__(self) -> None:
        self._buckets: list[set[DeviceConnection]] = [set() for _ in range(limits.HEARTBEAT_S)]
        self._joined = 0
        self.second = 0

    def join(self, connection: "DeviceConnection") -> set["DeviceConnection"]:
        """The bucket to leave from."""
        bucket = self._buckets[self._joined % len(self._buckets)]
        self._joined += 1
        bucket.add(connection)
        return bucket

    async def run(self) -> None:
        for second in range(1 << 62):
            await asyncio.sleep(1)
            self.beat(second)

    def beat(self, second: int) -> None:
        self.second = second
        for connection in tuple(self._buckets[second % len(self._buckets)]):
            connection.beat()


class Doors:
    """What all device connections share."""

    def __init__(self, flow: Flow, max_unsent_bytes: int) -> None:
        self.flow = flow
        self.max_unsent_bytes = max_unsent_bytes
        self.outgoing = Outgoing(flow.meter)
        self.heartbeats = Heartbeats()
        self.open: set[DeviceConnection] = set()
        self.frames_per_second = limits.FRAMES_PER_COMMAND * flow.commands_per_second
        self.closing = False
        self.farewells = Farewells(flow.dice)
        self._emptied = asyncio.Event()

    def unsent(self) -> Iterator[int]:
        """Of each connection, the bytes that the network has not taken yet."""
        return (it.unsent() for it in self.open)

    def left(self, connection: "DeviceConnection") -> None:
        self.open.discard(connection)
        self.flow.meter.closed()
        if not self.open:
            self._emptied.set()

    async def empty(self, goodbye: Goodbye, within_s: float) -> None:
        """Let nobody in, say goodbye to every device within that time, and wait until all have hung up."""
        self.closing = True
        self._emptied.clear()
        await self.farewells.tell(tuple(self.open), goodbye, within_s)
        if self.open:
            await self._emptied.wait()


class DeviceConnection(Framing):
    """One device's connection; the `Socket` of its `Session`."""

    __slots__ = (
        *("_bucket", "_doors", "_due", "_frames", "_out", "_pings", "_probe", "_probing", "_second", "_session"),
        "_unsent",
    )

    def __init__(
        self, doors: Doors, transport: asyncio.Transport, integration_id: str, address: str | None = None
    ) -> None:
        super().__init__(transport, limits.FRAME_BYTES)
        self._doors = doors
        self._session = Session(doors.flow, self, integration_id, address)
        self._frames = 0
        self._second = doors.heartbeats.second
        self._out: list[bytes] = []
        self._unsent = 0
        self._pings = 0
        self._probe = False
        self._probing = False
        self._bucket = doors.heartbeats.join(self)
        doors.open.add(self)
        doors.flow.meter.opened()
        self._due = asyncio.get_running_loop().call_later(limits.HELLO_S, self._hello_is_due)

    # From the device

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), SIP_BYTES):
            if self._frames <= 2 * self._doors.frames_per_second:  # else it was told goodbye, and goes on
                super().data_received(data[start : start + SIP_BYTES])

    def _taken(self, frames: int) -> None:
        """Frames of any kind are counted against what a device may send in one second."""
        if self._second != self._doors.heartbeats.second:
            self._second, self._frames = self._doors.heartbeats.second, 0
        self._frames += frames
        if self._frames > self._doors.frames_per_second:
            self.dismiss(goodbyes.TOO_MANY_COMMANDS)

    def connection_lost(self, error: Exception | None) -> None:
        self._bucket.discard(self)
        self._doors.left(self)
        self._due.cancel()
        self._session.closed()
        super().connection_lost(error)

    def _upgraded(self, origin: str | None) -> None:
        self._session.origin = origin

    def _told(self, kind: Opcode, message: bytes) -> None:
        if kind is Opcode.TEXT:
            self._session.receive(message)
        else:
            self._violated()

    def _ponged(self, data: bytes) -> None:
        if self._probing and data == PROBED:
            self._probing = False
            self._session.proven()

    def _violated(self) -> None:
        self.dismiss(goodbyes.PROTOCOL_VIOLATION)

    def _hang_up(self) -> None:
        """Close once everything is sent, and no later than after a while: the device may not read any more."""
        self.flush()
        super()._hang_up()
        self._abort_later()

    def _abort_later(self) -> None:
        self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(LINGER_S, self._transport.abort)

    # From the session and the hub

    def write(self, frame: bytes) -> None:
        """Law 6: the bytes go on a list; too many unsent is a verdict, not a pause.

        What waits already is judged, not the new frame: a long history may be more than the limit by itself.
        """
        if self._unsent > self._doors.max_unsent_bytes and self._is_slow():
            self._session.dismiss(goodbyes.SLOW)
            return
        if not self._out:
            self._doors.outgoing.touch(self)
        self._out.append(frame)
        self._unsent += len(frame)

    def _is_slow(self) -> bool:
        """Whether too much waits even after the network was offered all of it."""
        self.flush()
        return self._unsent > self._doors.max_unsent_bytes

    def flush(self) -> None:
        out, self._out = self._out, []
        if self._transport.is_closing():
            return
        if self._probe:
            self._probe, self._probing = False, True
            out.append(PROBE)
            self._session.asked()
        if out:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))
        self._unsent = self._transport.get_write_buffer_size()

    def unsent(self) -> int:
        """Bytes that the network has not taken yet."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._out))

    def probe(self) -> None:
        """A ping goes out with what waits to be written, after it; none while another is under way."""
        if self._probe or self._probing:
            return
        self._probe = True
        if not self._out:
            self._doors.outgoing.touch(self)

    def close(self, goodbye: Goodbye) -> None:
        """Say goodbye, close, and hang up when the device does, or after a while."""
        if self._transport.is_closing():
            return
        self._session.end()
        self._doors.flow.meter.goodbyes[goodbye.code] += 1
        if goodbye is goodbyes.SLOW:
            self._out.clear()
        out, self._out = self._out, []
        out.append(socket.goodbye(goodbye, self._doors.farewells.away_s(goodbye)))
        out.append(self._close_frame(goodbye.code, goodbye.reason))
        self._transport.write(b"".join(out))
        self._abort_later()

    def dismiss(self, goodbye: Goodbye) -> None:
        self._session.dismiss(goodbye)

    # From the clock

    def beat(self) -> None:
        """Ping a connection that was silent since the last look; give up on one that left two pings unanswered."""
        if self._transport.is_closing() or not self._is_open:
            return
        if self._heard:
            self._heard, self._pings = False, 0
        elif self._pings >= 2:
            self._session.dismiss(goodbyes.NO_HEARTBEAT)
        else:
            self._pings += 1
            self.write(HEARTBEAT)

    def _hello_is_due(self) -> None:
        if not self._session.greeted:
            self._session.dismiss(goodbyes.BAD_HELLO)
