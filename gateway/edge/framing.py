"""A WebSocket as whole messages, on websockets' Sans-I/O core. What the messages mean is not known here."""

import asyncio
import logging
from typing import Final

from websockets.frames import Close, Frame, Opcode
from websockets.frames import apply_mask as unmasked  # type: ignore[attr-defined]
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from gateway.edge import upgrade

END_OF_HEAD: Final = b"\r\n\r\n"
SHORT: Final = {0x81: Opcode.TEXT, 0x8A: Opcode.PONG}  # by the first byte of a frame that is whole
MASKED: Final = 0x80
SIZE_IN_TWO: Final = 126  # the size is in the two bytes that follow
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
        self._protocol: ServerProtocol | None = None
        self._heard = True  # whether anything has come since somebody last looked
        self._kind = Opcode.TEXT
        self._parts = bytearray()
        self._under_way = 1  # what the protocol has begun and not given yet: bytes of frames, and a message in parts

    # What comes of it

    def write(self, frame: bytes) -> None:
        """Send bytes that are framed already."""
        raise NotImplementedError

    def _upgraded(self, origin: str | None) -> None:
        """The connection was asked for, by a page of this origin."""

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
        if self._protocol is None and self._under_way and self._take_plain(data):
            return
        if not self._under_way:
            data = self._take_short(data)
            if not data:
                return
        protocol = self._core
        self._under_way += len(data)
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
        if self._protocol is not None:
            self._protocol.receive_eof()
        self._hang_up()

    def connection_lost(self, _: Exception | None) -> None:
        if self._protocol is not None:
            self._protocol.parser.close()  # it holds the protocol that holds it, and so does what went wrong
            self._protocol.parser_exc = None

    @property
    def _core(self) -> ServerProtocol:
        """The protocol, made when it has to do: a device that says nothing but short texts takes 2 KiB less."""
        if self._protocol is None:
            state = State.CONNECTING if self._under_way else State.OPEN
            self._protocol = ServerProtocol(state=state, max_size=self._most_bytes, logger=QUIET)
        return self._protocol

    @property
    def _is_open(self) -> bool:
        """Whether it was upgraded, and nobody has said that it ends."""
        return not self._under_way if self._protocol is None else self._protocol.state is State.OPEN

    def _take_plain(self, head: bytes) -> bool:
        """Answer a plain request, past the protocol; false where it is not plain."""
        asked = upgrade.plain(head)
        if asked is None:
            return False
        self._under_way = 0
        self.write(asked.answer)
        self._upgraded(asked.origin)
        return True

    def _take_short(self, data: bytes) -> bytes:
        """Take the frames that `data` begins with, whole and short as most are, past the protocol; gives the rest."""
        done = frames = 0
        while self._is_open and (found := _short_frame(data, done, self._most_bytes)):
            kind, message, done = found
            frames += 1
            if kind is Opcode.TEXT:
                self._told(kind, message)
            else:
                self._ponged(message)
        self._taken(frames)
        return data[done:] if done else data

    def _upgrade(self, request: Request) -> None:
        self._core.send_response(self._core.accept(request))
        self._upgraded(request.headers.get("Origin"))

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
        for data in self._core.data_to_send():
            if data:
                self.write(data)
            else:
                self._hang_up()

    def _relay_one(self) -> None:
        if self._core.writes:
            self.write(self._core.writes.pop(0))

    def _hang_up(self) -> None:
        """Close once everything is sent."""
        self._transport.close()

    def _close_frame(self, code: int, reason: str) -> bytes:
        """Ours, also where the protocol has failed and would close with a code of its own."""
        if self._is_open:
            self._core.send_close(code, reason)
            return b"".join(self._core.data_to_send())
        self._core.data_to_send()
        return Frame(Opcode.CLOSE, Close(code, reason).serialize()).serialize(mask=False)


def _short_frame(data: bytes, start: int, most_bytes: int) -> tuple[Opcode, bytes, int] | None:
    """The text or pong there, and where it ends; None where it is in parts, not masked, long or not all here."""
    if len(data) < start + 6 or data[start] not in SHORT:
        return None
    kind, size, mask = SHORT[data[start]], data[start + 1] - MASKED, start + 2
    if size == SIZE_IN_TWO and kind is Opcode.TEXT:
        size, mask = int.from_bytes(data[start + 2 : start + 4]), start + 4
    elif size >= SIZE_IN_TWO:
        return None
    end = mask + 4 + size
    if not 0 <= size <= most_bytes or end > len(data):
        return None
    return kind, unmasked(data[mask + 4 : end], data[mask : mask + 4]), end


def _size(frame: Frame) -> int:
    """Bytes that a frame took on its way here, in the shortest form there is."""
    size = len(frame.data)
    return size + (6 if size < 126 else 8 if size < 65_536 else 14)
