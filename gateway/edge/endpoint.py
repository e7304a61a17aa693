"""Where a call goes, and the way there: through addresses that may be called, and no others."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from ssl import SSLContext
from typing import Final, NamedTuple, TypeVar

from yarl import URL

from gateway.edge.guard import Forbidden, Guard
from gateway.edge.names import AddressInfo

TRY_S: Final = 5.0  # for each address, where a name has several
REMEMBERED: Final = 1024

Line = TypeVar("Line", bound=asyncio.Protocol)


class Origin(NamedTuple):
    """What a connection leads to."""

    host: str
    port: int
    secure: bool


class Endpoint(NamedTuple):
    """A target as it was written: where it is, and how a call of it begins."""

    origin: Origin
    head: str


@lru_cache(maxsize=REMEMBERED)
def endpoint(target: str) -> Endpoint:
    """Raises `ValueError` for what cannot be called."""
    url = URL(target)
    if url.scheme not in ("http", "https") or not url.raw_host or not url.port:
        raise ValueError("the target is no http or https URL")
    head = (
        f"POST {url.raw_path_qs} HTTP/1.1\r\nHost: {url.host_port_subcomponent}\r\n"
        "User-Agent: Heliograph\r\nAccept: */*\r\nContent-Type: application/json\r\n"
    )
    return Endpoint(Origin(url.raw_host, url.port, url.scheme == "https"), head)


class Unreached(OSError):
    """Nobody answers there."""


async def reach(origin: Origin, guard: Guard, tls: SSLContext, meet: Callable[[], Line]) -> Line:
    """A connection to the first of its addresses that answers. Raises `Unreached`, or `OSError` where it may not go."""
    try:
        *others, last = await guard.addresses(origin.host, origin.port)
        for address in others:
            with suppress(OSError):
                async with asyncio.timeout(TRY_S):
                    return await _connect(origin, address, guard, tls, meet)
        return await _connect(origin, last, guard, tls, meet)
    except OSError as error:
        kind = OSError if isinstance(error, Forbidden) else Unreached
        raise kind(f"cannot connect to {origin.host}:{origin.port} [{error.strerror or error}]") from error


async def _connect(
    origin: Origin, address: AddressInfo, guard: Guard, tls: SSLContext, meet: Callable[[], Line]
) -> Line:
    """By its address, as it was looked at: the name is only what its certificate has to say."""
    loop = asyncio.get_running_loop()
    plug = guard.socket(address)
    try:
        plug.setblocking(False)
        await loop.sock_connect(plug, address[-1])
        if not origin.secure:
            return (await loop.create_connection(meet, sock=plug))[1]
        name = origin.host.rstrip(".")
        return (await loop.create_connection(meet, sock=plug, ssl=tls, server_hostname=name))[1]
    except BaseException:
        plug.close()
        raise
