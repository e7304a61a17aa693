"""Webhooks of v2 and of v1.1 are told the same life, each in its own words."""

from typing import Any, NamedTuple

from gateway.domain.triggers import KNOWN_TRIGGERS, KNOWN_V1_TRIGGERS, TRIGGERS, V1_TRIGGERS
from tests.house_under_test import House, Json
from tests.journeys.double_life import Life
from tests.journeys.golden import ROWS, v1_call
from tests.receiver import Receiver, receiving

# What the guide prints of a call, but for the conversation, which it has besides.
GUIDE = {
    "trigger": str,
    "app": {"_id": str},
    "version": str,
    "messages": [
        {
            "text": str,
            "type": str,
            "role": str,
            "received": float,
            "name": str,
            "authorId": str,
            "_id": str,
            "source": {"type": str},
        }
    ],
    "appUser": {"_id": str, "conversationStarted": bool},
    "conversation": {"_id": str},
}


class Told(NamedTuple):
    """What each version was told of one life, with names for ids and times."""

    v2: list[Json]
    v1: list[Json]


async def lived(house: House, receiver: Receiver) -> Told:
    async with receiving() as old:
        await house.webhook(receiver.url)
        await house.old_webhook(old.url)
        life = Life(house)
        await life.live()
        return Told([life.named({**it, "id": "an id"}) for it in receiver.events], [life.named(it) for it in old.calls])


def form(value: Any) -> Any:
    """JSON with types for its values."""
    if isinstance(value, dict):
        return {name: form(it) for name, it in value.items()}
    return [form(it) for it in value] if isinstance(value, list) else type(value)


def test_the_table_has_every_trigger_that_has_a_cause() -> None:
    """A channel's client that is removed is one that was linked, and nothing links one yet."""
    assert {it.v2[0] for it in ROWS} == set(TRIGGERS.values()) < KNOWN_TRIGGERS
    words = {it for names in V1_TRIGGERS.values() for it in names}
    assert {it.v1[0] for it in ROWS if it.v1} == words - {"client:remove"} < KNOWN_V1_TRIGGERS


async def test_each_version_tells_the_life_in_its_own_words(house: House, receiver: Receiver) -> None:
    """All of it, and nothing else."""
    told = await lived(house, receiver)
    v2 = [{"id": "an id", "createdAt": "time", "type": kind, "payload": said} for kind, said in (it.v2 for it in ROWS)]
    assert differences(told.v2, v2) == ([], [])
    assert differences(told.v1, [v1_call(*it.v1) for it in ROWS if it.v1]) == ([], [])


def differences(told: list[Json], golden: list[Json]) -> tuple[list[Json], list[Json]]:
    """What was told and is not in the table, and what is in the table and was not told."""
    more, missing = list(told), []
    for row in golden:
        if row in more:
            more.remove(row)
        else:
            missing.append(row)
    return more, missing


async def test_a_call_as_the_guide_prints_it(house: House, receiver: Receiver) -> None:
    """Of somebody who is not identified, and has a name."""
    webhook = await house.old_webhook(receiver.url, "message:appUser")
    steve = await house.device(guid="phone")
    await steve.ask("user:update", profile={"givenName": "Steve"})
    room = (await steve.ask("conversation:create"))["result"]["conversation"]["id"]
    await steve.sends(room, "Hi! Do you have time to chat?")
    (call,) = await receiver.until(lambda: receiver.calls)
    assert form(call) == GUIDE
    assert receiver.keys == [webhook["secret"]]
    (message,) = call["messages"]
    assert (message["name"], message["authorId"]) == ("Steve", call["appUser"]["_id"])
    assert call["conversation"] == {"_id": room}


async def test_over_v1_alone(house: House, receiver: Receiver) -> None:
    """The first words over REST, as a client of v1.1 has them: the conversation has started by then."""
    await house.old_webhook(receiver.url)
    made = await house.v1("POST", "/appusers", {"userId": "ann"})
    said = {"role": "appUser", "type": "text", "text": "Hi"}
    posted = await house.v1("POST", "/appusers/ann/messages", said)
    await house.v1("POST", "/appusers/ann/messages", {**said, "role": "appMaker"})
    first, second = await receiver.until(lambda: len(receiver.calls) == 2 and receiver.calls)
    user = {"_id": made.body["appUser"]["_id"], "userId": "ann", "conversationStarted": True}
    assert [it["trigger"] for it in (first, second)] == ["message:appUser", "message:appMaker"]
    assert first["appUser"] == second["appUser"] == user
    assert first["conversation"] == second["conversation"] == {"_id": posted.body["conversation"]["_id"]}


async def test_the_whole_user_and_the_client_where_they_are_asked_for(house: House, receiver: Receiver) -> None:
    """What the business says comes from no client of theirs, and what becomes of it has a destination instead."""
    await house.old_webhook(receiver.url, includeFullAppUser=True, includeClient=True)
    ann = await house.device("ann")
    await ann.ask("user:update", profile={"givenName": "Ann"}, metadata={"vip": True})
    room = (await ann.ask("conversation:create"))["result"]["conversation"]["id"]
    await ann.sends(room, "Hi")
    await house.says(room, "Hello")
    await receiver.until(lambda: any(it["trigger"] == "message:delivery:user" for it in receiver.calls))
    whole = (await house.v1("GET", "/appusers/ann")).body["appUser"]
    (client,) = whole["clients"]
    told = {it["trigger"]: it for it in receiver.calls}
    shown = told.pop("client:add")
    assert (shown["appUser"]["clients"], shown["client"]) == ([client], client)
    assert {trigger for trigger, it in told.items() if "client" in it} == {"conversation:start", "message:appUser"}
    assert told["message:appUser"]["client"] == client
    assert [it["appUser"] for it in told.values()] == [whole] * 5
    assert whole["properties"] == {"vip": True}


async def test_whoever_reads_and_types_is_told_without_a_webhook_of_v2(house: House, receiver: Receiver) -> None:
    await house.old_webhook(receiver.url, "typing:appUser", "conversation:read", "message:delivery:user")
    ann = await house.device("ann")
    room = (await ann.ask("conversation:create"))["result"]["conversation"]["id"]
    await house.says(room, "Hello")
    await receiver.until(lambda: receiver.calls)
    await ann.ask("conversation:read", conversationId=room)
    await ann.ask("typing:start", conversationId=room)
    await ann.sends(room, "Hello to you")
    await house.acts(room, "typing:start")
    assert (await house.acts(room, "conversation:read")).status == 200
    await house.acts(room, "typing:stop")
    await house.mirrored()
    told = [it["activity"]["type"] if "activity" in it else it["trigger"] for it in receiver.calls]
    assert told == ["message:delivery:user", "conversation:read", "typing:start", "typing:stop"]


async def test_a_call_is_tried_again_and_keeps_its_place(house: House, receiver: Receiver) -> None:
    """What is refused for good is given up, and takes no others with it."""
    await house.old_webhook(receiver.url, "message:appMaker")
    room = await house.personal("ann")
    receiver.answer = lambda call: 400 if call["messages"][0]["text"] == "bad" else 200
    for text in ("one", "bad", "two"):
        await house.says(room, text)
    await house.mirrored()
    told = [(it["messages"][0]["text"], status) for it, status in zip(receiver.calls, receiver.statuses, strict=True)]
    assert told == [("one", 200), ("bad", 400), ("two", 200)]
