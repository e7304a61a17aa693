"""Where a device connects from: its own address, or the one that a trusted proxy says."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
SITE_BITS: Final = 64  # of an IPv6 address; what follows is for one household to choose


class Peers:
    def __init__(self, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._proxies = proxies
        self._is_proxy = lru_cache(maxsize=1024)(self._among_proxies)
        self._peer = lru_cache(maxsize=1024)(_read)

    def counted(self, peer: str, forwarded: str) -> str | None:
        """The address that a connect counts for; None for one that is not counted: a trusted proxy that names nobody.

        `forwarded` is X-Forwarded-For: each proxy has put the address it saw last, so it is read from its end for as
        long as proxies are trusted.
        """
        address = self._peer(peer)
        named = [it.strip() for it in forwarded.split(",") if it.strip()]
        while address is not None and self._is_proxy(address):
            if not named:
                return None
            address = _read(named.pop()) or address
        return peer if address is None else _site(address)

    def trusts(self, peer: str) -> bool:
        """Whether what it says of others is believed."""
        address = self._peer(peer)
        return address is not None and self._is_proxy(address)

    def _among_proxies(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _read(text: str) -> Address | None:
    """As it is written, or with a port; an IPv4 address in IPv6 is that IPv4 address."""
    try:
        address = ip_address(_without_port(text))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _site(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, SITE_BITS), strict=False))
