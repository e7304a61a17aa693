"""The SDK and the gateway together: everything a device and a backend can do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from clients.python import (
    ApiError,
    Backend,
    Backoff,
    Closed,
    Device,
    Ended,
    Event,
    Refused,
    Session,
    user_token,
)
from gateway.domain.commands import MergeUsers, Ref
from tests.clients.scripted import next_of, seqs
from tests.house_under_test import House


class Town:
    """A backend of the house's app, and devices that are online until the test is over."""

    def __init__(self, house: House, backend: Backend, stack: AsyncExitStack) -> None:
        self.house = house
        self.backend = backend
        self._stack = stack

    async def device(self, name: str | None = None, **facts: Any) -> Device:
        if name is not None:
            facts.setdefault("jwt", self.backend.user_token(name))
        facts.setdefault("backoff", Backoff(base_s=0.01))
        device = Device(self.house.url, self.house.integrations["web"], **facts)
        return await self._stack.enter_async_context(device)


@pytest.fixture
async def town(house: House) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack, asyncio.timeout(60):
        backend = Backend(house.url, *house.key, app_id=house.app_id)
        yield Town(house, await stack.enter_async_context(backend), stack)


async def heard(device: Device, kind: str) -> Event:
    """The next event of a kind, whatever comes before it."""
    async with asyncio.timeout(10):
        async for it in device.events():
            if isinstance(it, Event) and it.type == kind:
                return it
    raise AssertionError(f"{kind} was never heard")


# Talking


async def test_what_one_says_all_hear_as_the_same(town: Town) -> None:
    room = await town.house.group("ann", "bob")
    ann, bob = await town.device("ann"), await town.device("bob")
    message = await ann.send(room, "hi", client_message_id="m1", metadata={"mood": "good"})
    own, theirs = await heard(ann, "conversation:message"), await heard(bob, "conversation:message")
    assert own.client_message_id == "m1"
    assert own.payload["message"]["id"] == theirs.payload["message"]["id"] == message["id"]
    assert message["metadata"] == {"mood": "good"}
    assert own.seq == ann.position(room) == bob.position(room)


async def test_the_same_message_twice_is_said_once(town: Town) -> None:
    room = await town.house.group("ann")
    ann = await town.device("ann")
    first = await ann.send(room, "hi", "m1")
    assert await ann.send(room, "hi", "m1") == first
    assert len((await ann.history(room)).items) == 1


async def test_history_is_read_in_pages(town: Town) -> None:
    room = await town.house.group("ann")
    ann = await town.device("ann")
    for number in range(5):
        await ann.send(room, f"{number}")
    newest = await ann.history(room, limit=2)
    assert [it["content"]["text"] for it in newest.items] == ["3", "4"]
    assert newest.has_more
    older = await ann.history(room, before_seq=newest.items[0]["seq"], limit=3)
    assert [it["content"]["text"] for it in older.items] == ["0", "1", "2"]
    assert not older.has_more
    newer = await ann.history(room, after_seq=older.items[-1]["seq"])
    assert newer.items == newest.items


async def test_reading_is_told_to_the_others(town: Town) -> None:
    room = await town.house.group("ann", "bob")
    ann, bob = await town.device("ann"), await town.device("bob")
    message = await ann.send(room, "hi")
    assert await bob.read(room) == {"lastRead": message["received"], "unreadCount": 0}
    assert (await heard(ann, "conversation:read")).payload["activity"]["author"]["userId"] == bob.user["id"]


async def test_typing_is_told_to_the_others_and_has_no_place_in_the_order(town: Town) -> None:
    room = await town.house.group("ann", "bob")
    ann, bob = await town.device("ann"), await town.device("bob")
    await bob.typing_start(room)
    started = await heard(ann, "conversation:typing")
    await bob.typing_stop(room)
    stopped = await heard(ann, "conversation:typing")
    assert [it.payload["activity"]["type"] for it in (started, stopped)] == ["typing:start", "typing:stop"]
    assert started.seq is stopped.seq is None


