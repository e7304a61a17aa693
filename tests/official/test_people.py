"""Users, their clients and devices, through the official client."""

import pytest

from tests.house_under_test import House, Json
from tests.official.client import Official, client


async def test_a_client_is_linked_and_removed(house: House, official: Official) -> None:
    whatsapp = ("Whatsapp", {"type": "whatsapp", "accountId": "a"})
    integration = (await official.ours("IntegrationsApi.create_integration", whatsapp)).integration.id
    room = await house.personal("ann")
    asked: Json = {
        "matchCriteria": {"type": "whatsapp", "integrationId": integration, "phoneNumber": "+1 212-555-2368"},
        "confirmation": {"type": "prompt"},
        "target": {"conversationId": room},
    }
    made = (await official.ours("ClientsApi.create_client", "ann", ("ClientCreate", asked))).client
    assert (made.type, made.status, made.integration_id) == ("whatsapp", "pending", integration)
    await house.device("ann")
    listed: list[str] = []
    page = client.Page(size=1)
    while True:
        found = await official.ours("ClientsApi.list_clients", "ann", page=page)
        listed += [it.type for it in found.clients]
        if not found.meta.has_more:
            break
        page = client.Page(size=1, after=found.meta.after_cursor)
    assert sorted(listed) == ["sdk", "whatsapp"]
    await official.ours("ClientsApi.remove_client", "ann", made.id)
    (own,) = (await official.ours("ClientsApi.list_clients", "ann")).clients
    with pytest.raises(client.exceptions.BadRequestException) as refused:
        await official.ours("ClientsApi.remove_client", "ann", own.id)
    assert refused.value.data.errors[0].title == "Cannot remove a client of type 'sdk'"


async def test_devices(house: House, official: Official) -> None:
    await house.user("ann")
    first = await house.device("ann", "phone", integration="ios")
    await house.device("ann", "browser")
    listed = (await official.ours("DevicesApi.list_devices", "ann")).devices
    assert {(it.type, it.guid) for it in listed} == {("ios", "phone"), ("web", "browser")}
    shown = await official.ours("DevicesApi.get_device", "ann", first.welcome["device"]["id"])
    assert (shown.device.guid, shown.device.integration_id) == ("phone", house.integrations["ios"])
    with pytest.raises(client.exceptions.NotFoundException):
        await official.ours("DevicesApi.get_device", "ann", "f" * 24)


async def test_personal_information_goes(official: Official) -> None:
    profile = {"givenName": "Ann", "email": "ann@example.com"}
    asked = {"externalId": "ann", "profile": profile, "metadata": {"tier": "gold"}}
    await official.ours("UsersApi.create_user", ("UserCreateBody", asked))
    left = await official.ours("UsersApi.delete_user_personal_information", "ann")
    assert (left.user.profile.given_name, left.user.profile.email, left.user.metadata) == (None, None, {})
    assert (await official.ours("UsersApi.get_user", "ann")).user.profile.given_name is None


async def test_what_needs_a_service_that_is_not_here_is_refused(house: House, official: Official) -> None:
    room = await house.personal("ann")
    keys = ("url", "bid", "key", "signature", "owner")
    reference = {"interactiveDataRef": dict.fromkeys(keys, "x")}
    download = ("DownloadMessageRefBody", {"userId": await house.user("ann"), "apple": reference})
    event = {"event_name": "Purchase", "event_time": 1, "user_data": {}}
    meta = client.MessengerConversionEventsBody.from_dict({"messenger": {"payload": {"data": [event]}}})
    for call in (
        official.ours("UsersApi.sync_user", "123"),
        official.ours("ConversationsApi.download_message_ref", room, download),
        official.ours("ConversationsApi.post_conversion_events", room, client.ConversionEventsBody(meta)),
    ):
        with pytest.raises(client.exceptions.ApiException) as refused:
            await call
        assert 400 <= refused.value.status < 500
        assert len(refused.value.body) > 40, "it does not say why"
