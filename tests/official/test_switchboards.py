"""Switchboards and the control of conversations, through the official client."""

import pytest

from tests.edge.premises import HOOK
from tests.house_under_test import House
from tests.official.client import Official, client


class Board:
    """A switchboard with a bot, which is its default, and a desk."""

    def __init__(self, official: Official) -> None:
        self.official = official
        self.id = ""
        self.seats: dict[str, str] = {}

    async def set_up(self) -> "Board":
        self.id = (await self.official.ours("SwitchboardsApi.create_switchboard")).switchboard.id
        for name in ("bot", "desk"):
            await self.seat(name)
        change = {"enabled": True, "defaultSwitchboardIntegrationId": self.seats["bot"]}
        await self.official.ours("SwitchboardsApi.update_switchboard", self.id, ("SwitchboardUpdateBody", change))
        return self

    async def seat(self, name: str) -> None:
        custom = ("Custom", {"type": "custom", "displayName": name, "webhooks": [HOOK]})
        it = (await self.official.ours("IntegrationsApi.create_integration", custom)).integration.id
        asked = {"name": name, "integrationId": it, "deliverStandbyEvents": name == "desk", "messageHistoryCount": 3}
        body = ("SwitchboardIntegrationCreateBody", asked)
        made = await self.official.ours("SwitchboardIntegrationsApi.create_switchboard_integration", self.id, body)
        self.seats[name] = made.switchboard_integration.id

    async def standing(self, room: str) -> tuple[str | None, str | None]:
        """The names of who is active and who is pending."""
        it = (await self.official.ours("ConversationsApi.get_conversation", room)).conversation
        both = (it.active_switchboard_integration, it.pending_switchboard_integration)
        active, pending = (seat.name if seat else None for seat in both)
        return active, pending


async def test_a_switchboards_life(official: Official) -> None:
    board = await Board(official).set_up()
    (shown,) = (await official.ours("SwitchboardsApi.list_switchboards")).switchboards
    assert (shown.id, shown.enabled) == (board.id, True)
    assert shown.default_switchboard_integration_id == board.seats["bot"]
    change = ("SwitchboardIntegrationUpdateBody", {"nextSwitchboardIntegrationId": board.seats["desk"]})
    method = "SwitchboardIntegrationsApi.update_switchboard_integration"
    changed = await official.ours(method, board.id, board.seats["bot"], change)
    assert changed.switchboard_integration.next_switchboard_integration_id == board.seats["desk"]
    listed = await official.ours("SwitchboardIntegrationsApi.list_switchboard_integrations", board.id)
    assert {it.name for it in listed.switchboard_integrations} == {"bot", "desk"}
    with pytest.raises(client.exceptions.ApiException):  # the bot's next
        await official.ours("SwitchboardIntegrationsApi.delete_switchboard_integration", board.id, board.seats["desk"])
    await board.seat("spare")
    await official.ours("SwitchboardIntegrationsApi.delete_switchboard_integration", board.id, board.seats["spare"])
    await official.ours("SwitchboardsApi.delete_switchboard", board.id)
    assert (await official.ours("SwitchboardsApi.list_switchboards")).switchboards == []


async def test_control_goes_from_hand_to_hand(house: House, official: Official) -> None:
    board = await Board(official).set_up()
    room = await house.personal("ann")
    assert await board.standing(room) == ("bot", None)

    offer = ("OfferControlBody", {"switchboardIntegration": "desk", "metadata": {"why": "asked for a person"}})
    await official.ours("SwitchboardActionsApi.offer_control", room, offer)
    assert await board.standing(room) == ("bot", "desk")
    await official.ours("SwitchboardActionsApi.accept_control", room, ("AcceptControlBody", {}))
    assert await board.standing(room) == ("desk", None)
    passing = ("PassControlBody", {"switchboardIntegration": board.seats["bot"]})
    await official.ours("SwitchboardActionsApi.pass_control", room, passing)
    assert await board.standing(room) == ("bot", None)
    await official.ours("SwitchboardActionsApi.release_control", room)  # without a body
    assert await board.standing(room) == (None, None)
    with pytest.raises(client.exceptions.ApiException):
        await official.ours("SwitchboardActionsApi.accept_control", room, ("AcceptControlBody", {}))
