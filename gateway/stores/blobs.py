"""Bytes by key in a local folder, or in the cloud's object stores: all of them through obstore."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from gateway.ports import Unwritable

READ_BYTES: Final = 256 * 1024
LISTED: Final = 1_000


class ObjectBlobs:
    """`ports.Blobs` in an object store."""

    part_bytes = 5 * 1024 * 1024  # of an upload; S3 takes no smaller ones

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        try:
            await obstore.put_async(
                self._store, key, chunks, use_multipart=True, chunk_size=self.part_bytes, max_concurrency=1
            )
        except BaseError as error:
            raise Unwritable(_first_line(error)) from error

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


class FolderBlobs(ObjectBlobs):
    """`ports.Blobs` in a local folder. What a crash left half written has a key here too, so that it can be dropped."""

    part_bytes = 1024 * 1024

    def __init__(self, folder: Path) -> None:
        super().__init__(LocalStore(folder, mkdir=True))
        self._folder = folder

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        await super().put(key, chunks)
        await asyncio.to_thread(_onto_disk, self._folder / key, self._folder)

    async def drop(self, keys: Sequence[str]) -> None:
        await asyncio.to_thread(self._unlink, keys)

    async def keys(self, before: int) -> AsyncIterator[Sequence[str]]:
        yield await asyncio.to_thread(self._older, before)

    def _unlink(self, keys: Sequence[str]) -> None:
        for key in keys:
            (self._folder / key).unlink(missing_ok=True)

    def _older(self, before: int) -> list[str]:
        with os.scandir(self._folder) as found:
            return [it.name for it in found if it.stat().st_mtime * 1000 < before]


def open_blobs(folder: Path, url: str) -> ObjectBlobs:
    """In `folder`, or where `url` says, such as `s3://bucket/prefix`.

    Credentials and endpoints of object stores are read from the variables that these stores go by, such as
    `AWS_ACCESS_KEY_ID` and `AWS_ENDPOINT`. Raises ValueError for an address that is none.
    """
    if not url:
        return FolderBlobs(folder)
    try:
        return ObjectBlobs(from_url(url))
    except BaseError as error:
        raise ValueError(_first_line(error)) from None


def _first_line(error: BaseError) -> str:
    return str(error).partition("\n")[0]


def _onto_disk(*paths: Path) -> None:
    """A file that was written and renamed, and the folder it is in."""
    for path in paths:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
