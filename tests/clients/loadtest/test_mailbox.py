"""An endpoint that answers at once, or when it is time."""

import asyncio

import pytest

from clients.loadtest.calls import Call
from clients.loadtest.mailbox import OK, Caller

CALL = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize("after_s", [0.0, 0.05])
async def test_every_call_is_answered_and_not_before_its_time(after_s: float) -> None:
    taken: list[Call] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Caller(OK, taken.append, after_s), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        began_s = loop.time()
        writer.write(CALL + CALL)
        assert await reader.readexactly(2 * len(OK)) == OK + OK
        assert loop.time() - began_s >= after_s
        assert [it.body for it in taken] == [b"{}", b"{}"]
        writer.close()
        await writer.wait_closed()