async def test_a_button_is_pressed(town: Town) -> None:
    room = await town.house.group("ann")
    ann = await town.device("ann")
    actions = [{"type": "postback", "text": "Yes", "payload": "YES"}]
    await town.backend.conversations.post(room, {"type": "text", "text": "Well?", "actions": actions})
    asked = await heard(ann, "conversation:message")
    await ann.postback(room, asked.payload["message"]["content"]["actions"][0]["id"])


# Conversations


async def test_a_device_sees_its_conversations(town: Town) -> None:
    rooms = [await town.house.group("ann", displayName=f"Room {number}") for number in range(3)]
    ann = await town.device("ann")
    page = await ann.conversations(limit=2)
    assert page.has_more
    assert {row["conversation"]["id"] for row in page.items} < set(rooms)
    one = await ann.conversation(rooms[0])
    assert one["conversation"]["displayName"] == "Room 0"
    assert [it["userId"] for it in one["participants"]] == [ann.user["id"]]


async def test_a_change_of_a_conversation_is_told_to_all(town: Town) -> None:
    room = await town.house.group("ann", "bob", description="old")
    ann, bob = await town.device("ann"), await town.device("bob")
    changed = await ann.update_conversation(room, displayName="New", description=None, metadata={"a": 1})
    assert (changed["displayName"], changed["metadata"]) == ("New", {"a": 1})
    assert "description" not in changed
    told = await heard(bob, "conversation:update")
    assert told.payload["conversation"]["displayName"] == "New"


async def test_a_conversation_is_opened_where_the_integration_allows_it(town: Town) -> None:
    web = town.house.integrations["web"]
    await town.backend.integrations.update(web, canUserCreateMoreConversations=True)
    ann = await town.device("ann")
    opened = await ann.create_conversation(displayName="Help", messages=[{"type": "text", "text": "hi"}])
    assert opened["conversation"]["type"] == "personal"
    history = await ann.history(opened["conversation"]["id"])
    assert [it["content"]["text"] for it in history.items] == ["hi"]


async def test_one_who_is_added_and_removed_is_told(town: Town) -> None:
    room = await town.house.group("ann")
    bob = await town.device("bob")
    await town.backend.conversations.join(room, userId=bob.user["id"], subscribeSDKClient=True)
    assert (await heard(bob, "conversation:join")).payload["conversation"]["id"] == room
    await town.backend.conversations.leave(room, userId=bob.user["id"])
    await heard(bob, "conversation:leave")
    assert bob.position(room) is None
    with pytest.raises(Refused) as refused:
        await bob.send(room, "still here?")
    assert refused.value.status in (403, 404)


# Coming back


async def test_what_was_said_meanwhile_is_heard_on_coming_back(town: Town) -> None:
    room = await town.house.group("ann", "bob")
    ann, bob = await town.device("ann"), await town.device("bob")
    before = bob.position(room)
    assert before is not None
    bob.reconnect()
    await asyncio.gather(*(ann.send(room, f"{number}") for number in range(20)))
    assert seqs(await next_of(bob.events(), 20)) == [before + number for number in range(1, 21)]


async def test_a_device_resumes_in_another_life(town: Town) -> None:
    room = await town.house.group("ann", "bob")
    ann = await town.device("ann")
    bob = await town.device("bob", guid="bobs phone")
    await bob.close()
    kept = bob.positions
    await ann.send(room, "while you were out")
    returned = await town.device("bob", guid="bobs phone", positions=kept)
    assert returned.welcome["recovered"] == {room: True}
    assert (await heard(returned, "conversation:message")).payload["message"]["content"]["text"]


async def test_messages_under_way_survive_lost_connections(town: Town) -> None:
    room = await town.house.group("ann", "bob")
    ann, bob = await town.device("ann"), await town.device("bob")
    sending = asyncio.gather(*(ann.send(room, f"{number}") for number in range(30)))
    for _ in range(3):
        await ann.online()
        ann.reconnect()
    ids = [message["id"] for message in await sending]
    told = [it.payload["message"]["id"] for it in await next_of(bob.events(), 30) if isinstance(it, Event)]
    assert sorted(told) == sorted(ids)
    assert len(set(ids)) == 30


