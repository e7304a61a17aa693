"""A WebSocket as whole messages, on websockets' Sans-I/O core. What the messages mean is not known here."""

import asyncio
import logging
from typing import Final

from websockets.frames import Close, Frame, Opcode
from websockets.frames import apply_mask as unmasked  # type: ignore[attr-defined]
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

END_OF_HEAD: Final = b"\r\n\r\n"
TEXT: Final = b"\x81"  # the first byte of a text that is one frame
MASKED: Final = 0x80
SIZE_IN_TWO: Final = 126  # the size is in the two bytes that follow
SIZE_IN_EIGHT: Final = 127
QUIET: Final = logging.getLogger("gateway.websocket")
QUIET.setLevel(logging.CRITICAL)  # its debug lines would hold what people say


class Framing(asyncio.Protocol):
    """A server's side of one connection, from the upgrade on; whoever inherits says what is made of what comes.

    Outgoing frames go straight to the transport: no extension is negotiated, so what is framed once fits everybody.
    """

    __slots__ = ("_heard", "_kind", "_most_bytes", "_parts", "_protocol", "_transport", "_under_way")

    def __init__(self, transport: asyncio.Transport, most_bytes: int) -> None:
        """`most_bytes` is how large a message may be, whole or in parts."""
        self._transport = transport
        self._most_bytes = most_bytes
        self._protocol = ServerProtocol(max_size=most_bytes, logger=QUIET)
        self._heard = True  # whether anything has come since somebody last looked
        self._kind = Opcode.TEXT
        self._parts = bytearray()
        self._under_way = 1  # what the protocol has begun and not given yet: bytes of frames, and a message in parts

    # What comes of it

    def write(self, frame: bytes) -> None:
        """Send bytes that are framed already."""
        raise NotImplementedError

    def _upgraded(self, request: Request) -> None:
        """The connection was asked for, with this request; the answer follows."""

    def _told(self, kind: Opcode, message: bytes) -> None:
        """A whole message, text or binary. Whether a text is UTF-8 has not been looked at."""
        raise NotImplementedError

    def _ponged(self, data: bytes) -> None:
        """A pong, asked for or not."""

    def _taken(self, frames: int) -> None:
        """So many frames came in one, of any kind."""

    def _violated(self) -> None:
        """The protocol was broken. It has failed, and says why in its own words."""
        self._relay()

    # From the transport

    def data_received(self, data: bytes) -> None:
        self._heard = True
        if not self._under_way:
            data = self._take_short(data)
            if not data:
                return
        self._under_way += len(data)
        protocol = self._protocol
        protocol.receive_data(data)
        events = protocol.events_received()
        for event in events:
            if isinstance(event, Frame):
                self._under_way -= _size(event)
                self._take(event)
            elif isinstance(event, Request):
                self._upgrade(event)
                if data.find(END_OF_HEAD) == len(data) - len(END_OF_HEAD):
                    self._under_way = 0
        self._taken(len(events))
        if protocol.parser_exc is not None:
            self._violated()
            return
        self._relay()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._hang_up()

    def connection_lost(self, _: Exception | None) -> None:
        self._protocol.parser.close()  # it holds the protocol that holds it

    def _take_short(self, data: bytes) -> bytes:
        """Take the texts that `data` begins with, whole and short as most are, past the protocol; gives the rest."""
        done = frames = 0
        while self._protocol.state is State.OPEN and (found := _short_text(data, done, self._most_bytes)):
            text, done = found
            frames += 1
            self._told(Opcode.TEXT, text)
        self._taken(frames)
        return data[done:] if done else data

    def _upgrade(self, request: Request) -> None:
        self._protocol.send_response(self._protocol.accept(request))
        self._upgraded(request)

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT and frame.fin:
            self._told(Opcode.TEXT, bytes(frame.data))
        elif frame.opcode is Opcode.PONG:
            self._ponged(bytes(frame.data))
        elif frame.opcode is Opcode.PING:
            self._relay_one()  # its pong, before the answer to what came after it
        elif frame.opcode is not Opcode.CLOSE:
            self._take_part(frame)

    def _take_part(self, frame: Frame) -> None:
        """A part of a message, or all of it; the protocol bounds their sum."""
        if frame.opcode is not Opcode.CONT:
            self._kind = frame.opcode
            self._under_way += 1
        self._parts += frame.data
        if frame.fin:
            self._under_way -= 1
            message, self._parts = bytes(self._parts), bytearray()
            self._told(self._kind, message)

    # What the protocol itself says

    def _relay(self) -> None:
        """Pass it on: the handshake's answer, pongs, the echo of a close."""
        for data in self._protocol.data_to_send():
            if data:
                self.write(data)
            else:
                self._hang_up()

    def _relay_one(self) -> None:
        if self._protocol.writes:
            self.write(self._protocol.writes.pop(0))

    def _hang_up(self) -> None:
        """Close once everything is sent."""
        self._transport.close()

    def _close_frame(self, code: int, reason: str) -> bytes:
        """Ours, also where the protocol has failed and would close with a code of its own."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            return b"".join(self._protocol.data_to_send())
        self._protocol.data_to_send()
        return Frame(Opcode.CLOSE, Close(code, reason).serialize()).serialize(mask=False)


def _short_text(data: bytes, start: int, most_bytes: int) -> tuple[bytes, int] | None:
    """The text frame that begins there, and where it ends; None if it is in parts, not masked, long or not all here."""
    if len(data) < start + 8 or data[start : start + 1] != TEXT:
        return None
    size, mask = data[start + 1] - MASKED, start + 2
    if size == SIZE_IN_TWO:
        size, mask = int.from_bytes(data[start + 2 : start + 4]), start + 4
    elif size == SIZE_IN_EIGHT:
        return None
    end = mask + 4 + size
    if not 0 <= size <= most_bytes or end > len(data):
        return None
    return unmasked(data[mask + 4 : end], data[mask : mask + 4]), end


def _size(frame: Frame) -> int:
    """Bytes that a frame took on its way here, in the shortest form there is."""
    size = len(frame.data)
    return size + (6 if size < 126 else 8 if size < 65_536 else 14)
