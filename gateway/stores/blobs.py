"""Bytes by key in a local folder, or in the cloud's object stores: all of them through obstore."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

WRITTEN_BYTES: Final = 5 * 1024 * 1024  # of one part of an upload; S3 takes no smaller ones
WRITTEN_LOCALLY_BYTES: Final = 1024 * 1024
READ_BYTES: Final = 256 * 1024
LISTED: Final = 1_000


class ObjectBlobs:
    """`ports.Blobs`."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder
        self._part_bytes = WRITTEN_BYTES if folder is None else WRITTEN_LOCALLY_BYTES

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        await obstore.put_async(
            self._store, key, chunks, use_multipart=True, chunk_size=self._part_bytes, max_concurrency=1
        )
        if self._folder is not None:
            await asyncio.to_thread(_onto_disk, self._folder / key, self._folder)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        if start == end:
            await obstore.head_async(self._store, key)
            return
        found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        async for chunk in found.stream(min_chunk_size=READ_BYTES):
            yield bytes(chunk)

    async def drop(self, keys: Sequence[str]) -> None:
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue

    async def keys(self, before: int) -> AsyncIterator[Sequence[str]]:
        async for found in obstore.list(self._store, chunk_size=LISTED):
            yield [it["path"] for it in found if it["last_modified"].timestamp() * 1000 < before]


def open_blobs(folder: Path, url: str) -> ObjectBlobs:
    """In `folder`, or where `url` says, such as `s3://bucket/prefix`.

    Credentials and endpoints of object stores are read from the variables that these stores go by, such as
    `AWS_ACCESS_KEY_ID` and `AWS_ENDPOINT`. Raises ValueError for an address that is none.
    """
    if not url:
        return ObjectBlobs(LocalStore(folder, mkdir=True), folder)
    try:
        return ObjectBlobs(from_url(url))
    except BaseError as error:
        raise ValueError(str(error).partition("\n")[0]) from None


def _onto_disk(*paths: Path) -> None:
    """A file that was written and renamed, and the folder it is in."""
    for path in paths:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