async def test_the_same_device_again_replaces_the_older(town: Town) -> None:
    older = await town.device("ann", guid="phone")
    await town.device("ann", guid="phone")
    with pytest.raises(Ended) as ended:
        async for _ in older.events():
            pass
    assert ended.value.goodbye.code == 4009


# People


async def test_an_anonymous_user_keeps_their_session(town: Town) -> None:
    first = await town.device()
    assert first.session is not None
    kept = first.session
    again = await town.device(session=kept)
    assert again.user["id"] == first.user["id"] == kept.user_id


async def test_an_anonymous_user_logs_in_and_stays_themselves(town: Town) -> None:
    device = await town.device()
    anonymous = device.user["id"]
    user = await device.login(town.backend.user_token("ann"))
    assert (user["id"], user["externalId"]) == (anonymous, "ann")
    assert device.session is None
    device.reconnect()
    await device.online()
    assert device.user["id"] == anonymous


async def test_a_wrong_session_ends_the_device(town: Town) -> None:
    kept = (await town.device()).session
    assert kept is not None
    with pytest.raises(Ended) as ended:
        await town.device(session=Session(kept.user_id, "wrong"))
    assert ended.value.goodbye.code == 4501


async def test_a_stale_token_is_renewed(town: Town) -> None:
    async def fresh() -> str:
        return town.backend.user_token("ann")

    ann = await town.device(jwt=town.backend.user_token("ann", exp=1), on_invalid_auth=fresh)
    assert ann.user["externalId"] == "ann"


async def test_a_token_signed_with_another_secret_is_refused(town: Town) -> None:
    forged = user_token(town.house.key[0], "another secret, just as long as it should be", "ann")
    with pytest.raises(Ended) as ended:
        await town.device(jwt=forged)
    assert ended.value.goodbye.code == 4501


async def test_an_unknown_integration_ends_the_device(town: Town) -> None:
    with pytest.raises(Ended) as ended:
        async with Device(town.house.url, "0" * 24):
            pytest.fail("it was welcomed")
    assert ended.value.goodbye.code == 4503


async def test_one_who_logs_out_is_offline(town: Town) -> None:
    ann = await town.device("ann")
    await ann.logout()
    with pytest.raises(Closed):
        await ann.ping()


async def test_users_and_devices_are_updated(town: Town) -> None:
    ann = await town.device("ann")
    user = await ann.update_user(profile={"givenName": "Anna"}, metadata={"vip": True})
    assert (user["profile"]["givenName"], user["metadata"]) == ("Anna", {"vip": True})
    assert ann.user == user
    device = await ann.update_device(pushNotificationToken="token", state="background")
    assert device["pushNotificationToken"] == "token"


# The business


async def test_a_backend_keeps_users(town: Town) -> None:
    users = town.backend.users
    made = await users.create(externalId="a/nn & co", profile={"givenName": "Ann"})
    assert await users.get("a/nn & co") == made
    changed = await users.update(made["id"], profile={"surname": "Lee"})
    assert changed["profile"] == {"givenName": "Ann", "surname": "Lee"}
    with pytest.raises(ApiError) as refused:
        await users.create(externalId="a/nn & co")
    assert (refused.value.status, refused.value.code) == (409, "conflict")
    await users.delete(made["id"])
    with pytest.raises(ApiError, match="404 user_not_found"):
        await users.get(made["id"])


async def test_a_backend_turns_pages(town: Town) -> None:
    room = await town.house.group("ann")
    for number in range(103):
        await town.backend.conversations.post(room, f"{number}")
    said = [it["content"]["text"] async for it in town.backend.conversations.messages(room)]
    assert said == [f"{number}" for number in reversed(range(103))]


