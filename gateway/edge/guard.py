"""Where the gateway may call: public addresses, and the private networks that are allowed."""

import socket
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

Network = IPv4Network | IPv6Network
AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Forbidden(OSError):
    """The address is in a network that is not allowed."""


class Guard:
    """Which addresses may be called."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed

    def check(self, host: str) -> None:
        """Raises `Forbidden` for an address that is neither public nor allowed."""
        address = ip_address(host)
        address = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
        allowed = any(address.version == net.version and address in net for net in self._allowed)
        if not allowed and (not address.is_global or address.is_multicast):
            raise Forbidden(f"{host} is in no allowed network")

    def socket(self, to: AddressInfo) -> socket.socket:
        """For what is really connected to, however its address was written: `127.1` is an address too."""
        family, kind, protocol, _, where = to
        self.check(str(where[0]))
        return socket.socket(family, kind, protocol)


class GuardedResolver(AbstractResolver):
    """Resolves a name to the addresses that may be called; checked at every connect, so rebinding finds no way in."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for address in found:
            self._guard.check(address["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def guarded(allowed: Sequence[Network], timeout_s: float, headers: Mapping[str, str]) -> aiohttp.ClientSession:
    """A session that calls nobody whom it may not; it keeps no cookies and takes no proxy from the environment."""
    guard = Guard(allowed)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=GuardedResolver(guard), limit=0, limit_per_host=0, socket_factory=guard.socket
        ),
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        headers={"User-Agent": "Heliograph", **headers},
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )
