"""A multipart body with a file in it, read as it comes."""

from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http import HttpProcessingError

from gateway.domain import errors, limits
from gateway.domain.errors import Refused

CHUNK_BYTES: Final = 65_536
AROUND_BYTES: Final = 65_536  # what a body may have around the file


MALFORMED: Final = (ValueError, AssertionError, HttpProcessingError)  # what aiohttp says of a broken multipart body
BROKEN_OFF: Final = (web.RequestPayloadError, ConnectionError)

AnyPart = BodyPartReader | MultipartReader


class Part(NamedTuple):
    """A file on its way in. Some clients send none of their names."""

    file_name: str | None
    chunks: AsyncIterator[bytes]


async def file_part(request: web.Request, field: str) -> Part:
    """The file in a field of the body; raises `Refused` (400, 413)."""
    return await Form(request, field).file()


class Form:
    """A file in a field of a body, with other fields before or after it. All of it raises `Refused` (400, 413)."""

    def __init__(self, request: web.Request, field: str) -> None:
        if request.content_type != "multipart/form-data":
            raise Refused(errors.NO_SOURCE)
        if (request.content_length or 0) > limits.ATTACHMENT_BYTES + AROUND_BYTES:
            raise Refused(errors.FILE_TOO_LARGE)
        self._request = request
        self._field = field
        self._fields: dict[str, str] = {}
        self._left = AROUND_BYTES
        self._reader: MultipartReader | None = None
        self._after: AnyPart | None = None

    async def file(self) -> Part:
        """The file; it has to be read before what follows it."""
        try:
            self._reader = await self._request.multipart()
            while (part := await self._reader.next()) is not None:
                if isinstance(part, BodyPartReader) and part.name == self._field:
                    return Part(part.filename or None, self._chunks(self._reader, part))
                await self._note(part)
        except MALFORMED:
            raise Refused(errors.BAD_PAYLOAD) from None
        raise Refused(errors.NO_SOURCE)

    async def _chunks(self, reader: MultipartReader, part: BodyPartReader) -> AsyncIterator[bytes]:
        """All of the part, up to the boundary that ends it; raises `Refused` (400) where there is none."""
        try:
            while not part.at_eof():
                yield await part.read_chunk(CHUNK_BYTES)
            self._after = await reader.next()
        except MALFORMED:
            raise Refused(errors.BAD_PAYLOAD) from None

    async def fields(self) -> dict[str, str]:
        """All fields by name, once the file was read."""
        try:
            while self._reader is not None and self._after is not None:
                await self._note(self._after)
                self._after = await self._reader.next()
        except (*MALFORMED, *BROKEN_OFF):
            raise Refused(errors.BAD_PAYLOAD) from None
        return self._fields

    async def _note(self, part: AnyPart) -> None:
        """Keep a field that is a text; further files are let pass."""
        if not isinstance(part, BodyPartReader) or part.name is None or part.filename is not None:
            return
        text = bytearray()
        while not part.at_eof():
            text += await part.read_chunk(CHUNK_BYTES)
            if len(text) > self._left:
                raise Refused(errors.TOO_LARGE)
        self._left -= len(text)
        self._fields[part.name] = text.decode()
