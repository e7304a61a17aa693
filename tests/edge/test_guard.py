"""No way in: what a webhook's target or a remote file resolves to is public, however its address is written."""

import socket
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from gateway.edge.fetcher import HttpFetcher
from gateway.edge.guard import Forbidden, Guard, Network, guarded
from gateway.edge.names import AddressInfo
from gateway.edge.poster import HttpPoster
from tests.house_under_test import House
from tests.receiver import Receiver

KEPT_OUT = {
    "this machine": "127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 0.255.255.255 :: ::1 ::1%lo",
    "private networks": "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 fc00::1 fdff::1",
    "shared address space": "100.64.0.1 100.127.255.254",
    "link-local": "169.254.0.1 169.254.255.255 fe80::1 febf::1 fe80::1%lo fe80::1%1",
    "metadata of clouds": (
        "169.254.169.254 169.254.169.253 169.254.170.2 169.254.170.23 100.100.100.200 168.63.129.16 192.0.0.192 "
        "fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:c1::a9fe:a9fe fe80::a9fe:a9fe"
    ),
    "protocol assignments": "192.0.0.1 192.0.0.170 192.88.99.1 198.18.0.1 198.19.255.255 2001:2::1 2001:10::1 100::1",
    "documentation": "192.0.2.1 198.51.100.1 203.0.113.1 203.0.113.255 2001:db8::1 3fff::1",
    "many at once": "224.0.0.1 239.255.255.250 255.255.255.255 ff02::1 ff02::1%lo ff0e::1",
    "reserved": "240.0.0.1 fec0::1 5f00::1 4000::1 8000::1",
    "IPv4 as IPv6": (
        "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.1.1 ::ffff:100.100.100.200 "
        "::ffff:0.0.0.0 ::ffff:127.0.0.1%lo"
    ),
    "IPv4-compatible": "::127.0.0.1 ::10.0.0.1 ::169.254.169.254",
    "IPv4-translated": "::ffff:0:127.0.0.1 ::ffff:0:169.254.169.254",
    "NAT64": "64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::100.64.0.1 64:ff9b:1::1 64:ff9b:1::8.8.8.8",
    "6to4": "2002:7f00:1:: 2002:a9fe:a9fe::1 2002:a00:1::1 2002:c0a8:101::1 2002:a83f:8110:: 2002:e000:1::",
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
    with pytest.raises(Forbidden, match="its address is in no allowed network"):
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


def wide(text: str) -> str:
    """The same in full-width characters, which names are put back from."""
    return "".join(chr(ord(it) + 0xFEE0) for it in text)


WRITTEN = [
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "0", "0.0.0.0", "127.00.0.01", "2130706433", "4294967295"),
    *("0x7f000001", "0x7f.1", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "00000177.0.0.1", "0177.0x0.0.1"),
    *("017700000001", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::1]", "[::1%lo]", "[::1%25lo]", "[::127.0.0.1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1%lo]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *("localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "x.localhost", "ip6-localhost"),
    *("①②⑦.⓪.⓪.①", wide("127.0.0.1"), f"1{wide('2')}7.0.0.1", "127。0。0。1", "127.0.0.1。"),
    *(wide("localhost"), "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"),
    *("loc\u00adalhost", "%31%32%37.0.0.1", "127.0.0.1%00", "127.0.0.1%20", "127.0.0.1\t", "xn--127-0-0-1"),
    *("ann@127.0.0.1", "shop.example:80@127.0.0.1", "shop.example\\@127.0.0.1", "127.0.0.1#@shop.example"),
]


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


@pytest.mark.parametrize("target", ["file:///etc/passwd", "unix:///run/x", "ftp://127.0.0.1/", "gopher://127.0.0.1/1"])
async def test_nothing_but_the_web_is_called(house: House, target: str) -> None:
    hook = {"target": target, "triggers": ["conversation:message"]}
    refused = await house.rest("POST", "/integrations", {"type": "custom", "webhooks": [hook]})
    assert (refused.status, refused.title) == (400, "webhooks[0]: target should be an http or https URL")
    poster = HttpPoster(LOOPBACK, 5)
    try:
        assert (await poster(target, {}, b"{}")).status is None
    finally:
        await poster.close()


class Names:
    """What a name resolves to on this machine: each look-up is answered with the next addresses, at last the last."""

    def __init__(self, *answers: str) -> None:
        self.answers = [it.split() for it in answers]
        self.asked = 0

    def __call__(self, host: str, port: int, *_: object, **__: object) -> list[AddressInfo]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (it, port)) for it in answer]


