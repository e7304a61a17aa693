"""REST from the outside: what a running gateway answers, or in a sentence why it does not."""

import os
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from gateway.domain import limits
from gateway.wire import json

Json = dict[str, Any]

CONNECT_S: Final = 10.0
NOBODY: Final = "url: nobody answers at {url} ({why}); is the gateway running, and is this where it listens?"
STRANGER: Final = "url: what answers at {url} is no gateway (HTTP {status})"
FOREIGN: Final = "data: the gateway at {url} does not know the key from this folder; is it another one's?"


class Unanswered(Exception):
    """Nothing came of it, as this sentence says. `status` is that of a refusal over HTTP."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class Rest:
    """The gateway at `url`, which ends before `/v2`. A replay takes its time, so an answer is waited for."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_S))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self._session.close()

    async def ask(
        self, method: str, path: str, token: str, *, query: dict[str, str] | None = None, body: Json | None = None
    ) -> Json:
        """What is answered to the key that signed `token`; raises `Unanswered`."""
        try:
            status, answer = await self._answer(method, path, token, query, body)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Unanswered(NOBODY.format(url=self._url, why=_why(error))) from None
        if status // 100 == 2 and isinstance(answer, dict):
            return answer
        if status == 401:
            raise Unanswered(FOREIGN.format(url=self._url), status)
        try:
            sentence = str(answer["errors"][0]["title"])
        except (KeyError, IndexError, TypeError):
            raise Unanswered(STRANGER.format(url=self._url, status=status), status) from None
        raise Unanswered(sentence, status)

    async def _answer(
        self, method: str, path: str, token: str, query: dict[str, str] | None, body: Json | None
    ) -> tuple[int, Any]:
        async with self._session.request(
            method,
            self._url + path,
            params=query,
            data=None if body is None else json.encode(body),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            allow_redirects=False,
        ) as response:
            return response.status, json.glance(await response.read())

    async def listed(
        self, path: str, token: str, name: str, *, query: dict[str, str], limit: int
    ) -> tuple[list[Json], bool]:
        """The first `limit` records of a list, page after page, and whether there are more; raises `Unanswered`."""
        found: list[Json] = []
        after: str | None = None
        while True:
            size = min(limit - len(found), limits.PAGE)
            where = {"page[size]": str(size)} | ({"page[after]": after} if after else {})
            page = await self.ask("GET", path, token, query=query | where)
            found += page[name]
            after = page["meta"].get("afterCursor") if page["meta"]["hasMore"] else None
            if after is None or len(found) >= limit:
                return found, after is not None


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and (error.errno or 0) > 0:
        return os.strerror(error.errno or 0)
    return str(error) or type(error).__name__
