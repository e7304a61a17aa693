"""The official Python client, unmodified: it reads every answer into its own closed models, or raises."""

import asyncio
from collections.abc import Callable
from typing import Any

import jwt as pyjwt
import pytest
from aiohttp import web

from gateway.flow import provision
from tests.domain.town import Orders
from tests.edge.examples import BUSINESS, CHANNELS, CONTENTS
from tests.edge.premises import HOOK
from tests.house_under_test import House, Json
from tests.partner import served
from tests.receiver import Receiver
from tests.switchboard import Board

client = pytest.importorskip("sunshine_conversations_client")


class Official:
    """The client with one key. Every call has to give something: None is given for a status that is not documented."""

    def __init__(self, house: House, key: tuple[str, str]) -> None:
        configuration = client.Configuration(host=house.url, username=key[0], password=key[1])
        self._client = client.ApiClient(configuration)

    async def __call__(self, method: str, *words: Any, **options: Any) -> Any:
        """Call `SomeApi.some_method`; a body is given as (model, JSON), so that unset fields are sent as null."""
        api, _, name = method.partition(".")
        call: Callable[..., Any] = getattr(getattr(client, api)(self._client), name)
        bodies = [model(*it) if isinstance(it, tuple) else it for it in words]
        answer = await asyncio.to_thread(call, *bodies, **options)
        assert answer is not None, f"{method} gave nothing"
        return answer


def model(name: str, body: Json) -> Any:
    return getattr(client, name).from_dict(body)


@pytest.fixture
def official(house: House) -> Official:
    return Official(house, house.key)


async def test_apps_and_keys(house: House) -> None:
    official, app = Official(house, house.account), house.app_id
    settings = {"multiConvoEnabled": True, "conversationRetentionSeconds": 60}
    made = await official("AppsApi.create_app", ("AppCreateBody", {"displayName": "shop", "settings": settings}))
    assert made.app.settings.multi_convo_enabled is True
    await official("AppsApi.update_app", made.app.id, ("AppUpdateBody", {"displayName": "store"}))
    assert (await official("AppsApi.get_app", made.app.id)).app.display_name == "store"
    first = await official("AppsApi.list_apps", page=client.Page(size=1))
    second = await official("AppsApi.list_apps", page=client.Page(size=1, after=first.meta.after_cursor))
    assert [it.apps[0].id for it in (first, second)] == [app, made.app.id]
    await official("AppsApi.delete_app", made.app.id)

    key = (await official("AppKeysApi.create_app_key", app, ("AppKeyCreateBody", {"displayName": "k"}))).key
    assert (await official("AppKeysApi.get_app_key", app, key.id)).key.secret == key.secret
    assert len((await official("AppKeysApi.list_app_keys", app)).keys) == 2
    await official("AppKeysApi.delete_app_key", app, key.id)


async def test_integrations_and_webhooks(house: House, official: Official) -> None:
    app = house.app_id
    made: Any = None
    for kind in ("Web", "Ios", "Android"):
        asked = (kind, {"type": kind.lower(), "displayName": "front"})
        made = await official("IntegrationsApi.create_integration", app, asked)
        shown = await official("IntegrationsApi.get_integration", app, made.integration.id)
        assert shown.integration.display_name == "front"
    change = client.IntegrationUpdate(client.AndroidUpdate(display_name=None))
    await official("IntegrationsApi.update_integration", app, made.integration.id, change)
    await official("IntegrationsApi.delete_integration", app, made.integration.id)

    custom = ("Custom", {"type": "custom", "displayName": "bot", "webhooks": [HOOK]})
    bot = (await official("IntegrationsApi.create_integration", app, custom)).integration.id
    made = await official("WebhooksApi.create_webhook", app, bot, ("WebhookCreateBody", HOOK))
    change = ("WebhookBody", {"triggers": ["conversation:read"]})
    changed = await official("WebhooksApi.update_webhook", app, bot, made.webhook.id, change)
    assert changed.webhook.triggers == ["conversation:read"]
    assert len((await official("WebhooksApi.list_webhooks", app, bot)).webhooks) == 2
    assert len((await official("IntegrationsApi.get_integration", app, bot)).integration.webhooks) == 1
    await official("WebhooksApi.get_webhook", app, bot, made.webhook.id)
    await official("WebhooksApi.delete_webhook", app, bot, made.webhook.id)
    wanted = client.IntegrationListFilter(types="web,custom")
    listed = await official("IntegrationsApi.list_integrations", app, page=client.Page(size=2), filter=wanted)
    assert [it.type for it in listed.integrations] == ["web", "web"]
    assert listed.meta.has_more is True