HERE: list[Network] = [ip_network("127.0.0.1/32")]  # stands for what is public, 127.0.0.2 for what is not


async def test_a_name_that_leads_inside_later_is_not_followed_there(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names("127.0.0.1", "127.0.0.2")
    monkeypatch.setattr(socket, "getaddrinfo", names)
    poster = HttpPoster(HERE, 5)
    target = f"http://shop.example:{URL(receiver.url).port}/webhook"
    try:
        assert (await poster(target, {"Connection": "close"}, b"{}")).status == 200
        answered = await poster(target, {}, b"{}")
    finally:
        await poster.close()
    assert (answered.status, names.asked) == (None, 2)
    assert answered.said.endswith("[its address is in no allowed network]")
    assert receiver.arrived == 1


async def test_a_name_that_leads_inside_too_is_not_called_at_all(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names("127.0.0.1 127.0.0.2"))
    poster = HttpPoster(HERE, 5)
    try:
        answered = await poster(f"http://shop.example:{URL(receiver.url).port}/webhook", {}, b"{}")
    finally:
        await poster.close()
    assert (answered.status, receiver.arrived) == (None, 0)


async def test_what_was_looked_up_is_looked_at_again_when_it_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes between the look-up and the connect: here nobody looked at what it gave."""
    monkeypatch.setattr(Guard, "addresses", lambda guard, host, port: guard._names(host, port))
    monkeypatch.setattr(socket, "getaddrinfo", Names("127.0.0.1"))
    poster = HttpPoster((), 5)
    try:
        answered = await poster(f"http://shop.example:{URL(receiver.url).port}/webhook", {}, b"{}")
    finally:
        await poster.close()
    assert answered.said.endswith("[its address is in no allowed network]")
    assert receiver.arrived == 0


async def test_an_inside_address_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or whoever makes a webhook could ask which names there are inside, and where."""
    monkeypatch.setattr(socket, "getaddrinfo", Names("10.1.2.3"))
    poster = HttpPoster((), 5)
    try:
        said = (await poster("http://ledger.corp/", {}, b"{}")).said
    finally:
        await poster.close()
    assert "ledger.corp" in said
    assert "10.1.2.3" not in said


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_webhook_is_not_followed_elsewhere(receiver: Receiver, status: int) -> None:
    async def away(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": receiver.url})

    app = web.Application()
    app.router.add_post("/", away)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    poster = HttpPoster(LOOPBACK, 5)
    try:
        assert (await poster(f"http://127.0.0.1:{runner.addresses[0][1]}/", {}, b"{}")).status == status
    finally:
        await poster.close()
        await runner.cleanup()
    assert receiver.arrived == 0


ALLOWED = [
    ("10.0.0.0/8", "10.255.0.1", True),
    ("10.0.0.0/8", "::ffff:10.0.0.1", True),
    ("10.0.0.0/8", "11.0.0.1", True),
    ("10.0.0.0/8", "172.16.0.1", False),
    ("10.0.0.0/8", "127.0.0.1", False),
    ("10.1.2.3/32", "10.1.2.3", True),
    ("10.1.2.3/32", "10.1.2.4", False),
    ("127.0.0.0/8", "::1", False),
    ("::1/128", "127.0.0.1", False),
    ("::1/128", "::1", True),
    ("fd00::/8", "fd12::1", True),
    ("fd00::/8", "fc00::1", False),
    ("::ffff:0:0/96", "::ffff:10.0.0.1", True),
    ("::ffff:0:0/96", "10.0.0.1", False),
    ("169.254.169.254/32", "169.254.169.254", True),
    ("169.254.169.254/32", "169.254.169.253", False),
    ("0.0.0.0/0", "10.0.0.1", True),
    ("0.0.0.0/0", "fd00::1", False),
]


@pytest.mark.parametrize(("network", "address", "let_in"), ALLOWED)
def test_an_allowed_network_lets_in_itself_and_nothing_else(network: str, address: str, let_in: bool) -> None:
    """Beside what is public anyway."""
    if let_in:
        Guard([ip_network(network)]).check(address)
    else:
        with pytest.raises(Forbidden):
            Guard([ip_network(network)]).check(address)


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
