"""A gateway in a thread of its own, with one of everything, for callers that cannot wait in its loop."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from tests.edge.premises import Premises, furnished
from tests.house_under_test import House, opened

T = TypeVar("T")


class Shop:
    """Fills requests in with what there is, so that they are answered with more than 404."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self.url = house.url
        self._house = house
        self._loop = loop
        self._lasting = self._wait(self._premises())
        self._doomed = self._lasting
        self.renew()

    def furnish(self, case: Case[Any]) -> None:
        """Name what there is, where a request would be right but for its names."""
        premises = self._doomed if case.method.upper() == "DELETE" else self._lasting
        if _is_right(case, ParameterLocation.PATH):
            own = {"keyId": premises.integration_key[0]} if "{integrationId}" in case.path else {}
            case.path_parameters.update({it: {**premises.parts, **own}[it] for it in case.path_parameters})
        if _is_right(case, ParameterLocation.QUERY) and case.query:
            case.query.update(_named(dict(case.query), premises.parts))
        if isinstance(case.body, dict) and _is_right(case, ParameterLocation.BODY):
            case.body = _named(case.body, premises.parts)

    def renew(self) -> None:
        """Something was deleted: the next request to delete finds everything again."""
        self._doomed = self._wait(self._premises())

    def judges_no_more(self) -> None:
        """Messages are said as they are, whoever was to judge them."""
        parts = self._lasting.parts
        self._wait(self._house.rest("DELETE", f"/v2/apps/{parts['appId']}/moderation", key=self.key))

    @property
    def key(self) -> tuple[str, str]:
        """The widest there is."""
        return self._house.account

    async def _premises(self) -> Premises:
        """A new app with one of everything."""
        account = self._house.account
        wanted = {"displayName": "shop", "settings": {"multiConvoEnabled": True}}
        app = await self._house.rest("POST", "/v2/apps", wanted, key=account)
        app_id = app.body["app"]["id"]
        made = await self._house.rest("POST", f"/v2/apps/{app_id}/keys", {"displayName": "shop"}, key=account)
        key = made.body["key"]
        return await furnished(self._house, app_id, (key["id"], key["secret"]), "ann")

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)


def _is_right(case: Case[Any], location: ParameterLocation) -> bool:
    part = case.meta.components.get(location) if case.meta else None
    return part is not None and part.mode.is_positive


def _named(said: Any, parts: dict[str, str]) -> Any:
    """The same, naming the user that there is."""
    if isinstance(said, list):
        return [_named(it, parts) for it in said]
    if not isinstance(said, dict):
        return said
    real = {
        "userId": parts["userIdOrExternalId"],
        "userExternalId": "ann",
        "filter[userId]": parts["userIdOrExternalId"],
        "filter[userExternalId]": "ann",
        "conversationId": parts["conversationId"],
    }
    return {
        name: real[name] if name in real and isinstance(it, str) else _named(it, parts) for name, it in said.items()
    }


@contextmanager
def open_shop(data: Path) -> Iterator[Shop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    house = opened(data)
    try:
        yield Shop(asyncio.run_coroutine_threadsafe(house.__aenter__(), loop).result(), loop)
        asyncio.run_coroutine_threadsafe(house.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
