"""The connection that writes, and what it says of a disk that cannot be written."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from gateway.ports import Unwritable
from gateway.stores.sqlite.connection import Connection, Error, Row, Statement

# The disk is at fault, or whoever else has the file: what was to be written has nothing to do with it.
FAULTS: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    }
)
PRIMARY: Final = 0xFF  # of an extended result code

Tell = Callable[[str | None], None]


class Writer(Connection):
    """`tell` is told of each transaction why it could not be written, or None where it was."""

    tell: Tell | None = None

    async def transact(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """As every connection; raises `Unwritable` where the disk is at fault."""
        try:
            rows = await super().transact(statements)
        except Error as error:
            if error.sqlite_errorcode & PRIMARY not in FAULTS:
                raise
            self._say(str(error))
            raise Unwritable(str(error)) from error
        self._say(None)
        return rows

    def _say(self, fault: str | None) -> None:
        if self.tell is not None:
            self.tell(fault)
