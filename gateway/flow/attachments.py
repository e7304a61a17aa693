"""Files on their way in and out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from msgspec import structs

from gateway.domain import errors, limits, media
from gateway.domain.commands import KeepAttachment, RemoveAttachment
from gateway.domain.errors import Refused
from gateway.domain.model import Attachment
from gateway.flow.corridor import Corridor
from gateway.flow.disk import Disk
from gateway.ports import Blobs, Store, Unwritable
from gateway.wire import sniffing, tokens


class Attachments:
    """The files of all apps."""

    def __init__(self, store: Store, blobs: Blobs, corridor: Corridor, new_secret: Callable[[], str]) -> None:
        self._store = store
        self._blobs = blobs
        self._corridor = corridor
        self._new_secret = new_secret
        self._disk = Disk("attachments")

    async def take(self, draft: Attachment, file_name: str | None, chunks: AsyncIterator[bytes]) -> Attachment:
        """Keep what `chunks` bring; `draft` says whose it is and what for.

        Raises `Refused` for what is too large or no file that is taken, as soon as that is seen; nothing is left then.
        """
        head, rest = await _begun(chunks)
        name, media_type = media.named(file_name, sniffing.families(head[: limits.SNIFFED_BYTES]))
        measured = Measured(rest)
        file_id = tokens.digest(self._new_secret())[:40]
        await self._put(file_id, measured)
        kept = structs.replace(draft, id=file_id, name=name, media_type=media_type, size=measured.size)
        try:
            return await self._corridor.execute(KeepAttachment(app_id=draft.app_id, attachment=kept))
        except Refused as refused:
            if refused.problem.status < 500:  # of another failure it is not known whether the file is kept
                await self._blobs.drop((file_id,))
            raise

    async def _put(self, file_id: str, measured: "Measured") -> None:
        try:
            await self._blobs.put(file_id, measured.chunks())
        except Unwritable as fault:
            self._disk.found(fault.why)
            raise
        self._disk.found(None)

    @asynccontextmanager
    async def lent(
        self, draft: Attachment, file_name: str | None, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Attachment]:
        """A file as `take` keeps it, which goes again where what it was kept for is refused."""
        kept = await self.take(draft, file_name, chunks)
        try:
            yield kept
        except Refused as refused:
            if refused.problem.status < 500:
                with suppress(Refused):  # it may have gone with its user
                    await self._corridor.execute(RemoveAttachment(app_id=draft.app_id, attachment_id=kept.id))
            raise

    async def find(self, file_id: str, name: str) -> Attachment:
        """Raises `Refused` (404) for a file that is not there, or not under that name."""
        for found in await self._store.attachments((file_id,)):
            if found.name == name:
                return found
        raise Refused(errors.ATTACHMENT_NOT_FOUND)

    def read(self, it: Attachment, start: int, end: int) -> AsyncIterator[bytes]:
        """Its bytes from `start` up to before `end`; raises `FileNotFoundError` when they are gone."""
        return self._blobs.read(it.id, start, end)

    async def remove(self, app_id: str, url: str, own_base: str) -> None:
        """Remove the app's file at an address that was given out; raises `Refused` (400, 404)."""
        where = media.address(url)
        found = await self._store.attachments((where.id,)) if where else ()
        if where is not None and found and media.is_at(found[0], where):
            await self._corridor.execute(RemoveAttachment(app_id=app_id, attachment_id=where.id))
        elif where is not None and where.base == own_base:
            raise Refused(errors.ATTACHMENT_NOT_FOUND)
        else:
            raise Refused(errors.unsupported_media_url(url))


async def _begun(chunks: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """Enough of the beginning to tell what it is, and all of it."""
    head = bytearray()
    async for chunk in chunks:
        head += chunk
        if len(head) >= limits.SNIFFED_BYTES:
            break

    async def whole() -> AsyncIterator[bytes]:
        yield bytes(head)
        async for chunk in chunks:
            yield chunk

    return bytes(head), whole()


class Measured:
    """Counts what passes, and stops what is too large."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self.size = 0
        self._chunks = chunks

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > limits.ATTACHMENT_BYTES:
                raise Refused(errors.FILE_TOO_LARGE)
            if chunk:
                yield chunk
