"""No way in: what a webhook's target or a remote file resolves to is public, however its address is written."""

import socket
from ipaddress import ip_network

import aiohttp
import pytest
from yarl import URL

from gateway.edge.fetcher import HttpFetcher
from gateway.edge.guard import Forbidden, Guard, Network, guarded
from gateway.edge.poster import HttpPoster
from tests.house_under_test import House
from tests.receiver import Receiver

KEPT_OUT = {
    "this machine": "127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 :: ::1",
    "private networks": "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 fc00::1 fdff::1",
    "shared address space": "100.64.0.1 100.127.255.254",
    "link-local": "169.254.0.1 169.254.255.255 fe80::1 febf::1 fe80::1%lo",
    "metadata of clouds": "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254",
    "protocol assignments": "192.0.0.1 192.0.0.170 192.88.99.1 198.18.0.1 198.19.255.255 2001:2::1 2001:10::1 100::1",
    "documentation": "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1",
    "many at once": "224.0.0.1 239.255.255.250 255.255.255.255 ff02::1 ff0e::1",
    "reserved": "240.0.0.1 fec0::1 5f00::1 4000::1 8000::1",
    "IPv4 as IPv6": "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.1.1",
    "IPv4-compatible": "::127.0.0.1 ::10.0.0.1 ::169.254.169.254",
    "IPv4-translated": "::ffff:0:127.0.0.1 ::ffff:0:169.254.169.254",
    "NAT64": "64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1",
    "6to4": "2002:7f00:1:: 2002:a9fe:a9fe::1 2002:a00:1::1 2002:c0a8:101::1",
    "Teredo": "2001::1 2001:0:4136:e378:8000:63bf:80ff:fffe",
}
LET_IN = (
    "1.1.1.1 8.8.8.8 93.184.216.34 11.0.0.1 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.167.1.1 "
    "198.20.0.1 223.255.255.255 2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450::1 64:ff9b::8.8.8.8 "
    "::ffff:8.8.8.8 2002:808:808::1"
)
VECTORS = [(kind, address) for kind, addresses in KEPT_OUT.items() for address in addresses.split()]
LOOPBACK: list[Network] = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


def test_there_are_vectors_enough() -> None:
    assert len(VECTORS) >= 60


@pytest.mark.parametrize(("kind", "address"), VECTORS)
def test_what_is_not_public_is_kept_out(kind: str, address: str) -> None:
    with pytest.raises(Forbidden, match="is in no allowed network"):
        Guard(()).check(address)


@pytest.mark.parametrize("address", LET_IN.split())
def test_what_is_public_is_let_in(address: str) -> None:
    Guard(()).check(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"])
def test_a_network_that_is_allowed_is_let_in(address: str) -> None:
    Guard(LOOPBACK).check(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "::2", "169.254.169.254"])
def test_only_the_networks_that_are_allowed_are_let_in(address: str) -> None:
    with pytest.raises(Forbidden):
        Guard(LOOPBACK).check(address)


def test_it_is_what_is_connected_to_that_counts() -> None:
    """A name that resolved to something public a moment ago may lead inside now."""
    inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(Forbidden):
        Guard(()).socket(inside)


WRITTEN = [
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1",
    "0177.0.0.1", "017700000001", "0", "0.0.0.0", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
]  # fmt: skip


@pytest.mark.parametrize("host", WRITTEN)
async def test_this_machine_is_not_called_however_it_is_written(receiver: Receiver, host: str) -> None:
    target = f"http://{host}:{URL(receiver.url).port}/webhook"
    poster, fetcher = HttpPoster((), 5), HttpFetcher((), 5)
    try:
        assert (await poster(target, {}, b"{}")).status is None
        assert await fetcher(target) is None
    finally:
        await poster.close()
        await fetcher.close()
    assert receiver.arrived == 0


async def test_the_same_call_arrives_where_it_is_allowed(receiver: Receiver) -> None:
    poster = HttpPoster(LOOPBACK, 5)
    try:
        assert (await poster(receiver.url, {}, b'{"events": []}')).status == 200
    finally:
        await poster.close()
    assert receiver.arrived == 1


async def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", receiver.url)
    monkeypatch.setenv("http_proxy", receiver.url)
    async with guarded((), 5, {}) as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get("http://10.0.0.1:9/")
    assert receiver.arrived == 0


@pytest.mark.parametrize(
    "target", ["https://ann:secret@shop.example/x", "https://ann@shop.example", "http://:x@shop.example"]
)
async def test_a_target_holds_no_credentials(house: House, target: str) -> None:
    hook = {"target": target, "triggers": ["conversation:message"]}
    refused = await house.rest("POST", "/integrations", {"type": "custom", "webhooks": [hook]})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert refused.title == "webhooks[0]: target should hold no user name or password"


@pytest.mark.parametrize(
    "target", ["https://shop.example/a@b", "https://shop.example/?to=a@b", "https://shop.example#a@b"]
)
async def test_a_target_may_name_somebody_in_its_path(house: House, target: str) -> None:
    hook = {"target": target, "triggers": ["conversation:message"]}
    assert (await house.rest("POST", "/integrations", {"type": "custom", "webhooks": [hook]})).status == 201
