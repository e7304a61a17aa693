"""A user's clients: the SDK's own, and links to other channels."""

from gateway.domain import access, errors, reach
from gateway.domain.commands import CreateClient, DeleteClient
from gateway.edge.call import Call, Operation
from gateway.wire import answers, cursor, requests, v2
from gateway.wire.v2 import Json


async def create_client(call: Call) -> Json:
    """Link a user to a channel; the client is pending until the channel has found the user."""
    body = call.body(requests.ClientCreate)
    command = CreateClient(app_id=call.app_id, user=call.user(), link=body.link())
    return {"client": v2.client(await call.flow.corridor.execute(command))}


async def list_clients(call: Call) -> Json:
    """A user's clients, linked and pending, oldest first."""
    page = call.page()
    person = await call.flow.queries.person(call.user())
    clients = reach.clients(person, await call.flow.registry.office(call.app_id))
    part, more = page.of([it.id for it in clients])
    found = clients[part]
    return cursor.listing("clients", [v2.client(it) for it in found], [it.id for it in found], page, more, call.url)


async def remove_client(call: Call) -> Json:
    """Remove a link, or cancel one that is pending. The client of the SDK stays."""
    await call.flow.corridor.execute(DeleteClient(app_id=call.app_id, user=call.user(), client_id=call["clientId"]))
    return {}


_ALL = "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"

OPERATIONS = (
    Operation(
        "POST",
        _ALL,
        access.ANY,
        create_client,
        201,
        asks=requests.ClientCreate,
        query=requests.BrandQuery,
        answers=answers.ClientAnswer,
        refuses=(
            errors.USER_NOT_FOUND,
            errors.CONVERSATION_NOT_FOUND,
            errors.INTEGRATION_NOT_FOUND,
            errors.NO_LINKS_INTO_GROUPS,
            errors.TOO_MANY_CLIENTS,
        ),
    ),
    Operation(
        "GET",
        _ALL,
        access.ANY,
        list_clients,
        pages=True,
        query=requests.BrandQuery,
        answers=answers.ClientList,
        refuses=(errors.USER_NOT_FOUND,),
    ),
    Operation(
        "DELETE",
        f"{_ALL}/{{clientId}}",
        access.ANY,
        remove_client,
        query=requests.BrandQuery,
        refuses=(errors.USER_NOT_FOUND, errors.CLIENT_NOT_FOUND, errors.SDK_CLIENT_STAYS),
    ),
)
