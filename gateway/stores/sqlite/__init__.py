"""The embedded store: one SQLite file, one writer, readers on connections of their own."""

from gateway.stores.sqlite.log import TIDY_S
from gateway.stores.sqlite.store import SqliteStore, open_store

__all__ = ["TIDY_S", "SqliteStore", "open_store"]
