"""The official Python client, unmodified: it reads every answer into its own closed models, or raises."""

import asyncio
import importlib
import inspect
from collections.abc import Callable
from typing import Any

from tests.house_under_test import House, Json

client: Any = importlib.import_module("sunshine_conversations_client")  # untyped: it exports nothing by name

VARIANTS = ("_with_http_info", "_without_preload_content")


class Official:
    """The client with one key. Every call has to give something: None is given for a status that is not documented."""

    def __init__(self, house: House, key: tuple[str, str] | None = None, *, token: str | None = None) -> None:
        name, secret = (None, None) if token else key or house.key
        self.app_id = house.app_id
        self._client = client.ApiClient(
            client.Configuration(host=house.url, username=name, password=secret, access_token=token)
        )
        if token:  # `get_token_info` and `authorize` show no credentials of their own accord
            self._client.default_headers["Authorization"] = f"Bearer {token}"

    async def __call__(self, method: str, *words: Any, **options: Any) -> Any:
        """Call `SomeApi.some_method`; a body is given as (model, JSON), so that unset fields are sent as null."""
        answer = await self.silent(method, *words, **options)
        assert answer is not None, f"{method} gave nothing"
        return answer

    async def silent(self, method: str, *words: Any, **options: Any) -> Any:
        """Call a method that gives None by its nature."""
        api, _, name = method.partition(".")
        call: Callable[..., Any] = getattr(getattr(client, api)(self._client), name)
        bodies = [model(*it) if isinstance(it, tuple) and isinstance(it[1], dict) else it for it in words]
        return await asyncio.to_thread(call, *bodies, **options)

    async def ours(self, method: str, *words: Any, **options: Any) -> Any:
        """Call a method of the app under test."""
        return await self(method, self.app_id, *words, **options)


def model(name: str, body: Json) -> Any:
    return getattr(client, name).from_dict(body)


def methods() -> set[str]:
    """Every method of the client that is an operation, as `SomeApi.some_method`."""
    apis = [it for name, it in vars(client).items() if name.endswith("Api")]
    return {
        f"{api.__name__}.{name}"
        for api in apis
        for name, _ in inspect.getmembers(api, inspect.isfunction)
        if not name.startswith("_") and not name.endswith(VARIANTS)
    }
