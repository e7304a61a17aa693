"""What an endpoint answers, as it is read: over real sockets."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.domain.retry import Answered
from gateway.edge import line as lines
from gateway.edge import poster as posters
from gateway.edge.guard import Network
from gateway.edge.poster import HttpPoster

LOOPBACK: list[Network] = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
NOW = "Sat, 21 Nov 2026 12:00:00 GMT"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


class Last(NamedTuple):
    """What is said before hanging up."""

    answer: bytes = b""


Answer = bytes | Last


class Endpoint:
    """Answers each of its connections from a list of its own. `heard` are the calls it read."""

    def __init__(self, connections: Sequence[Sequence[Answer]]) -> None:
        self.heard: list[bytes] = []
        self.met = 0
        self.left = asyncio.Event()
        self.url = ""
        self.doors: list[Door] = []
        self._connections = connections

    def meet(self) -> "Door":
        door = Door(self, list(self._connections[self.met]))
        self.met += 1
        self.doors.append(door)
        return door


class Door(asyncio.Protocol):
    """The endpoint's side of a connection."""

    transport: asyncio.Transport

    def __init__(self, endpoint: Endpoint, answers: list[Answer]) -> None:
        self._endpoint = endpoint
        self._answers = answers
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, end, body = self._heard.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.split(b"Content-Length: ")[1]):
            return
        self._endpoint.heard.append(self._heard)
        self._heard = b""
        answer = self._answers.pop(0)
        self.transport.write(answer.answer if isinstance(answer, Last) else answer)
        if isinstance(answer, Last):
            self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        self._endpoint.left.set()


