"""The channels that a user is linked to. None is connected here: links stay pending, and nothing comes of the rest."""

from gateway.domain import access, errors, reach
from gateway.domain.channels import SDK_TYPES
from gateway.domain.commands import DeleteClient, LinkChannel
from gateway.domain.errors import Refused
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import channels, people
from gateway.wire.v2 import Json


async def list_(call: Call) -> Json:
    linked = [it for it in reach.clients(await call.person(), await call.office()) if it.linked_at and it.link]
    return {"channels": [channels.channel(it) for it in linked]}


async def link(call: Call) -> Json:
    """Ask a channel for the user."""
    await call.person()
    office = await call.office()
    draft = await call.body(channels.LinkDraft)
    await call.flow.corridor.execute(LinkChannel(app_id=call.app_id, user=call.ref, link=draft.link(office)))
    return {"appUser": people.app_user(await call.person(), office)}


async def unlink(call: Call) -> None:
    """All clients of a channel, which is named by its type; raises `Refused` (404) where there are none."""
    if call["channel"] in SDK_TYPES:
        raise Refused(errors.SDK_CLIENT_STAYS)
    found = [it.id for it in (await call.person()).links if it.type == call["channel"]]
    if not found:
        raise Refused(errors.CLIENT_NOT_FOUND)
    for client_id in found:
        await call.flow.corridor.execute(DeleteClient(app_id=call.app_id, user=call.ref, client_id=client_id))


async def business_systems(call: Call) -> Json:
    """No other system's agents read along here."""
    await call.person()
    return {"businessSystems": []}


async def link_requests(call: Call) -> Json:
    """No channel has an address at which a user could follow an invitation."""
    await call.person()
    office = await call.office()
    asked = call.asked(channels.Invited).integrations
    if any(office.integration(it) is None for it in asked):
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return {"linkRequests": []}


_ONE = "/appusers/{userId}"

ROUTES = (
    Route("GET", f"{_ONE}/channels", access.USER, list_),
    Route("POST", f"{_ONE}/channels", access.USER, link),
    Route("DELETE", f"{_ONE}/channels/{{channel}}", access.USER, unlink),
    Route("GET", f"{_ONE}/businesssystems", access.APP, business_systems),
    Route("GET", f"{_ONE}/linkrequest", access.USER, link_requests),
)
