"""HTTP requests and their answers over a connection that is kept, in as few steps as Python allows."""

from __future__ import annotations

import asyncio
from typing import cast

from clients.loadtest.calls import BadCall, scan
from clients.loadtest.link import Link, Owner


class Exchange(Link):
    """One connection to the gateway. Its owner hears the head of each answer, and sends a request at a time."""

    def __init__(self, owner: Owner) -> None:
        super().__init__(b"", owner)

    def send(self, payload: bytes) -> None:
        """Sends a whole request."""
        self._write(payload)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """There is nothing to ask for first."""
        self._transport = cast(asyncio.Transport, transport)
        self._owner.opened()

    def data_received(self, data: bytes) -> None:
        """Hands on the head of every whole answer, and keeps the beginning of the next."""
        if self._rest:
            data = self._rest + data
        try:
            answers, stop = scan(data)
        except BadCall as bad:
            self._fail(str(bad))
            return
        self._rest = data[stop:]
        for answer in answers:
            self._owner.heard(answer.head, 0, len(answer.head))
