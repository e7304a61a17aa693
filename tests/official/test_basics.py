"""The official Python client, unmodified: it reads every answer into its own closed models, or raises."""

from typing import Any

import pytest

from tests.domain.town import Orders
from tests.edge.examples import BUSINESS, CONTENTS
from tests.edge.premises import HOOK
from tests.house_under_test import House
from tests.official.client import Official, client
from tests.receiver import Receiver
from tests.switchboard import Board


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


async def test_what_posts_become(house: House, official: Official) -> None:
    """Rich text, shorthand of several messages, raw payloads and templates; an answered form, and a deleted one."""
    app, room = house.app_id, await house.personal("ann")
    template = {"type": "template", "template": {"name": "hello"}}
    for more, types in (
        ({"content": {"type": "text", "markdownText": "**Hi**"}, "override": {"line": {"payload": {}}}}, ["text"]),
        ({"content": {"type": "text", "text": "![](https://e.x/a.png) ![](https://e.x/b.png)"}}, ["image", "image"]),
        ({"content": template, "schema": "whatsapp"}, ["template"]),
    ):
        posted = await official("MessagesApi.post_message", app, room, ("MessagePost", {**BUSINESS, **more}))
        assert [it.content.actual_instance.type for it in posted.messages] == types
    asked = await official(
        "MessagesApi.post_message", app, room, ("MessagePost", {**BUSINESS, "content": CONTENTS["form"]})
    )
    form = asked.messages[0]
    ann = await house.device("ann")
    answers = [
        {"type": "text", "name": "name", "label": "?", "text": "Ann"},
        {"type": "email", "name": "mail", "label": "?", "email": "ann@example.org"},
        {"type": "select", "name": "size", "label": "?", "select": [{"name": "s", "label": "?"}]},
    ]
    content = {"type": "formResponse", "quotedMessageId": form.id, "fields": answers}
    assert (await ann.ask("message:send", conversationId=room, content=content))["type"] == "ok"
    answer = (await official("MessagesApi.list_messages", app, room)).messages[-1]
    quoted = answer.quoted_message.actual_instance.message
    assert (quoted.id, quoted.content.actual_instance.submitted) == (form.id, True)
    assert answer.content.actual_instance.text_fallback == "Your name: Ann\nE-mail: ann@example.org\nSize: Small"
    await official("MessagesApi.delete_message", app, room, form.id)
    answer = (await official("MessagesApi.list_messages", app, room)).messages[-1]
    assert answer.quoted_message.actual_instance.message.deleted is True
