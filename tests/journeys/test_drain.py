"""How a gateway leaves: devices are sent away batch by batch, what is in flight is answered, and another may wait."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway import bootstrap
from gateway.edge import farewells
from gateway.flow import provision
from tests.house_under_test import House, basic, opened, settings
from tests.journeys.process import new_app, serving, spoken_to


class Post:
    """A message of the business over HTTP, written by hand: its body ends when it is told to."""

    def __init__(self, house: House, room: str) -> None:
        self._house = house
        self._path = f"/v2/apps/{house.app_id}/conversations/{room}/messages"
        self._body = json.dumps({"author": {"type": "business"}, "content": {"type": "text", "text": "in flight"}})

    async def begin(self) -> None:
        where = urlsplit(self._house.url)
        self._reader, self._writer = await asyncio.open_connection(where.hostname, where.port)
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\n"
            f"Authorization: {basic(*self._house.key)}\r\nContent-Length: {len(self._body)}\r\n\r\n"
        )
        self._writer.write((head + self._body[:9]).encode())
        await self._writer.drain()

    async def end(self) -> str:
        """Send the rest; gives the whole answer, to the end of the connection."""
        self._writer.write(self._body[9:].encode())
        async with asyncio.timeout(10):
            answer = await self._reader.read()
        self._writer.close()
        return answer.decode()


@asynccontextmanager
async def leaving_house(
    data: Path, **changes: Any
) -> AsyncIterator[tuple[House, Callable[[], Coroutine[Any, Any, None]]]]:
    """A house, and what makes it leave while its guests are still there."""
    async with AsyncExitStack() as stack:
        url, flow = await stack.enter_async_context(bootstrap.listening(settings(data, **changes)))
        house = House(url, await provision.app_named(flow, "app"), flow, ("", ""))
        try:
            yield house, stack.aclose
        finally:
            await house.close()


async def test_devices_are_told_one_batch_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who were not told yet are served; nobody new is let in, and nobody is asked back before all were told."""
    monkeypatch.setattr(farewells, "BATCH", 1)
    monkeypatch.setattr(farewells, "REST_S", 0.5)
    async with leaving_house(tmp_path, drain_s=8.0) as (house, leave):
        room = await house.group("ann", "bob", "cyd")
        devices = {name: await house.device(name) for name in ("ann", "bob", "cyd")}
        where = urlsplit(house.url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        async with asyncio.TaskGroup() as tasks:
            left = tasks.create_task(leave())
            told = {name: tasks.create_task(it.socket.wait_closed()) for name, it in devices.items()}
            done, waiting = await asyncio.wait(told.values(), return_when=asyncio.FIRST_COMPLETED)
            assert (len(done), len(waiting)) == (1, 2)
            last = next(it for name, it in devices.items() if told[name] in waiting)
            assert (await last.sends(room, "still here"))["seq"] == 2
            with pytest.raises(OSError, match="Connect call failed"):
                await house.plug()
            path = f"/sdk/v2/integrations/{house.integrations['web']}/socket"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 503 ")
            writer.close()
        assert left.done()
        said = [(await it.goodbye())[0] for it in devices.values()]
        assert [it and (it["code"], it["comeBack"]) for it in said] == [(4000, True)] * 3


async def test_a_request_in_flight_is_answered_and_ends_its_connection(tmp_path: Path) -> None:
    async with leaving_house(tmp_path, drain_s=8.0) as (house, leave), asyncio.TaskGroup() as tasks:
        room = await house.group("ann")
        post = Post(house, room)
        await post.begin()
        await house.rest("GET", "")  # by now the other one is being read
        left = tasks.create_task(leave())
        await _closed(house)
        assert not left.done()
        answer = await post.end()
        assert answer.startswith("HTTP/1.1 201 ")
        assert "\r\nConnection: close\r\n" in answer
    async with opened(tmp_path) as again:
        history = await again.rest("GET", f"/conversations/{room}/messages")
        assert [it["content"]["text"] for it in history.body["messages"]] == ["in flight"]


async def _closed(house: House) -> None:
    """Until nobody listens there any more."""
    where = urlsplit(house.url)
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection(where.hostname, where.port)
            except ConnectionError:
                return
            writer.close()


async def test_the_next_gateway_waits_for_the_data_folder(tmp_path: Path) -> None:
    """On the same port too. Without being asked to wait it says at once what stands in the way."""
    app = await new_app(tmp_path)
    async with serving(tmp_path) as old:
        port = (await old.ready()).rpartition(":")[2]
        async with serving(tmp_path, data_wait_s="0.2") as hasty:
            code, said, _ = await hasty.end()
            assert (code, said) == (1, f"data: another gateway is running on {tmp_path}\n")
        async with serving(tmp_path, port=port, data_wait_s="30", log_level="info") as new:
            await new.logs("waiting for another gateway to leave")
            old.process.send_signal(signal.SIGTERM)
            assert await old.end() == (0, "", "")
            async with spoken_to(await new.ready(), app) as house:
                assert (await house.device("ann")).welcome["type"] == "welcome"