@asynccontextmanager
async def endpoint(*connections: Sequence[Answer], tls: ssl.SSLContext | None = None) -> AsyncIterator[Endpoint]:
    it = Endpoint(connections)
    server = await asyncio.get_running_loop().create_server(it.meet, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    it.url = f"http{'s' if tls else ''}://127.0.0.1:{port}/hook?of=ann"
    try:
        yield it
    finally:
        server.close()
        for door in it.doors:
            if hasattr(door, "transport"):
                door.transport.abort()
        await asyncio.sleep(0)


@pytest.fixture
async def poster() -> AsyncIterator[HttpPoster]:
    made = HttpPoster(LOOPBACK, 5)
    yield made
    await made.close()


async def answered(poster: HttpPoster, *answer: Answer) -> Answered:
    async with endpoint(answer) as it:
        return await poster(it.url, {}, b"{}")


@pytest.mark.parametrize(
    ("said", "after_s"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("99999999999999999999", 999_999_999.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_how_long_an_endpoint_asks_to_be_left_alone(poster: HttpPoster, said: str, after_s: float | None) -> None:
    head = f"HTTP/1.1 503 Service Unavailable\r\nretry-AFTER: {said}\r\nDate: {NOW}\r\nContent-Length: 0\r\n\r\n"
    answer = await answered(poster, head.encode())
    assert (answer.status, answer.after_s) == (503, after_s)


async def test_a_call_goes_as_it_was_written(poster: HttpPoster) -> None:
    async with endpoint([OK]) as it:
        assert await poster(it.url, {"X-API-Key": "s", "webhook-id": "e"}, b'{"events":[]}') == Answered(200, said="ok")
    head, body = it.heard[0].split(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /hook?of=ann HTTP/1.1"
    assert dict(it.split(": ") for it in headers) == {
        "Host": it.url.split("/")[2],
        "User-Agent": "Heliograph",
        "Accept": "*/*",
        "Content-Type": "application/json",
        "X-API-Key": "s",
        "webhook-id": "e",
        "Content-Length": "13",
    }
    assert body == b'{"events":[]}'


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, "hello"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", 202, ""),
        (b"HTTP/1.0 500 Oh\r\n\r\nno", 500, "no"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        (b"HTTP/1.1 301 Moved\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n", 301, ""),
        (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81", 101, ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\u00e9\xff".encode("latin-1"), 200, "\ufffd\ufffd"),
    ],
)
async def test_answers_are_read_however_they_end_and_are_cut(
    poster: HttpPoster, answer: bytes, status: int, said: str
) -> None:
    """Until the endpoint hangs up, where nothing else says where it ends."""

    loop = asyncio.get_running_loop()

    class Stammering(Door):
        def data_received(self, _: bytes) -> None:
            self._says(0)

        def _says(self, at: int) -> None:
            self.transport.write(answer[at : at + 1])
            if at < len(answer):
                loop.call_soon(self._says, at + 1)
            else:
                self.transport.close()

    server = await loop.create_server(lambda: Stammering(Endpoint(()), []), "127.0.0.1", 0)
    async with server:
        found = await poster(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", {}, b"{}")
    assert (found.status, found.said) == (status, said)


async def test_no_more_than_the_beginning_of_an_answer_is_read(poster: HttpPoster) -> None:
    answer = await answered(poster, b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 5_000)
    assert answer == Answered(200, said="x" * lines.BEGINNING)


async def test_the_status_counts_though_the_rest_does_not_come(
    poster: HttpPoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "SOON_S", 0.05)
    assert await answered(poster, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal") == Answered(200, said="hal")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Last(), "the connection was closed without an answer"),
        (Last(b"HTTP/1.1 200 OK\r\n"), "the connection was closed within the answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "what was answered is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000, "the answer's headers are too long"),
    ],
)
async def test_what_is_no_answer_is_said(poster: HttpPoster, answer: Answer, said: str) -> None:
    assert await answered(poster, answer) == Answered(said=said)


async def test_an_endpoint_that_hangs_is_hung_up_on() -> None:
    poster = HttpPoster(LOOPBACK, 0.1)
    async with endpoint([b"HTTP/1.1 100 Continue\r\n\r\n"]) as it:
        assert await poster(it.url, {}, b"{}") == Answered(said="no answer in time")
        await it.left.wait()


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/", "http://", "127.0.0.1", "http://127.0.0.1:0/", "http://[::1"])
async def test_what_cannot_be_called_is_not(poster: HttpPoster, target: str) -> None:
    assert (await poster(target, {}, b"{}")).status is None


async def test_nobody_there(poster: HttpPoster) -> None:
    async with endpoint() as it:
        pass
    answer = await poster(it.url, {}, b"{}")
    assert answer.status is None
    assert answer.said


# Connections


async def test_a_connection_is_kept_for_the_next_call(poster: HttpPoster) -> None:
    async with endpoint([OK, EMPTY, OK]) as it:
        for status in (200, 204, 200):
            assert (await poster(it.url, {}, b"{}")).status == status
        assert it.met == 1


async def test_calls_at_a_time_have_a_connection_each(poster: HttpPoster) -> None:
    async with endpoint([OK], [OK], [OK]) as it:
        found = await asyncio.gather(*(poster(it.url, {}, b"{}") for _ in range(3)))
        assert [answer.status for answer in found] == [200] * 3
        assert it.met == 3


async def test_a_connection_that_was_closed_while_it_rested_is_not_held_against_the_endpoint(
    poster: HttpPoster,
) -> None:
    """It may have been closed at the moment when the next call went out."""
    async with endpoint([OK, Last()], [OK]) as it:
        assert [(await poster(it.url, {}, b"{}")).status for _ in range(2)] == [200, 200]
        assert it.met == 2


async def test_an_endpoint_that_broke_off_is_not_called_again_at_once(poster: HttpPoster) -> None:
    """It read the call, and something of its answer came."""
    async with endpoint([OK, Last(b"HTTP/1.1 20")], [OK]) as it:
        assert [(await poster(it.url, {}, b"{}")).status for _ in range(2)] == [200, None]
        assert it.met == 1


async def test_a_new_connection_that_is_closed_is_no_reason_for_another(poster: HttpPoster) -> None:
    async with endpoint([Last()], [OK]) as it:
        assert (await poster(it.url, {}, b"{}")).status is None
        assert it.met == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
        OK + OK,
        OK + b"?",
    ],
    ids=["close", "more than is read", "answers nobody asked for", "rubbish after it"],
)
async def test_a_connection_in_doubt_is_not_used_again(poster: HttpPoster, answer: bytes) -> None:
    async with endpoint([answer], [OK]) as it:
        assert [(await poster(it.url, {}, b"{}")).status for _ in range(2)] == [200, 200]
        assert (it.met, len(it.heard)) == (2, 2)


async def test_what_has_rested_for_long_is_closed(poster: HttpPoster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posters, "RESTS_S", 0.05)
    async with endpoint([OK]) as it:
        await poster(it.url, {}, b"{}")
        await it.left.wait()
    assert not poster._resting


async def test_closing_leaves_no_connection(poster: HttpPoster) -> None:
    async with endpoint([OK]) as it:
        await poster(it.url, {}, b"{}")
        await poster.close()
        await it.left.wait()


async def test_the_next_address_is_tried_where_one_does_not_answer(
    poster: HttpPoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        addresses = ("127.0.0.2", "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (it, int(port))) for it in addresses]

    async with endpoint([OK]) as it:
        port = it.url.split(":")[2].split("/")[0]
        monkeypatch.setattr(socket, "getaddrinfo", found)
        assert (await poster(f"http://shop.example:{port}/", {}, b"{}")).status == 200


# TLS


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's side for 127.0.0.1, signed by itself; `folder` has the certificate as `cert.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def test_a_certificate_that_nobody_vouches_for_is_refused(poster: HttpPoster, tmp_path: Path) -> None:
    async with endpoint([OK], tls=certificate(tmp_path)) as it:
        answer = await poster(it.url, {}, b"{}")
    assert answer.status is None
    assert "certificate verify failed" in answer.said
    assert it.heard == []


async def test_an_endpoint_is_called_over_tls(poster: HttpPoster, tmp_path: Path) -> None:
    async with endpoint([OK, OK], tls=certificate(tmp_path)) as it:
        poster._tls.load_verify_locations(tmp_path / "cert.pem")
        assert [(await poster(it.url, {}, b"{}")).status for _ in range(2)] == [200, 200]
        assert it.met == 1


async def test_who_cannot_be_reached_was_told_nothing(poster: HttpPoster) -> None:
    """But where nobody may be called, nobody ever will be."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/"
    answered = await poster(closed, {}, b"{}")
    assert (answered.status, answered.unreached) == (None, True)
    assert "cannot connect" in answered.said
    assert not (await poster("http://10.0.0.1/", {}, b"{}")).unreached