async def test_switchboards(house: House, official: Official) -> None:
    app = house.app_id
    board = (await official("SwitchboardsApi.create_switchboard", app)).switchboard
    assert board.enabled is False
    bots = []
    for name in ("bot", "desk"):
        custom = ("Custom", {"type": "custom", "displayName": name, "webhooks": [HOOK]})
        bot = (await official("IntegrationsApi.create_integration", app, custom)).integration.id
        asked = ("SwitchboardIntegrationCreateBody", {"name": name, "integrationId": bot, "messageHistoryCount": 3})
        made = await official("SwitchboardIntegrationsApi.create_switchboard_integration", app, board.id, asked)
        bots.append(made.switchboard_integration)
    first, second = bots
    change = ("SwitchboardIntegrationUpdateBody", {"nextSwitchboardIntegrationId": second.id})
    changed = await official(
        "SwitchboardIntegrationsApi.update_switchboard_integration", app, board.id, first.id, change
    )
    assert changed.switchboard_integration.next_switchboard_integration_id == second.id
    listed = await official("SwitchboardIntegrationsApi.list_switchboard_integrations", app, board.id)
    assert [it.name for it in listed.switchboard_integrations] == ["bot", "desk"]
    with pytest.raises(client.exceptions.NotFoundException) as refused:
        await official("SwitchboardsApi.update_switchboard", app, board.id, client.SwitchboardUpdateBody(enabled=True))
    assert refused.value.data.errors[0].code == "switchboard_integration_not_found"
    on = client.SwitchboardUpdateBody(enabled=True, default_switchboard_integration_id=first.id)
    changed = await official("SwitchboardsApi.update_switchboard", app, board.id, on)
    assert changed.switchboard.default_switchboard_integration_id == first.id
    assert (await official("SwitchboardsApi.list_switchboards", app)).switchboards[0].enabled is True
    change = client.SwitchboardIntegrationUpdateBody(next_switchboard_integration_id=None)
    await official("SwitchboardIntegrationsApi.update_switchboard_integration", app, board.id, first.id, change)
    await official("SwitchboardIntegrationsApi.delete_switchboard_integration", app, board.id, second.id)
    await official("SwitchboardsApi.delete_switchboard", app, board.id)


async def test_control(house: House, official: Official, receiver: Receiver) -> None:
    board = await Board(house).open()
    bot, desk = await board.seat("bot", receiver), await board.seat("desk", receiver)
    await board.on(bot)
    room = await house.group("ann")
    words = house.app_id, room
    asked = {"switchboardIntegration": "desk", "metadata": {"a": 1}}
    web = house.integrations["web"]
    shown = (await official("IntegrationsApi.get_integration", house.app_id, web)).integration
    assert (shown.default_responder.name, shown.default_responder.inherited) == ("bot", True)
    await official("SwitchboardActionsApi.offer_control", *words, ("OfferControlBody", asked))
    shown = (await official("ConversationsApi.get_conversation", *words)).conversation
    assert shown.active_switchboard_integration.name == "bot"
    assert shown.pending_switchboard_integration.integration_id == desk.integration
    await official("SwitchboardActionsApi.accept_control", *words, client.AcceptControlBody())
    await official("SwitchboardActionsApi.pass_control", *words, client.PassControlBody(switchboard_integration="bot"))
    await official("SwitchboardActionsApi.release_control", *words)
    shown = (await official("ConversationsApi.get_conversation", *words)).conversation
    assert shown.active_switchboard_integration is None
    theirs = Official(house, desk.key)
    await house.says(room, "hi")
    with pytest.raises(client.exceptions.ForbiddenException):
        await theirs("SwitchboardActionsApi.release_control", *words)
    with pytest.raises(client.exceptions.ApiException) as failed:
        await theirs("SwitchboardActionsApi.accept_control", *words, client.AcceptControlBody())
    assert failed.value.status == 400


async def test_integrations_of_every_type(house: House, official: Official) -> None:
    app = house.app_id
    for kind, fields in CHANNELS.items():
        asked = (kind.capitalize(), {"type": kind, **fields})
        made = await official("IntegrationsApi.create_integration", app, asked)
        assert made.integration.type == kind
        model = {"messagebird": "MessageBird", "whatsapp": "WhatsApp"}.get(kind, kind.capitalize())
        change = client.IntegrationUpdate(getattr(client, f"{model}Update")(display_name="front"))
        changed = await official("IntegrationsApi.update_integration", app, made.integration.id, change)
        assert changed.integration.display_name == "front"
        shown = await official("IntegrationsApi.get_integration", app, made.integration.id)
        assert shown.integration == changed.integration
    listed = await official("IntegrationsApi.list_integrations", app)
    assert {it.type for it in listed.integrations} == set(CHANNELS)
    with pytest.raises(client.exceptions.BadRequestException) as refused:
        await official("IntegrationsApi.create_integration", app, client.Integration(type="nonsense"))
    assert refused.value.data.errors[0].title == "Invalid integration type"


