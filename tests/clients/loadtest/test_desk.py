"""The business speaks to one conversation, one message after the other, whatever becomes of each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import orjson

from clients.loadtest.calls import scan
from clients.loadtest.desk import Desk
from clients.loadtest.guest import NEVER, Scene
from clients.loadtest.plan import Target
from clients.loadtest.tally import Tally

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
HANGS_UP = b""
REFUSED = b"HTTP/1.1 423 Locked\r\nContent-Length: 0\r\n\r\n"


class Gateway:
    """Answers as it is told to. `heard` are the times in the texts."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        self.heard: list[int] = []
        self.most = 0  # at a time
        self.heads: list[bytes] = []
        self._answers = list(answers)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data, answer = b"", CREATED
        while answer and (more := await reader.read(65_536)):
            calls, stop = scan(data := data + more)
            data = data[stop:]
            self.most = max(self.most, len(calls))
            for call in calls:
                self.heads.append(call.head)
                self.heard.append(int(orjson.loads(call.body)["content"]["text"][1:17], 16))
                answer = self._answers.pop(0)
                writer.write(answer)
        writer.close()


@asynccontextmanager
async def desk(*answers: bytes) -> AsyncIterator[tuple[Gateway, Desk, Tally]]:
    gateway = Gateway(answers)
    server = await asyncio.start_server(gateway.meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    tally = Tally()
    scene = Scene(Target(f"http://127.0.0.1:{port}/sc", "app", "key", "secret", "i"), "", tally, 0, NEVER)
    who = Desk(scene, "desk", "", "room")
    async with server:
        await who.connect()
        yield gateway, who, tally
        await who.cut()


async def having_said(who: Desk, *times: int) -> None:
    """Says it all at once, and waits until everything was answered."""
    done = asyncio.get_running_loop().create_future()
    who.on_answer = lambda it: done.set_result(None) if not it.unanswered else None
    for sent_ns in times:
        who.say(sent_ns)
    await done


async def test_what_lines_up_goes_in_its_order() -> None:
    async with desk(CREATED, CREATED, CREATED) as (gateway, who, tally):
        await having_said(who, 30, 10, 20)
        assert who.minutes == gateway.heard == [30, 10, 20]
        assert gateway.most == 1  # the next is only said when the one before was answered
        assert (tally.sent, tally.accepted) == (3, 3)
        assert gateway.heads[0].startswith(b"POST /sc/v2/apps/app/conversations/room/messages HTTP/1.1\r\n")
        assert b"\r\nAuthorization: Basic a2V5OnNlY3JldA==\r\n" in gateway.heads[0]


async def test_what_is_refused_is_an_error_and_no_part_of_the_history() -> None:
    async with desk(CREATED, REFUSED, CREATED) as (gateway, who, tally):
        await having_said(who, 10, 20, 30)
        assert (who.minutes, gateway.heard) == ([10, 30], [10, 20, 30])
        assert (tally.accepted, tally.errors) == (2, {"423": 1})


async def test_nobody_knows_of_what_was_under_way_when_a_connection_broke() -> None:
    async with desk(CREATED, HANGS_UP, CREATED) as (_, who, tally):
        gone = asyncio.get_running_loop().create_future()
        who.on_gone = gone.set_result
        who.say(10)
        who.say(20)
        await gone
        await who.connect()
        assert tally.errors == {"cut off": 1}
        await having_said(who, 30)
        assert who.minutes == [10, 30]
