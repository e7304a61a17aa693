"""The one port: a device's upgrade goes to a `DeviceConnection`, everything else to aiohttp, bytes and all."""

import asyncio
import re
from collections.abc import Callable
from typing import Final, cast

from gateway.edge.sockets import DeviceConnection, Doors

HEAD_BYTES: Final = 16_384
HEAD_S: Final = 10.0
IDLE_S: Final = 75.0  # of a plain connection between two requests; longer than proxies keep theirs
TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

Web = Callable[[], asyncio.Protocol]


def device_path(prefix: str) -> re.Pattern[bytes]:
    """The head of a request for a device socket."""
    path = re.escape(prefix.encode()) + rb"/sdk/v2/integrations/([^/?\s]{1,64})/socket"
    return re.compile(
        rb"GET " + path + rb"(?:\?\S*)? HTTP/1\.1\r\n(?:.*\r\n)*?upgrade: *websocket *\r\n", re.IGNORECASE
    )


class Doorman(asyncio.Protocol):
    """Reads a connection's first request head and hands the connection on."""

    __slots__ = ("_device_path", "_doors", "_head", "_late", "_transport", "_web")

    def __init__(self, doors: Doors, web: Web, device_path: re.Pattern[bytes]) -> None:
        self._doors = doors
        self._web = web
        self._device_path = device_path
        self._head = b""
        self._transport: asyncio.Transport | None = None
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._late = asyncio.get_running_loop().call_later(HEAD_S, transport.close)

    def data_received(self, data: bytes) -> None:
        self._head = (self._head + data).lstrip(b"\r\n")  # "ignore at least one empty line" (RFC 9112, section 2.2)
        if b"\r\n\r\n" in self._head:
            self._hand_on()
        elif len(self._head) > HEAD_BYTES:
            self._turn_away()

    def connection_lost(self, _: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()

    def _turn_away(self) -> None:
        """A head without an end."""
        assert self._transport is not None
        self._transport.write(TOO_LONG)
        self._transport.close()

    def _hand_on(self) -> None:
        assert self._transport is not None
        assert self._late is not None
        self._late.cancel()
        device = self._device_path.match(self._head)
        if device is not None:
            integration_id = device[1].decode("latin-1")
            self._give(DeviceConnection(self._doors, self._transport, integration_id), *_apart(self._head))
            return
        web = self._web()
        web.connection_made(self._transport)
        self._give(web, self._head)

    def _give(self, protocol: asyncio.Protocol, *received: bytes) -> None:
        assert self._transport is not None
        self._transport.set_protocol(protocol)
        for data in received:
            protocol.data_received(data)


def _apart(head: bytes) -> tuple[bytes, ...]:
    """What was sent in one with the head is read after it was answered: a pong would come before the upgrade."""
    end = head.index(b"\r\n\r\n") + 4
    return (head[:end], head[end:]) if head[end:] else (head,)
