"""Whose address a connect counts for: what a proxy says is believed only where it is trusted."""

from ipaddress import ip_network

import pytest

from gateway.edge.peers import Peers

PEERS = Peers([ip_network(it) for it in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "2001:db8:ff::/48")])


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "", None),
        ("::1", "", None),
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("127.0.0.1", " 198.51.100.1 , 203.0.113.7 ", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "10.9.9.9, 10.1.2.3", None),
        ("127.0.0.1", "203.0.113.7, unknown", "203.0.113.7"),
        ("127.0.0.1", "unknown", None),
        ("127.0.0.1", ",,", None),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "", "2001:db8:1:3::/64"),
        ("2001:db8:ff::1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("127.0.0.1", "[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("nonsense", "203.0.113.7", "nonsense"),
    ],
)
def test_the_address_that_is_counted(peer: str, forwarded: str, counted: str | None) -> None:
    assert PEERS.counted(peer, forwarded) == counted


def test_only_proxies_are_trusted() -> None:
    assert [PEERS.trusts(it) for it in ("127.0.0.1", "::ffff:10.0.0.1", "::1", "11.0.0.1", "")] == [
        *(True, True, True, False, False)
    ]
