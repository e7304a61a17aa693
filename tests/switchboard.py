"""A switchboard over REST, in which backends sit with receivers and keys of their own."""

from typing import Any, NamedTuple

from tests.house_under_test import Answer, House, Json
from tests.receiver import Receiver

EVERYTHING = (
    "conversation:create",
    "conversation:remove",
    "conversation:join",
    "conversation:leave",
    "conversation:message",
    "conversation:postback",
    "conversation:read",
    "conversation:typing",
    "switchboard:passControl",
    "switchboard:passControl:failure",
    "switchboard:offerControl",
    "switchboard:offerControl:failure",
    "switchboard:acceptControl",
    "switchboard:acceptControl:failure",
    "switchboard:releaseControl",
)


class Backend(NamedTuple):
    """An integration with a receiver, a key, and its place in the switchboard."""

    receiver: Receiver
    integration: str
    key: tuple[str, str]
    place: Json

    @property
    def shown(self) -> Json:
        """As conversations show it."""
        return {name: self.place[name] for name in ("id", "name", "integrationId", "integrationType")}


class Board:
    """The switchboard of a house's app."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.path = ""

    async def open(self) -> "Board":
        made = await self.house.rest("POST", "/switchboards")
        assert made.status == 201, made
        self.path = f"/switchboards/{made.body['switchboard']['id']}"
        return self

    async def seat(self, name: str, receiver: Receiver, **facts: Any) -> Backend:
        """A backend that wants to hear everything, in the switchboard."""
        integration = (await self.house.webhook(receiver.url, *EVERYTHING))["id"]
        key = (await self.house.rest("POST", f"/integrations/{integration}/keys", {"displayName": name})).body["key"]
        asked = {"name": name, "integrationId": integration, **facts}
        made = await self.house.rest("POST", f"{self.path}/switchboardIntegrations", asked)
        assert made.status == 201, made
        return Backend(receiver, integration, (key["id"], key["secret"]), made.body["switchboardIntegration"])

    async def change(self, backend: Backend, **facts: Any) -> None:
        path = f"{self.path}/switchboardIntegrations/{backend.place['id']}"
        assert (await self.house.rest("PATCH", path, facts)).status == 200

    async def switch(self, **changes: Any) -> None:
        changed = await self.house.rest("PATCH", self.path, changes)
        assert changed.status == 200, changed

    async def on(self, default: Backend) -> None:
        await self.switch(enabled=True, defaultSwitchboardIntegrationId=default.place["id"])

    async def act(self, room: str, action: str, target: str | None = None, **facts: Any) -> Answer:
        """`pass`, `offer`, `accept` or `release` control, with the app's key or that of the backend `by`."""
        by: Backend | None = facts.pop("by", None)
        body = {**({"switchboardIntegration": target} if target else {}), **facts}
        return await self.house.rest("POST", f"/conversations/{room}/{action}Control", body, key=by.key if by else None)

    async def control(self, room: str) -> tuple[Json | None, Json | None]:
        """Who is in control and who was asked to be."""
        shown = (await self.house.rest("GET", f"/conversations/{room}")).body["conversation"]
        return shown.get("activeSwitchboardIntegration"), shown.get("pendingSwitchboardIntegration")
