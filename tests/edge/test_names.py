"""A name that nobody answers for holds up no other, nor the end of the process."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from yarl import URL

from gateway.domain.retry import Answered
from gateway.edge import names
from gateway.edge.fetcher import HttpFetcher
from gateway.edge.names import AddressInfo, Names
from gateway.edge.poster import HttpPoster
from tests.edge.test_guard import LOOPBACK
from tests.receiver import Receiver


class Directory:
    """The look-ups of this machine: names of `.dead` are looked up until `given_up`, others are this machine."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.given_up = threading.Event()

    def __call__(self, host: str, port: int, *_: object, **__: object) -> list[AddressInfo]:
        self.asked[host] += 1
        if host.endswith(".dead"):
            self.given_up.wait(20)  # or a loop whose own threads wait could not end
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    directory = Directory()
    monkeypatch.setattr(socket, "getaddrinfo", directory)
    yield directory
    directory.given_up.set()


async def begun(directory: Directory, count: int) -> None:
    async with asyncio.timeout(10):
        while directory.asked.total() < count:  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0)


async def test_many_names_that_nobody_answers_for_hold_up_no_call(receiver: Receiver, directory: Directory) -> None:
    """However many: more than the loop has threads."""
    poster, fetcher = HttpPoster(LOOPBACK, 60), HttpFetcher(LOOPBACK, 60)
    targets = [f"http://shop{number}.dead/" for number in range(50)]
    dead = [asyncio.ensure_future(poster(it, {}, b"{}")) for it in targets]
    dead_files = [asyncio.ensure_future(fetcher(it)) for it in targets]
    try:
        await begun(directory, 100)
        async with asyncio.timeout(10):
            answered = await poster(f"http://shop.example:{URL(receiver.url).port}/webhook", {}, b"{}")
        assert answered.status == 200
        directory.given_up.set()
        said = {it.said for it in await asyncio.gather(*dead)}
        assert said == {
            f"cannot connect to shop{it}.dead:80 [Temporary failure in name resolution]" for it in range(50)
        }
        assert set(await asyncio.gather(*dead_files)) == {None}
    finally:
        await poster.close()
        await fetcher.close()


async def test_a_call_to_a_name_that_nobody_answers_for_ends_in_time(directory: Directory) -> None:
    poster = HttpPoster(LOOPBACK, 0.1)
    try:
        ended = Answered(said="no connection in time", unreached=True)
        assert await poster("http://shop.dead/", {}, b"{}") == ended
    finally:
        await poster.close()


async def test_who_asks_for_the_same_name_shares_the_look_up(directory: Directory) -> None:
    """Also whoever asks after the first has gone."""
    look_up = Names()
    first = asyncio.ensure_future(look_up("shop.dead", 80))
    await begun(directory, 1)
    others = [asyncio.ensure_future(look_up("shop.dead", 80)) for _ in range(3)]
    first.cancel()
    await asyncio.sleep(0)
    others.append(asyncio.ensure_future(look_up("shop.dead", 80)))
    directory.given_up.set()
    found = await asyncio.gather(first, *others, return_exceptions=True)
    assert [type(it) for it in found] == [asyncio.CancelledError, *[socket.gaierror] * 4]
    assert directory.asked == {"shop.dead": 1}
    assert [where for *_, where in await look_up("shop.example", 80)] == [("127.0.0.1", 80)]
    assert look_up._asked == {}


async def test_there_is_an_end_to_what_is_looked_up_at_a_time(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MOST", 2)
    look_up = Names()
    dead = [asyncio.ensure_future(look_up(f"shop{number}.dead", 80)) for number in range(2)]
    await begun(directory, 2)
    with pytest.raises(OSError, match="too many names are being looked up"):
        await look_up("shop.example", 80)
    assert await look_up("127.0.0.1", 80)
    directory.given_up.set()
    await asyncio.gather(*dead, return_exceptions=True)
    assert await look_up("shop.example", 80)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "shop..example", "\0"])
async def test_what_can_be_no_name_is_an_error(host: str) -> None:
    with pytest.raises((OSError, ValueError)):
        await Names()(host, 80)


ENDS = """
import asyncio, socket, threading
from gateway.edge.names import Names

begun = threading.Event()

def never(*_, **__):
    begun.set()
    threading.Event().wait()

async def main():
    socket.getaddrinfo = never
    asking = asyncio.ensure_future(Names()("shop.dead", 80))
    while not begun.is_set():
        await asyncio.sleep(0)
    asking.cancel()

asyncio.run(main())
"""


def test_the_end_of_the_process_waits_for_no_look_up() -> None:
    assert subprocess.run([sys.executable, "-c", ENDS], timeout=30, check=False).returncode == 0
