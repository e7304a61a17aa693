"""Calls webhooks, and only where they may be: public addresses, and the private networks that are allowed."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

Network = IPv4Network | IPv6Network


class Forbidden(OSError):
    """The address is in a network that is not allowed."""


class Guard:
    """Which addresses may be called."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed

    def check(self, host: str) -> None:
        """Raises `Forbidden` for an address that is neither public nor allowed."""
        address = ip_address(host)
        address = getattr(address, "ipv4_mapped", None) or address
        allowed = any(address.version == net.version and address in net for net in self._allowed)
        if not allowed and (not address.is_global or address.is_multicast):
            raise Forbidden(f"{host} is in no allowed network")


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


class HttpPoster:
    """`ports.Poster` over one aiohttp session."""

    def __init__(self, allowed: Sequence[Network], timeout_s: float) -> None:
        self._guard = Guard(allowed)
        connector = aiohttp.TCPConnector(resolver=GuardedResolver(self._guard), limit=0, limit_per_host=0)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
            headers={"Content-Type": "application/json", "User-Agent": "Heliograph"},
            trust_env=False,
        )

    async def __call__(self, target: str, secret: str, body: bytes) -> int | None:
        try:
            url = URL(target)
            if url.host is not None and _is_literal(url.host):
                self._guard.check(url.host)
            async with self._session.post(
                url, data=body, headers={"X-API-Key": secret}, allow_redirects=False
            ) as response:
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return None

    async def close(self) -> None:
        await self._session.close()


def _is_literal(host: str) -> bool:
    """A host that is an address already is not resolved, so it is looked at here."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