async def test_a_backend_keeps_conversations(town: Town) -> None:
    ann = await town.backend.users.create(externalId="ann")
    seat = {"userId": ann["id"], "subscribeSDKClient": False}
    rooms = town.backend.conversations
    made = [await rooms.create(type="sdkGroup", participants=[seat], displayName=f"{n}") for n in range(30)]
    assert {it["id"] async for it in rooms.of(user_id=ann["id"])} == {it["id"] for it in made}
    assert {it["id"] async for it in rooms.of(external_id="ann")} == {it["id"] for it in made}
    room = made[0]["id"]
    assert (await rooms.update(room, displayName="New"))["displayName"] == "New"
    await town.backend.users.create(externalId="bob")
    joined = await rooms.join(room, userExternalId="bob", subscribeSDKClient=False)
    assert {it["id"] async for it in rooms.participants(room)} > {joined["id"]}
    await rooms.leave(room, participantId=joined["id"])
    (message,) = await rooms.post(room, "hi")
    await rooms.activity(room, "typing:start")
    await rooms.delete_message(room, message["id"])
    await rooms.delete_messages(room)
    await rooms.delete(room)
    with pytest.raises(ApiError, match="404 conversation_not_found"):
        await rooms.get(room)


async def test_a_backend_keeps_integrations_and_their_webhooks(town: Town) -> None:
    hook = {"target": "https://example.com/hook", "triggers": ["conversation:message"]}
    custom = await town.backend.integrations.create(type="custom", webhooks=[hook])
    webhooks = town.backend.integrations.webhooks(custom["id"])
    second = await webhooks.create(target="https://example.com/other", triggers=["conversation:read"])
    assert (await webhooks.update(second["id"], triggers=["conversation:join"]))["triggers"] == ["conversation:join"]
    assert len([it async for it in webhooks.all()]) == 2
    await webhooks.delete(second["id"])
    kinds = {it["type"] async for it in town.backend.integrations.all()}
    assert kinds == {"web", "ios", "android", "custom"}


async def test_an_account_key_opens_apps_and_their_keys(town: Town) -> None:
    async with Backend(town.house.url, *town.house.account, app_id=town.house.app_id) as account:
        made = await account.apps.create(displayName="Another")
        assert made["id"] in {it["id"] async for it in account.apps.all()}
        assert (await account.apps.update(made["id"], displayName="New"))["displayName"] == "New"
        await account.apps.delete(made["id"])
        key = await account.keys.create(displayName="second")
        assert key["id"] in {it["id"] async for it in account.keys.all()}
        await account.keys.delete(key["id"])


async def test_a_wrong_secret_is_an_error_of_the_api(town: Town) -> None:
    async with Backend(town.house.url, town.house.key[0], "wrong", app_id=town.house.app_id) as stranger:
        with pytest.raises(ApiError, match="401 unauthorized"):
            await stranger.users.get("ann")


# Being somebody else


async def merge(town: Town, surviving: Device, discarded: Device) -> None:
    refs = [Ref(town.house.app_id, it.user["id"], "id") for it in (surviving, discarded)]
    command = MergeUsers(app_id=town.house.app_id, surviving=refs[0], discarded=refs[1])
    await town.house.flow.corridor.execute(command)


async def opened(device: Device, text: str) -> str:
    made = await device.create_conversation(messages=[{"type": "text", "text": text}])
    return str(made["conversation"]["id"])


async def test_an_anonymous_device_goes_on_as_the_survivor(town: Town) -> None:
    first, second = await town.device(), await town.device()
    own, other = await opened(first, "one"), await opened(second, "two")
    await merge(town, first, second)
    assert (await heard(second, "user:merge")).payload["mergedUsers"]["surviving"]["id"] == first.user["id"]
    await second.online()
    assert second.session is not None
    assert (second.user["id"], second.session.user_id) == (first.user["id"], first.user["id"])
    assert second.session_token != first.session_token
    await second.send(own, "three")
    for device in (first, second):
        await heard(device, "conversation:message")
        assert [it["content"]["text"] for it in (await device.history(own)).items] == ["one", "two", "three"]
    with pytest.raises(Refused):
        await second.history(other)
    again = await town.device(session=second.session, guid=second.guid)
    assert again.user["id"] == first.user["id"]


async def test_a_login_as_somebody_known_brings_their_conversations(town: Town) -> None:
    room, device = await town.house.group("ann"), await town.device()
    await opened(device, "hi")
    await device.login(town.backend.user_token("ann"))
    await device.online()
    assert {room} < {it["conversation"]["id"] for it in device.welcome["conversations"]}
    await device.send(room, "It is me")
