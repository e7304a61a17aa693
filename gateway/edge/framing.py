"""A WebSocket as whole messages, on websockets' Sans-I/O core. What the messages mean is not known here."""

import asyncio
import logging
from typing import Final

from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

QUIET: Final = logging.getLogger("gateway.websocket")
QUIET.setLevel(logging.CRITICAL)  # its debug lines would hold what people say


class Framing(asyncio.Protocol):
    """A server's side of one connection, from the upgrade on; whoever inherits says what is made of what comes.

    Outgoing frames go straight to the transport: no extension is negotiated, so what is framed once fits everybody.
    """

    __slots__ = ("_heard", "_kind", "_parts", "_protocol", "_transport")

    def __init__(self, transport: asyncio.Transport, most_bytes: int) -> None:
        """`most_bytes` is how large a message may be, whole or in parts."""
        self._transport = transport
        self._protocol = ServerProtocol(max_size=most_bytes, logger=QUIET)
        self._heard = True  # whether anything has come since somebody last looked
        self._kind = Opcode.TEXT
        self._parts = bytearray()

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
        protocol = self._protocol
        protocol.receive_data(data)
        events = protocol.events_received()
        for event in events:
            if isinstance(event, Frame):
                self._take(event)
            elif isinstance(event, Request):
                self._upgrade(event)
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
        self._parts += frame.data
        if frame.fin:
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
