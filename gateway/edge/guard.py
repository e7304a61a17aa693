"""Where the gateway may call: public addresses, and the private networks that are allowed."""

import errno
import socket
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.edge.names import AddressInfo, Names

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


class Forbidden(OSError):
    """The address is in a network that is not allowed. It is not said which: names of inside are nobody's business."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "its address is in no allowed network")


# An IPv4 address stands in these; it is called in the end, by way of some gateway. The number is where its last bit is.
WRAPPED: Final = (
    (IPv6Network("::/96"), 0),
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
PUBLIC: Final = IPv6Network("2000::/3")
NOT_PUBLIC: Final[tuple[Network, ...]] = (
    IPv4Network("168.63.129.16/32"),  # a cloud's own services, at an address that looks public
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
)


class Guard:
    """Which addresses may be called."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._names = Names()

    async def addresses(self, host: str, port: int) -> Sequence[AddressInfo]:
        """All that a name stands for. Raises `OSError`: where one of them may not be called, none is."""
        found = await self._names(host, port)
        for *_, where in found:
            self.check(str(where[0]))
        return found

    def check(self, host: str) -> None:
        """Raises `Forbidden` for an address that is neither public nor allowed."""
        written = ip_address(host)
        meant = unwrapped(written)
        if not (_in(written, self._allowed) or _in(meant, self._allowed) or _is_public(meant)):
            raise Forbidden

    def socket(self, to: AddressInfo) -> socket.socket:
        """For what is really connected to, however its address was written: `127.1` is an address too."""
        family, kind, protocol, _, where = to
        self.check(str(where[0]))
        return socket.socket(family, kind, protocol)


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, else itself."""
    if isinstance(address, IPv6Address):
        for network, last_bit in WRAPPED:
            if address in network:
                return IPv4Address((int(address) >> last_bit) & 0xFFFFFFFF)
    return address


def _is_public(address: Address) -> bool:
    if address.version == 6 and address not in PUBLIC:
        return False
    return address.is_global and not address.is_multicast and not _in(address, NOT_PUBLIC)


def _in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == it.version and address in it for it in networks)


class GuardedResolver(AbstractResolver):
    """Resolves a name to the addresses that may be called; checked at every connect, so rebinding finds no way in."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._guard.addresses(host, port)
        return [
            ResolveResult(
                hostname=host,
                host=str(where[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, where in found
            if family in (socket.AF_UNSPEC, kind)
        ]

    async def close(self) -> None:
        """Nothing is held."""


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
