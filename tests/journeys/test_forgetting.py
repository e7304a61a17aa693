"""Personal information is removed: from answers, from what devices are told, and from the disk."""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.house_under_test import House, Json
from tests.receiver import Receiver

PROFILE = {
    "givenName": "Annabel",
    "surname": "Quillfeather",
    "email": "annabel@quill.example",
    "avatarUrl": "https://quill.example/annabel.png",
    "locale": "de",
}
SECRETS = (b"Annabel", b"Quillfeather", b"quill.example", b"sesame", b"Firefox")


def in_the_file(data: Path) -> set[bytes]:
    """The secrets that a look at the bytes on disk finds, in the database and its log."""
    bytes_ = b"".join(it.read_bytes() for it in data.glob("gateway.db*"))
    return {secret for secret in SECRETS if secret in bytes_}


async def lived(house: House) -> tuple[str, str]:
    """Annabel says things in a group where she stays and in one that she leaves."""
    made = await house.rest("POST", "/users", {"externalId": "ann", "profile": PROFILE, "metadata": {"word": "sesame"}})
    assert made.status == 201
    stays, left = await house.group("ann", "bob"), await house.group("ann", "bob")
    phone = await house.plug(guid="phone")
    token = house.token("ann", email="annabel@quill.example", email_verified=True)
    hello: Json = {"device": {"guid": "phone", "info": {"browser": "Firefox"}}, "auth": {"jwt": token}}
    await phone.ask("hello", **hello)
    for room in (stays, left):
        await phone.sends(room, "my words")
        await phone.ask("typing:start", conversationId=room)
        await house.says(room, "what you say")
        await phone.ask("conversation:read", conversationId=room)
    await house.personal("ann")
    await house.leaves("ann", left)
    return stays, left


async def test_answers_say_nothing_personal(house: House) -> None:
    await lived(house)
    answer = await house.rest("DELETE", "/users/ann/personalinformation")
    user = answer.body["user"]
    assert answer.status == 200
    assert (user["externalId"], user["profile"], user["metadata"], user["identities"]) == (
        "ann",
        {"locale": "de"},
        {},
        [],
    )
    assert (await house.rest("GET", "/users/ann")).body == answer.body
    assert (await house.rest("GET", "/users?filter[identities.email]=annabel@quill.example")).body == {"users": []}
    (device,) = (await house.rest("GET", "/users/ann/devices")).body["devices"]
    assert device["info"] == {}
    assert (await house.rest("DELETE", "/users/ann/personalinformation")).body == answer.body
    gone = await house.rest("DELETE", "/users/nobody/personalinformation")
    assert (gone.status, gone.code) == (404, "user_not_found")


async def test_the_history_stays_without_the_name(house: House) -> None:
    rooms = await lived(house)
    await house.rest("DELETE", "/users/ann/personalinformation")
    for room in rooms:
        said = (await house.messages(room))[0]
        assert said["content"] == {"type": "text", "text": "my words"}
        user_id = said["author"]["userId"]
        assert said["author"] == {"type": "user", "userId": user_id, "displayName": f"User {user_id}"}


async def test_the_file_forgets(house: House, receiver: Receiver, tmp_path: Path) -> None:
    """What webhooks are due too, whether it waits or was given up, and what rooms that are no more were due."""
    await house.webhook(receiver.url, includeFullUser=True, includeFullSource=True)
    receiver.answer = lambda envelope: 400 if envelope["events"][0]["type"] == "conversation:create" else 503
    _, left = await lived(house)
    await receiver.until(lambda: {400, 503} <= set(receiver.statuses))
    await house.rest("DELETE", f"/conversations/{left}")
    assert in_the_file(tmp_path / "data") == set(SECRETS)
    await house.rest("DELETE", "/users/ann/personalinformation")
    assert in_the_file(tmp_path / "data") == set()