async def test_keys_of_an_integration(house: House, official: Official) -> None:
    app = house.app_id
    custom = ("Custom", {"type": "custom", "webhooks": [HOOK]})
    bot = (await official("IntegrationsApi.create_integration", app, custom)).integration.id
    keys = "CustomIntegrationApiKeysApi"
    asked = ("IntegrationApiKey", {"displayName": "k"})
    key = (await official(f"{keys}.create_custom_integration_key", app, bot, asked)).key
    assert (await official(f"{keys}.get_custom_integration_key", app, bot, key.id)).key.secret == key.secret
    assert len((await official(f"{keys}.list_custom_integration_keys", app, bot)).keys) == 1
    own = Official(house, (key.id, key.secret))
    assert len((await own("WebhooksApi.list_webhooks", app, "me")).webhooks) == 1
    await official(f"{keys}.delete_custom_integration_key", app, bot, key.id)
    with pytest.raises(client.exceptions.BadRequestException) as refused:
        await official(f"{keys}.list_custom_integration_keys", app, house.integrations["web"])
    assert refused.value.data.errors[0].title == "API keys are available only for custom integrations"


def bearing(house: House, token: str) -> Any:
    """A client that shows a token everywhere; by itself it shows none where it has to."""
    api = client.ApiClient(client.Configuration(host=house.url, access_token=token))
    api.set_default_header("Authorization", f"Bearer {token}")
    return api


async def test_oauth(house: House) -> None:
    """The client follows the redirect by itself, so that the partner's page is where the code arrives."""
    came: list[str] = []

    async def back(request: web.Request) -> web.Response:
        came.append(request.query["code"])
        return web.Response()

    async with served(back) as url:
        partner = await provision.new_partner(house.flow, "Bot", (url,))
        jwt = pyjwt.encode({"scope": "app"}, house.key[1], headers={"kid": house.key[0]})
        owner = client.OAuthEndpointsApi(bearing(house, jwt))
        await asyncio.to_thread(owner.authorize, partner.id, "code", state="s", redirect_uri=url)
    stranger = Official(house, house.key)
    facts = {"code": came[0], "grant_type": "authorization_code"}
    asked = ("GetTokenRequest", {**facts, "client_id": partner.id, "client_secret": partner.secret})
    token = (await stranger("OAuthEndpointsApi.get_token", asked)).access_token
    oauth = client.OAuthEndpointsApi(bearing(house, token))
    assert (await asyncio.to_thread(oauth.get_token_info)).app.id == house.app_id
    assert await asyncio.to_thread(oauth.revoke_access) == {}
    with pytest.raises(client.exceptions.UnauthorizedException):
        await asyncio.to_thread(oauth.get_token_info)


async def test_users(house: House, official: Official) -> None:
    app, name = house.app_id, "a/b c@d"
    profile = {"givenName": "Ann", "surname": "Lee"}
    made = await official("UsersApi.create_user", app, ("UserCreateBody", {"externalId": name, "profile": profile}))
    assert made.user.profile.surname == "Lee"
    changed = await official("UsersApi.update_user", app, name, ("UserUpdateBody", {"profile": {"givenName": "Anna"}}))
    assert (changed.user.profile.given_name, changed.user.profile.surname) == ("Anna", None)
    assert (await official("UsersApi.get_user", app, made.user.id)).user.external_id == name
    with pytest.raises(client.exceptions.ConflictException) as conflict:
        await official("UsersApi.create_user", app, ("UserCreateBody", {"externalId": name}))
    assert conflict.value.data.errors[0].code == "conflict"
    await official("UsersApi.delete_user", app, name)
    with pytest.raises(client.exceptions.NotFoundException) as gone:
        await official("UsersApi.get_user", app, name)
    assert gone.value.data.errors[0].title == "User not found"


