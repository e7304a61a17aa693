"""Users and conversations for a run, made over REST, and their guests."""

from __future__ import annotations

from clients.loadtest.guest import Guest, Scene
from clients.loadtest.lanes import each
from clients.loadtest.plan import Plan
from clients.loadtest.room import Room
from clients.python import Backend


def backend(plan: Plan) -> Backend:
    """The REST side of the target."""
    target = plan.target
    return Backend(target.url, target.key_id, target.secret, app_id=target.app_id)


async def strangers(plan: Plan, scene: Scene) -> list[Guest]:
    """Guests in no room, their users made."""
    names = [f"{plan.prefix}-{number}" for number in range(plan.sockets)]
    async with backend(plan) as business:
        await each(names, plan.options.lanes, lambda name: _sign_up(business, name))
        return [Guest(scene, name, business.user_token(name)) for name in names]


async def rooms(plan: Plan, scene: Scene) -> list[Room]:
    """Rooms full of guests, all made."""
    names = [f"{plan.prefix}-{number}" for number in range(plan.sockets)]
    size = plan.options.room_size
    groups = [names[first : first + size] for first in range(0, len(names), size)]
    made: list[Room] = []
    async with backend(plan) as business:
        await each(names, plan.options.lanes, lambda name: _sign_up(business, name))

        async def furnish(group: list[str]) -> None:
            made.append(await _room(business, scene, group))

        await each(groups, plan.options.lanes, furnish)
    return made


async def _sign_up(business: Backend, name: str) -> None:
    await business.users.create(externalId=name)


async def _room(business: Backend, scene: Scene, names: list[str]) -> Room:
    seats = [{"userExternalId": name, "subscribeSDKClient": True} for name in names]
    room = await business.conversations.create(type="sdkGroup", participants=seats)
    guests = [Guest(scene, name, business.user_token(name), room["id"]) for name in names]
    return Room(room["id"], guests)