@pytest.mark.parametrize("path", ["/users/ann/personalinformation", "/users/ann"])
async def test_what_was_delivered_is_forgotten_too(
    house: House, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """It is kept for a while, with what the endpoint answered; also of rooms that are no more, however far it lies."""
    monkeypatch.setattr(house.flow.store, "_outbox_ids", count(1, 3_000))
    await house.webhook(receiver.url, includeFullUser=True, includeFullSource=True)
    receiver.says = "Hello Annabel"
    _, left = await lived(house)
    await house.rest("DELETE", f"/conversations/{left}")
    await house.mirrored()
    assert in_the_file(tmp_path / "data") == set(SECRETS)
    with closing(sqlite3.connect(tmp_path / "data" / "gateway.db")) as db:
        assert db.execute("SELECT DISTINCT answered FROM attempts").fetchall() == [("Hello Annabel",)]
    receiver.says = None
    await house.rest("DELETE", path)
    assert in_the_file(tmp_path / "data") == set()


async def test_whoever_is_deleted_is_forgotten(house: House, receiver: Receiver, tmp_path: Path) -> None:
    await house.webhook(receiver.url, includeFullUser=True, includeFullSource=True)
    receiver.answer = 503
    stays, _ = await lived(house)
    bob = await house.device("bob", "desk")
    seq = next(it["seq"] for it in bob.welcome["conversations"] if it["conversation"]["id"] == stays)
    await house.rest("DELETE", "/users/ann")
    assert in_the_file(tmp_path / "data") == set()
    said = (await house.messages(stays))[0]
    assert said["content"]["text"] == "my words"
    missed = await bob.ask("events:since", conversationId=stays, seq=seq)
    (left,) = missed["result"]["events"]
    assert left["event"]["type"] == "conversation:leave"
    assert "displayName" not in left["event"]["payload"]["user"]


@pytest.mark.parametrize("path", ["/users/ann/personalinformation", "/users/ann"])
async def test_what_v1_is_due_is_forgotten_too(house: House, receiver: Receiver, tmp_path: Path, path: str) -> None:
    """Whatever the business said comes with the user who was told it, and all that is known of them."""
    await house.old_webhook(receiver.url, "message:appMaker", includeFullAppUser=True)
    receiver.answer = 503
    await lived(house)
    said = {"role": "appMaker", "type": "text", "text": "what you say"}
    assert (await house.v1("POST", "/appusers/ann/messages", said)).status == 201
    await receiver.until(lambda: receiver.statuses)
    with closing(sqlite3.connect(tmp_path / "data" / "gateway.db")) as db:
        ((due,),) = db.execute("SELECT body FROM outbox").fetchall()
    assert [it for it in SECRETS if it not in due.encode()] == []
    await house.rest("DELETE", path)
    assert in_the_file(tmp_path / "data") == set()


async def test_what_is_sent_again_says_nothing_personal(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, includeFullUser=True, includeFullSource=True)
    receiver.gate.clear()
    stays, _ = await lived(house)
    await receiver.until(lambda: receiver.arrived)
    await house.rest("DELETE", "/users/ann/personalinformation")
    arrived = len(receiver.calls)
    receiver.gate.set()
    await house.mirrored()
    told = [str(event) for call in receiver.calls[arrived:] for event in call["events"]]
    said = [it for it in told if "my words" in it]
    assert len(said) == 2
    late = [it for it in told if "Annabel" in it]
    assert len(late) <= receiver.arrived  # what was under way at that moment
    await house.says(stays, "after")


@pytest.mark.parametrize("live", [True, False])
async def test_devices_are_told(house: House, live: bool) -> None:
    """A live one at once; what it does from then on says nothing of it either."""
    stays, _ = await lived(house)
    pocket = await house.device("ann", "pocket")
    bob = await house.device("bob", "desk")
    if live:
        await house.rest("DELETE", "/users/ann/personalinformation")
        told = (await pocket.event("user:update"))["event"]["payload"]["user"]
    else:
        await pocket.close()
        await house.rest("DELETE", "/users/ann/personalinformation")
        pocket = await house.device("ann", "pocket")
        told = pocket.welcome["user"]
    assert (told["profile"], told["metadata"]) == ({"locale": "de"}, {})
    await pocket.sends(stays, "later")
    message = (await bob.event("conversation:message"))["event"]["payload"]["message"]
    assert "Annabel" not in str(message)


async def test_others_keep_their_names(house: House) -> None:
    room = await house.group("ann", "bob")
    for name in ("ann", "bob"):
        body = {"author": {"type": "user", "userExternalId": name}, "content": {"type": "text", "text": "hi"}}
        await house.rest("POST", f"/conversations/{room}/messages", body)
    await house.rest("DELETE", "/users/ann/personalinformation")
    _, bobs = await house.messages(room)
    assert bobs["author"]["displayName"] == "Bob"
