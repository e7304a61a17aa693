"""Endpoints that never answer, trickle, or answer without an end cost the others nothing, and the gateway little."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from gateway.flow.target import CALLS
from tests.house_under_test import opened
from tests.receiver import Receiver

MESSAGES = "conversation:message"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n"
PIECE = b"more " * 20_000
MUCH = 8_000_000  # bytes that both sides' sockets may hold of an answer that nobody reads

Answers = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Nuisance:
    """An endpoint that does something else than to answer. `open` are the connections to it, and `most` at a time."""

    def __init__(self, answers: Answers) -> None:
        self.url = ""
        self.calls = self.open = self.most = self.said = 0
        self._answers = answers

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            await reader.readuntil(b"\r\n\r\n")
            answering = asyncio.ensure_future(self._answers(writer))
            while await reader.read(65_536):
                pass
            answering.cancel()
            await asyncio.wait((answering,))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.transport.abort()


async def nothing(_: asyncio.StreamWriter) -> None:
    """Never answers."""


async def drop_by_drop(writer: asyncio.StreamWriter) -> None:
    """Begins an answer, and goes on with it for ever."""
    for number in range(len(ANSWER)):
        writer.write(ANSWER[number : number + 1])
        await asyncio.sleep(0.2)


def told(receiver: Receiver, events: int) -> bool:
    return len(receiver.events) == events


@asynccontextmanager
async def nuisance(answers: Answers) -> AsyncIterator[Nuisance]:
    made = Nuisance(answers)
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        yield made
    finally:
        server.close()


async def test_others_are_told_while_an_endpoint_hangs_or_trickles(tmp_path: Path, receiver: Receiver) -> None:
    """All the while: nobody loses patience with it before the test is over."""
    async with (
        nuisance(nothing) as silent,
        nuisance(drop_by_drop) as slow,
        opened(tmp_path, drain_s=0.1) as house,
    ):
        for bad in (silent, slow):
            made = await house.webhook(bad.url, MESSAGES)
            path = f"/integrations/{made['id']}/webhooks/{made['webhooks'][0]['id']}/delivery"
            assert (await house.rest("PATCH", path, {"onePerCall": True})).status == 200
        await house.webhook(receiver.url, MESSAGES)
        rooms = [await house.group() for _ in range(20)]
        for number in range(1, 6):
            await asyncio.gather(*(house.says(room, str(number)) for room in rooms))
            await receiver.until(partial(told, receiver, number * len(rooms)), timeout_s=5)
            assert house.flow.deliverer.calls <= 2 * CALLS + 1
        for bad in (silent, slow):
            assert bad.calls == bad.most == CALLS


async def test_an_answer_without_an_end_is_not_read(tmp_path: Path, receiver: Receiver) -> None:
    """Its status is what counts: the event has arrived."""
    said = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal said
        writer.write(ANSWER)
        while True:
            writer.write(PIECE)
            await writer.drain()
            said += len(PIECE)

    async with nuisance(endless) as loud, opened(tmp_path) as house:
        await house.webhook(loud.url, MESSAGES)
        await house.webhook(receiver.url, MESSAGES)
        rooms = [await house.group() for _ in range(3)]
        for room in rooms:
            await house.says(room, "hello")
        await house.mirrored()
        assert len(receiver.events) == len(rooms)
        assert 1 <= loud.calls <= len(rooms)
        assert said <= loud.calls * MUCH


async def test_a_head_without_an_end_is_not_kept(tmp_path: Path, receiver: Receiver) -> None:
    said = 0

    async def babbling(writer: asyncio.StreamWriter) -> None:
        nonlocal said
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + PIECE.strip() + b"\r\n")
            await writer.drain()
            said += len(PIECE)

    async with nuisance(babbling) as loud, opened(tmp_path, webhook_intervals_s="0,0,0,0") as house:
        await house.webhook(loud.url, MESSAGES)
        await house.webhook(receiver.url, MESSAGES)
        await house.says(await house.group(), "hello")
        await house.mirrored()
        assert len(receiver.events) == 1
        assert loud.calls == 5
        assert said <= loud.calls * MUCH
