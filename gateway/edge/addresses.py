"""Under which address the gateway is known outside."""

from typing import Final

from aiohttp import web


class Addresses:
    """`public_url`, where one is set, stands for the origin and the path prefix that requests come with."""

    def __init__(self, public_url: str, prefix: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._prefix = prefix

    def base(self, request: web.Request) -> str:
        """The address all paths of the API follow; raises ValueError for a Host that is none."""
        return self._public_url or f"{request.url.origin()}{self._prefix}"

    def of(self, request: web.Request) -> str:
        """The absolute address of what was asked for, without its query; raises ValueError."""
        return self.base(request) + request.url.raw_path.removeprefix(self._prefix)


ADDRESSES: Final = web.AppKey("addresses", Addresses)
