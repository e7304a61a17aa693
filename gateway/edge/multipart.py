"""A file in a multipart body, read as it comes."""

from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http import HttpProcessingError

from gateway.domain import errors, limits
from gateway.domain.errors import Refused

CHUNK_BYTES: Final = 65_536
AROUND_BYTES: Final = 65_536  # what a body may have around the file


MALFORMED: Final = (ValueError, AssertionError, HttpProcessingError)  # what aiohttp says of a broken multipart body


class Part(NamedTuple):
    """A file on its way in. Some clients send none of their names."""

    file_name: str | None
    chunks: AsyncIterator[bytes]


async def file_part(request: web.Request, field: str) -> Part:
    """The file in a field of the body; raises `Refused` (400, 413)."""
    if request.content_type != "multipart/form-data":
        raise Refused(errors.NO_SOURCE)
    if (request.content_length or 0) > limits.ATTACHMENT_BYTES + AROUND_BYTES:
        raise Refused(errors.FILE_TOO_LARGE)
    try:
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.name == field:
                return Part(part.filename or None, _chunks(reader, part))
    except MALFORMED:
        raise Refused(errors.BAD_PAYLOAD) from None
    raise Refused(errors.NO_SOURCE)


async def _chunks(reader: MultipartReader, part: BodyPartReader) -> AsyncIterator[bytes]:
    """All of the part, up to the boundary that ends it; raises `Refused` (400) where there is none."""
    try:
        while not part.at_eof():
            yield await part.read_chunk(CHUNK_BYTES)
        await reader.next()
    except MALFORMED:
        raise Refused(errors.BAD_PAYLOAD) from None
