"""The public REST API as the demo's business calls it: over HTTP, with its app key."""

from types import TracebackType
from typing import Any, Self

from aiohttp import BasicAuth, ClientSession
from yarl import URL

Json = dict[str, Any]


class Declined(Exception):
    """The API answered with an error; `status` and `body` are its own."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status


class Rest:
    """One app of the gateway at `base_url`. Use it as an async context manager."""

    def __init__(self, base_url: str, app_id: str, key_id: str, secret: str) -> None:
        self._app_url = URL(base_url) / "v2" / "apps" / app_id
        self._session = ClientSession(auth=BasicAuth(key_id, secret))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **query: str) -> Json:
        return await self._call("GET", path, query=query)

    async def post(self, path: str, body: Json) -> Json:
        return await self._call("POST", path, body)

    async def patch(self, path: str, body: Json) -> Json:
        return await self._call("PATCH", path, body)

    async def say(self, conversation_id: str, author: Json, content: Json) -> None:
        await self.post(f"conversations/{conversation_id}/messages", {"author": author, "content": content})

    async def act(self, conversation_id: str, author: Json, activity: str) -> None:
        """`typing:start`, `typing:stop` or `conversation:read`."""
        await self.post(f"conversations/{conversation_id}/activity", {"author": author, "type": activity})

    async def _call(self, method: str, path: str, body: Json | None = None, query: Json | None = None) -> Json:
        """The answer's body; raises `Declined`."""
        url = self._app_url.joinpath(*path.split("/")) if path else self._app_url
        async with self._session.request(method, url, params=query, json=body) as response:
            if not response.ok:
                raise Declined(response.status, await response.text())
            answer: Json = await response.json()
            return answer
