"""The webhooks of an installation, seen and repaired over REST with the keys of their apps."""

from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar
from urllib.parse import quote

from gateway.domain.value import Value
from gateway.remote.rest import Json, Rest, Unanswered

GONE: Final = 404
SECRETS: Final = "signingSecrets"
ELSEWHERE: Final = "url: the gateway's apps are not at this address; does it lack the path prefix?"

T = TypeVar("T")


class Hook(Value, kw_only=True):
    """A webhook, where it belongs, and a token that opens its app; None where the app has no key."""

    app_id: str
    app_name: str
    integration_id: str
    id: str
    version: str
    target: str
    token: str | None

    @property
    def path(self) -> str:
        return f"/v2/apps/{self.app_id}/integrations/{self.integration_id}/webhooks/{self.id}"

    @property
    def shown(self) -> Json:
        return {
            "appId": self.app_id,
            "appName": self.app_name,
            "integrationId": self.integration_id,
            "webhookId": self.id,
            "version": self.version,
            "target": self.target,
        }


class Webhooks:
    """Those of `hooks`, asked for one by one. Everything raises `Unanswered`."""

    def __init__(self, rest: Rest, hooks: Sequence[Hook]) -> None:
        self._rest = rest
        self._hooks = hooks

    async def list(self, limit: int) -> Json:
        """Each with its delivery, whose status is `unknown` where the gateway knows no such webhook (any more)."""
        shown = [it.shown | await self._glance(it) for it in self._hooks[:limit]]
        return {"webhooks": shown, "hasMore": len(self._hooks) > limit}

    async def _glance(self, hook: Hook) -> Json:
        if hook.token is None:
            return {"status": "unknown"}
        try:
            return _without_secrets(await self._ask("GET", hook, "/delivery"))["delivery"]  # type: ignore[no-any-return]
        except Unanswered as refused:
            if refused.status != GONE:
                raise
        return {"status": "unknown"}

    async def attempts(self, webhook_id: str, filters: dict[str, str], limit: int) -> Json:
        """The last calls, newest first."""
        return await self._listed(webhook_id, "attempts", filters, limit)

    async def events(self, webhook_id: str, status: str, limit: int) -> Json:
        return await self._listed(webhook_id, "events", {"status": status}, limit)

    async def event(self, webhook_id: str, event_id: str) -> Json:
        """One event, with the call that tells it."""
        return await self._ask("GET", self._found(webhook_id), f"/events/{quote(event_id, safe='')}")

    async def test(self, webhook_id: str) -> Json:
        """Send a test event now; gives the attempt."""
        return await self._ask("POST", self._found(webhook_id), "/test", {})

    async def replay(self, webhook_id: str, which: Json) -> Json:
        """Send again, and how many events that are; `which` is what REST is asked."""
        return await self._ask("POST", self._found(webhook_id), "/replay", which)

    async def pause(self, webhook_id: str) -> Json:
        return _without_secrets(await self._ask("POST", self._found(webhook_id), "/pause", {}))

    async def resume(self, webhook_id: str) -> Json:
        return _without_secrets(await self._ask("POST", self._found(webhook_id), "/resume", {}))

    async def rotate_secret(self, webhook_id: str, grace_s: int) -> Json:
        """Sign with a new secret, and for so many seconds with the former one along; gives them."""
        return await self._ask("POST", self._found(webhook_id), "/signingSecret/rotate", {"graceSeconds": grace_s})

    def _found(self, webhook_id: str) -> Hook:
        """By its id, or by that of an integration of which it is the only webhook, as v1.1 has it."""
        by_id = [it for it in self._hooks if it.id == webhook_id]
        found = by_id or [it for it in self._hooks if it.integration_id == webhook_id]
        if not found:
            raise Unanswered(f"webhook-id: there is no webhook {webhook_id}")
        if len(found) > 1:
            raise Unanswered(f"webhook-id: the integration {webhook_id} has several webhooks; name one by its own id")
        return found[0]

    async def _listed(self, webhook_id: str, name: str, filters: dict[str, str], limit: int) -> Json:
        hook = self._found(webhook_id)
        query = {f"filter[{key}]": value for key, value in filters.items()}
        asked = self._rest.listed(f"{hook.path}/{name}", _opening(hook), name, query=query, limit=limit)
        found, more = await self._answered(hook, asked)
        return {name: found, "hasMore": more}

    async def _ask(self, method: str, hook: Hook, path: str, body: Json | None = None) -> Json:
        return await self._answered(hook, self._rest.ask(method, hook.path + path, _opening(hook), body=body))

    async def _answered(self, hook: Hook, asked: Awaitable[T]) -> T:
        """Its answer. What is not there may be elsewhere, where the app is."""
        try:
            return await asked
        except Unanswered as refused:
            if refused.status == GONE:
                await self._check_address(hook)
            raise

    async def _check_address(self, hook: Hook) -> None:
        try:
            await self._rest.ask("GET", f"/v2/apps/{hook.app_id}", _opening(hook))
        except Unanswered as refused:
            if refused.status == GONE:
                raise Unanswered(ELSEWHERE) from None
            raise


def _opening(hook: Hook) -> str:
    if hook.token is None:
        raise Unanswered(f"data: the app {hook.app_id} has no key")
    return hook.token


def _without_secrets(said: Json) -> Json:
    return {"delivery": {key: it for key, it in said["delivery"].items() if key != SECRETS}}
