"""REST v2 requests, and what comes back."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from functools import cached_property
from typing import IO, Final, TypeAlias
from urllib.parse import quote

from aiohttp import ClientResponse, ClientSession, FormData
from yarl import URL

from clients.python.errors import ApiError
from clients.python.wire import Json, decode, encode

Upload: TypeAlias = bytes | IO[bytes]

JSON_HEADERS: Final = {"Content-Type": "application/json"}


class Rest:
    """The v2 API of one gateway under one key. Its owner closes it."""

    def __init__(self, url: str, key_id: str, secret: str) -> None:
        self._root = url.rstrip("/")
        self._authorization = "Basic " + b64encode(f"{key_id}:{secret}".encode()).decode()

    @cached_property
    def _http(self) -> ClientSession:  # made on first use: it wants a running loop
        return ClientSession(headers={"Authorization": self._authorization})

    async def close(self) -> None:
        """Closes the connections that are kept open between requests."""
        await self._http.close()

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        """The object at `path`, which begins after `/v2/`."""
        return await self._call("GET", path, query=query)

    async def post(self, path: str, body: Json | None = None) -> Json:
        """The answer to a POST, of 200 or 201."""
        return await self._call("POST", path, body=body)

    async def patch(self, path: str, body: Json) -> Json:
        """The changed object."""
        return await self._call("PATCH", path, body=body)

    async def delete(self, path: str) -> Json:
        """What was left to say, usually nothing."""
        return await self._call("DELETE", path)

    async def pages(
        self, path: str, name: str, query: Mapping[str, str] | None = None, *, back: bool = False
    ) -> AsyncIterator[Json]:
        """The objects under `name`, page after page; `back` pages from the last page towards the first."""
        cursor, ask = ("beforeCursor", "page[before]") if back else ("afterCursor", "page[after]")
        asked = dict(query or {})
        while True:
            page = await self.get(path, asked)
            for item in reversed(page[name]) if back else page[name]:
                yield item
            meta = page.get("meta", {})  # the short lists have none
            if not meta.get("hasMore"):
                return
            asked[ask] = meta[cursor]

    async def upload(self, path: str, name: str, content: Upload, query: Mapping[str, str] | None = None) -> Json:
        """The answer to a file, sent as the form field `source`."""
        url = URL(f"{self._root}/v2/{path}", encoded=True)
        async with self._http.post(url.update_query(query), data=form(name, content)) as response:
            return await answered(response)

    async def _call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Json | None = None
    ) -> Json:
        url = URL(f"{self._root}/v2/{path}", encoded=True)
        data = encode(body) if body is not None else None
        headers = JSON_HEADERS if body is not None else None
        async with self._http.request(method, url.update_query(query), data=data, headers=headers) as response:
            return await answered(response)


def form(name: str, content: Upload) -> FormData:
    """A file as uploads want it; a stream is sent as it comes."""
    sent = FormData()
    sent.add_field("source", content, filename=name)
    return sent


def segment(name: str) -> str:
    """`name` as one segment of a path, whatever is in it: an external id may hold slashes."""
    return quote(name, safe="")


async def answered(response: ClientResponse) -> Json:
    """What a response says; raises `ApiError` for a refusal."""
    text = await response.read()
    if response.ok:
        return decode(text) if text else {}
    try:
        error = decode(text)["errors"][0]
        code, title = error["code"], error["title"]
    except (ValueError, LookupError):
        code, title = "", text.decode(errors="replace")
    raise ApiError(response.status, code, title)
