"""Users and conversations for a run, made over REST, and their guests."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from aiohttp import ClientError

from clients.loadtest.guest import Guest, Scene
from clients.loadtest.lanes import each
from clients.loadtest.plan import Plan, Target
from clients.loadtest.room import Room
from clients.python import Backend

TRIGGERS: Final = ["conversation:message"]


class Subscription(NamedTuple):
    """The integration that webhooks belong to, and the secret that each one's calls are signed with, in order."""

    integration_id: str
    secrets: Sequence[str]


def backend(target: Target) -> Backend:
    """The REST side of the target."""
    return Backend(target.url, target.key_id, target.secret, app_id=target.app_id)


async def strangers(plan: Plan, scene: Scene) -> list[Guest]:
    """Guests in no room, their users made."""
    names = [f"{plan.prefix}-{number}" for number in range(plan.sockets)]
    async with backend(plan.target) as business:
        await each(names, plan.options.lanes, lambda name: _sign_up(business, name))
        return [Guest(scene, name, business.user_token(name)) for name in names]


async def rooms(plan: Plan, scene: Scene, first: type[Guest] = Guest) -> list[Room]:
    """Rooms full of guests, all made; the first of each room is of a kind of its own."""
    names = [f"{plan.prefix}-{number}" for number in range(plan.sockets)]
    size = plan.options.room_size
    groups = [names[first : first + size] for first in range(0, len(names), size)]
    made: list[Room] = []
    async with backend(plan.target) as business:
        await each(names, plan.options.lanes, lambda name: _sign_up(business, name))

        async def furnish(group: list[str]) -> None:
            made.append(await _room(business, scene, group, first))

        await each(groups, plan.options.lanes, furnish)
    return made


async def subscribe(target: Target, urls: Sequence[str], *, one_per_call: bool) -> Subscription:
    """Lets these addresses be told every message."""
    first, *others = ({"target": url, "triggers": TRIGGERS} for url in urls)
    async with backend(target) as business:
        made = await business.integrations.create(
            type="custom", status="active", displayName="loadtest", webhooks=[first]
        )
        for webhook in others:
            await business.integrations.webhooks(made["id"]).create(**webhook)
        webhooks = business.integrations.webhooks(made["id"])
        ways = [await webhooks.deliver(it["id"], onePerCall=one_per_call) async for it in webhooks.all()]
    return Subscription(made["id"], [way["signingSecrets"][0]["secret"] for way in ways])


async def unsubscribe(target: Target, integration_id: str) -> None:
    """Lets its addresses be told no more."""
    async with backend(target) as business:
        with suppress(ClientError):  # a gateway that is gone tells nobody anyway
            await business.integrations.delete(integration_id)


async def _sign_up(business: Backend, name: str) -> None:
    await business.users.create(externalId=name)


async def _room(business: Backend, scene: Scene, names: list[str], first: type[Guest]) -> Room:
    seats = [{"userExternalId": name, "subscribeSDKClient": True} for name in names]
    room = await business.conversations.create(type="sdkGroup", participants=seats)
    kinds = [first, *[Guest] * (len(names) - 1)]
    pairs = zip(kinds, names, strict=True)
    guests = [kind(scene, name, business.user_token(name), room["id"]) for kind, name in pairs]
    return Room(room["id"], guests)