async def test_clients_and_devices(house: House, official: Official) -> None:
    app, room = house.app_id, await house.personal("ann")
    twilio = (await house.flow.corridor.execute(Orders(app).integration("twilio"))).id
    criteria = client.MatchCriteriaTwilio(type="twilio", integration_id=twilio, phone_number="+1 212-555-2368")
    asked = client.ClientCreate(
        match_criteria=client.MatchCriteria(criteria),
        confirmation=client.Confirmation(type="immediate"),
        target=client.Target(conversation_id=room),
    )
    made = await official("ClientsApi.create_client", app, "ann", asked)
    assert (made.client.type, made.client.status) == ("twilio", "pending")
    device = await house.device("ann")
    listed = await official("ClientsApi.list_clients", app, "ann", page=client.Page(size=1))
    assert ([it.id for it in listed.clients], listed.meta.has_more) == ([made.client.id], True)
    rest = await official("ClientsApi.list_clients", app, "ann", page=client.Page(after=listed.meta.after_cursor))
    assert [it.type for it in rest.clients] == ["sdk"]
    with pytest.raises(client.exceptions.BadRequestException) as stays:
        await official("ClientsApi.remove_client", app, "ann", rest.clients[0].id)
    assert stays.value.data.errors[0].title == "Cannot remove a client of type 'sdk'"
    await official("ClientsApi.remove_client", app, "ann", made.client.id)
    (known,) = (await official("DevicesApi.list_devices", app, "ann")).devices
    assert (known.guid, known.client_id) == (device.guid, rest.clients[0].id)
    assert (await official("DevicesApi.get_device", app, "ann", known.id)).device == known


async def test_conversations_and_participants(house: House, official: Official) -> None:
    app = house.app_id
    ann, _ = await house.user("ann"), await house.user("bob")
    seats = [
        client.ParticipantSubSchema(client.ParticipantWithUserId(user_id=ann, subscribe_sdk_client=True)),
        client.ParticipantSubSchema(
            client.ParticipantWithUserExternalId(user_external_id="bob", subscribe_sdk_client=False)
        ),
    ]
    rooms = []
    for kind, guests in (("personal", seats[:1]), ("sdkGroup", seats)):
        asked = client.ConversationCreateBody(type=kind, participants=guests, display_name="Trip")
        made = await official("ConversationsApi.create_conversation", app, asked)
        rooms.append(made.conversation.id)
    group = rooms[1]
    change = ("ConversationUpdateBody", {"description": "to the sea"})
    changed = await official("ConversationsApi.update_conversation", app, group, change)
    assert (changed.conversation.display_name, changed.conversation.description) == (None, "to the sea")
    assert (await official("ConversationsApi.get_conversation", app, group)).conversation.id == group
    whose = client.ConversationListFilter(user_id=ann)
    found: list[str] = []
    page = client.Page(size=1)
    while len(found) < 2:
        listed = await official("ConversationsApi.list_conversations", app, whose, page=page)
        found += [it.id for it in listed.conversations]
        page = client.Page(size=1, after=listed.meta.after_cursor)
    assert found == rooms

    await house.user("cyd")
    joining = ("ParticipantJoinBody", {"userExternalId": "cyd", "subscribeSDKClient": True})
    joined = await official("ParticipantsApi.join_conversation", app, group, joining)
    assert joined.participant.client_associations[0].type == "sdk"
    seat = client.ParticipantLeaveBodyParticipantId(participant_id=joined.participant.id)
    await official("ParticipantsApi.leave_conversation", app, group, client.ParticipantLeaveBody(seat))
    listed = await official("ParticipantsApi.list_participants", app, group, page=client.Page(size=5))
    assert [it.user_external_id for it in listed.participants] == ["ann", "bob"]
    await official("ConversationsApi.delete_conversation", app, group)
    with pytest.raises(client.exceptions.BadRequestException):
        await official("ConversationsApi.delete_conversation", app, rooms[0])


async def test_messages_and_activities(house: House, official: Official) -> None:
    app, room = house.app_id, await house.personal("ann")
    for content in CONTENTS.values():
        posted = await official(
            "MessagesApi.post_message", app, room, ("MessagePost", {**BUSINESS, "content": content})
        )
        assert posted.messages[0].content.actual_instance.type == content["type"]
    user = {"author": {"type": "user", "userExternalId": "ann"}, "content": CONTENTS["text"]}
    said = (await official("MessagesApi.post_message", app, room, ("MessagePost", user))).messages[0]
    for kind in ("typing:start", "conversation:read"):
        await official("ActivitiesApi.post_activity", app, room, ("ActivityPost", {**BUSINESS, "type": kind}))
    await official("MessagesApi.delete_message", app, room, said.id)
    listed = await official("MessagesApi.list_messages", app, room)
    assert len(listed.messages) == len(CONTENTS) + 1
    assert listed.messages[-1].deleted is True
    before = await official("MessagesApi.list_messages", app, room, page=client.Page(before=said.id))
    assert before.messages == listed.messages[:-1]
    await official("MessagesApi.delete_all_messages", app, room)
    assert (await official("MessagesApi.list_messages", app, room)).messages == []
