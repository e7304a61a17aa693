"""What names stand for, looked up beside everything else: one that nobody answers for holds up no other."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from threading import Thread
from typing import Final, NamedTuple

AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]

MOST: Final = 512  # looked up at a time


class Name(NamedTuple):
    host: str
    port: int


Found = Sequence[AddressInfo] | OSError | ValueError


class Names:
    """Each name has a thread of its own while it is looked up: the loops' own threads are few, and a look-up cannot be
    called off. It may take a minute, so no end of the process waits for it. Who asks meanwhile shares it.
    """

    def __init__(self) -> None:
        self._asked: dict[Name, asyncio.Future[Found]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        """Its addresses, at least one. Raises `OSError`, or `ValueError` for what can be no name."""
        name = Name(host, port)
        found = _look_up(name) if _is_address(host) else await asyncio.shield(self._answer(name))
        if isinstance(found, Exception):
            raise type(found)(*found.args)
        return found

    def _answer(self, name: Name) -> "asyncio.Future[Found]":
        answer = self._asked.get(name)
        if answer is None:
            if len(self._asked) >= MOST:
                raise OSError("too many names are being looked up")
            loop = asyncio.get_running_loop()
            answer = self._asked[name] = loop.create_future()
            Thread(target=self._look, args=(loop, name), name=f"look-up of {name.host}", daemon=True).start()
        return answer

    def _look(self, loop: asyncio.AbstractEventLoop, name: Name) -> None:
        found = _look_up(name)
        with suppress(RuntimeError):  # the loop is closed, and nobody wants to know any more
            loop.call_soon_threadsafe(self._tell, name, found)

    def _tell(self, name: Name, found: Found) -> None:
        answer = self._asked.pop(name)
        if not answer.done():
            answer.set_result(found)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(name: Name) -> Found:
    try:
        return socket.getaddrinfo(name.host, name.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        return error
