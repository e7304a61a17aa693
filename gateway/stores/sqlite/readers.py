"""Connections for those who only look."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

from gateway.domain.views import Page
from gateway.stores.sqlite.connection import Connection, Row

T = TypeVar("T")


class Readers:
    """A few connections, one for each who reads at a time; the others wait."""

    def __init__(self, readers: Sequence[Connection]) -> None:
        self._readers = readers
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for reader in readers:
            self._free.put_nowait(reader)

    async def close_readers(self) -> None:
        for reader in self._readers:
            await reader.close()

    async def _rows(self, name: str, *values: Any) -> Sequence[Row]:
        connection = await self._free.get()
        try:
            return list(await connection.rows(name, *values))
        finally:
            self._free.put_nowait(connection)


def page_of(found: list[T], page: Page) -> tuple[Sequence[T], bool]:
    """One record more than the page holds was asked for, to know whether there are more."""
    shown = found[: page.size]
    return (shown[::-1] if page.before is not None else shown), len(found) > page.size
