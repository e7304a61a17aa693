"""A device's WebSocket: websockets' Sans-I/O core in a protocol of our own, so that a frame is written as it is."""

import asyncio
import logging
from typing import Final

from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from gateway.domain import goodbyes, limits
from gateway.domain.goodbyes import Goodbye
from gateway.flow.floor import Flow
from gateway.flow.session import Session
from gateway.wire import socket

LINGER_S: Final = 2.0  # a device that was said goodbye to may take this long to read it
PROBED: Final = b"received"  # what a ping holds that is to prove all before it; a heartbeat holds nothing
PROBE: Final = Frame(Opcode.PING, PROBED).serialize(mask=False)
QUIET: Final = logging.getLogger("gateway.websocket")
QUIET.setLevel(logging.CRITICAL)  # its debug lines would hold what people say


class Outgoing:
    """Writes each touched connection once per tick of the loop, however many frames it was given."""

    def __init__(self) -> None:
        self._touched: list[DeviceConnection] = []

    def touch(self, connection: "DeviceConnection") -> None:
        if not self._touched:
            asyncio.get_running_loop().call_soon(self._flush)
        self._touched.append(connection)

    def _flush(self) -> None:
        touched, self._touched = self._touched, []
        for connection in touched:
            connection.flush()


class Heartbeats:
    """Pings the idle. Connections stand in as many buckets as a heartbeat has seconds; one is looked at each second."""

    def __init__(self) -> None:
        self._buckets: list[set[DeviceConnection]] = [set() for _ in range(limits.HEARTBEAT_S)]
        self._joined = 0

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
        for connection in tuple(self._buckets[second % len(self._buckets)]):
            connection.beat()


class Doors:
    """What all device connections share."""

    def __init__(self, flow: Flow, max_unsent_bytes: int) -> None:
        self.flow = flow
        self.max_unsent_bytes = max_unsent_bytes
        self.outgoing = Outgoing()
        self.heartbeats = Heartbeats()
        self.open: set[DeviceConnection] = set()
        self._emptied = asyncio.Event()

    def left(self, connection: "DeviceConnection") -> None:
        self.open.discard(connection)
        if not self.open:
            self._emptied.set()

    async def empty(self, goodbye: Goodbye) -> None:
        """Say goodbye to every device, and wait until all have hung up."""
        self._emptied.clear()
        for connection in tuple(self.open):
            connection.dismiss(goodbye)
        if self.open:
            await self._emptied.wait()


class DeviceConnection(asyncio.Protocol):
    """One device's connection; the `Socket` of its `Session`.

    Outgoing frames go straight to the transport: no extension is negotiated, so what is framed once fits everybody.
    """

    __slots__ = (
        "_bucket",
        "_doors",
        "_due",
        "_heard",
        "_out",
        "_parts",
        "_pings",
        "_probe",
        "_probing",
        "_protocol",
        "_session",
        "_transport",
        "_unsent",
    )

    def __init__(self, doors: Doors, transport: asyncio.Transport, integration_id: str) -> None:
        self._doors = doors
        self._transport = transport
        self._protocol = ServerProtocol(max_size=limits.FRAME_BYTES, logger=QUIET)
        self._session = Session(doors.flow, self, integration_id)
        self._out: list[bytes] = []
        self._unsent = 0
        self._parts = bytearray()
        self._heard = True
        self._pings = 0
        self._probe = False
        self._probing = False
        self._bucket = doors.heartbeats.join(self)
        doors.open.add(self)
        self._due = asyncio.get_running_loop().call_later(limits.HELLO_S, self._hello_is_due)

    # From the transport

    def data_received(self, data: bytes) -> None:
        self._heard = True
        protocol = self._protocol
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
            elif isinstance(event, Request):
                self._upgrade(event)
        if protocol.parser_exc is not None:
            self.dismiss(goodbyes.PROTOCOL_VIOLATION)
            return
        self._relay()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._hang_up()

    def connection_lost(self, _: Exception | None) -> None:
        self._bucket.discard(self)
        self._doors.left(self)
        self._due.cancel()
        self._session.closed()
        self._protocol.parser.close()  # it holds the protocol that holds it

    def _relay(self) -> None:
        """Pass on what the protocol itself says: the handshake's answer, pongs, the echo of a close."""
        for data in self._protocol.data_to_send():
            if data:
                self.write(data)
            else:
                self._hang_up()

    def _hang_up(self) -> None:
        """Close once everything is sent, and no later than after a while: the device may not read any more."""
        self.flush()
        self._transport.close()
        self._abort_later()

    def _abort_later(self) -> None:
        self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(LINGER_S, self._transport.abort)

    def _upgrade(self, request: Request) -> None:
        response = self._protocol.accept(request)
        self._protocol.send_response(response)
        self._session.origin = request.headers.get("Origin")

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._take_text(frame)
        elif frame.opcode is Opcode.BINARY:
            self.dismiss(goodbyes.PROTOCOL_VIOLATION)
        elif frame.opcode is Opcode.PONG and self._probing and frame.data == PROBED:
            self._probing = False
            self._session.proven()

    def _take_text(self, frame: Frame) -> None:
        """A whole message, or a part of one; the protocol bounds their sum."""
        if frame.fin and frame.opcode is Opcode.TEXT:
            self._session.receive(bytes(frame.data))
            return
        self._parts += frame.data
        if frame.fin:
            text, self._parts = bytes(self._parts), bytearray()
            self._session.receive(text)

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
        self._session.over()
        if goodbye is goodbyes.SLOW:
            self._out.clear()
        low, high = goodbye.away_s
        after_s = low + (high - low) * self._doors.flow.dice()
        out, self._out = self._out, []
        out.append(socket.goodbye(goodbye, after_s))
        out.append(self._close_frame(goodbye))
        self._transport.write(b"".join(out))
        self._abort_later()

    def _close_frame(self, goodbye: Goodbye) -> bytes:
        """Ours, also where the protocol has failed and would close with a code of its own."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(goodbye.code, goodbye.reason)
            return b"".join(self._protocol.data_to_send())
        self._protocol.data_to_send()
        return Frame(Opcode.CLOSE, Close(goodbye.code, goodbye.reason).serialize()).serialize(mask=False)

    def dismiss(self, goodbye: Goodbye) -> None:
        self._session.dismiss(goodbye)

    # From the clock

    def beat(self) -> None:
        """Ping a connection that was silent since the last look; give up on one that left two pings unanswered."""
        if self._transport.is_closing():
            return
        if self._heard:
            self._heard, self._pings = False, 0
        elif self._pings >= 2:
            self._session.dismiss(goodbyes.NO_HEARTBEAT)
        else:
            self._pings += 1
            self._protocol.send_ping(b"")
            self._relay()

    def _hello_is_due(self) -> None:
        if not self._session.greeted:
            self._session.dismiss(goodbyes.BAD_HELLO)
