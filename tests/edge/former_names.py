"""What has another name by now, and is told and taken by both where `both` is on: a story for each."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.domain.commands import MergeUsers, Ref
from tests.house_under_test import Answer, House, Json
from tests.receiver import Receiver

ROOT: Final = {"givenName": "Ann", "surname": "Lee", "email": "ann@example.com", "avatarUrl": "https://x.y/a.png"}


async def merge(house: House, receiver: Receiver, both: bool) -> None:
    await house.webhook(receiver.url, "user:merge", includeFullUser=True)
    rooms = {name: await house.personal(name) for name in ("ann", "bob")}
    ann, bob = (Ref(house.app_id, name) for name in rooms)
    await house.flow.corridor.execute(MergeUsers(app_id=house.app_id, surviving=ann, discarded=bob))
    await house.mirrored()
    (told,) = receiver.heard("user:merge")
    payload = told["payload"]
    now, before = payload["mergedUsers"], {name: payload.get(name) for name in ("surviving", "discarded")}
    assert payload["mergedConversations"]["discarded"]["id"] == rooms["bob"]
    assert before == (now if both else {"surviving": None, "discarded": None})
    assert payload.get("discardedConversationId") == (rooms["bob"] if both else None)
    assert now["discarded"].get("givenName") == ("Bob" if both else None)


async def refusals(house: House, receiver: Receiver, both: bool) -> None:
    app = f"/v2/apps/{house.app_id}"
    for answer, code in (
        (await house.rest("GET", "/users/nobody"), "user_not_found"),
        (await house.rest("POST", "/conversations", {}), "bad_request"),
        (await house.rest("GET", "/nothing"), "not_found"),
        (await house.rest("DELETE", "/users"), "method_not_allowed"),
        (await house.rest("GET", app, key=("app_0", "wrong")), "unauthorized"),
        (await house.rest("POST", "/users", data=b" " * 100_001), "payload_too_large"),
    ):
        (said,) = answer.body["errors"]
        assert said["code"] == code
        assert answer.body.get("error") == ({**said, "description": said["title"]} if both else None)
    for answer in (
        await house.rest("GET", "/v2/apps", key=("act_0", "wrong")),
        await house.rest("GET", f"/v2/apps/{'0' * 24}", key=house.account),
    ):
        assert set(answer.body) == {"errors"}


async def users(house: House, receiver: Receiver, both: bool) -> None:
    await house.webhook(receiver.url, includeFullUser=True)
    short = await house.webhook(receiver.url, "conversation:join")
    await house.user("bob")
    made = await house.rest("POST", "/users", {"externalId": "ann", "profile": ROOT})
    room = await house.group("bob")
    await house.joins("ann", room)
    await house.says(room, "hi")
    await house.acts(room, "conversation:read", "ann")
    await house.says(room, "hello", author={"type": "user", "userExternalId": "ann"})
    await house.mirrored()
    for user in _told_users(receiver):
        assert user["profile"] == ROOT
        assert {name: user[name] for name in ROOT if name in user} == (ROOT if both else {})
    hook = short["id"] if both else short["webhooks"][0]["id"]
    (lean,) = [it for call in receiver.calls if call["webhook"]["id"] == hook for it in call["events"]]
    assert set(lean["payload"]["user"]) == {"id", "authenticated", "externalId"}

    old = await house.rest("POST", "/users", {"externalId": "cid", "givenName": "Cid", "profile": {"surname": "Day"}})
    assert old.body["user"]["profile"] == ({"givenName": "Cid"} if both else {}) | {"surname": "Day"}
    await house.rest("PATCH", "/users/cid", {"email": "c@example.com", "surname": None})
    changed = (await house.rest("GET", "/users/cid")).body["user"]["profile"]
    assert changed == ({"givenName": "Cid", "email": "c@example.com"} if both else {"surname": "Day"})
    torn = await house.rest("PATCH", "/users/cid", {"surname": "Day", "profile": {"surname": "Night"}})
    assert torn.status == (400 if both else 200)
    assert not both or "profile.surname" in torn.title
    assert ROOT.keys().isdisjoint(made.body["user"])


def _told_users(receiver: Receiver) -> Iterator[Json]:
    yield from (it["payload"]["user"] for it in receiver.heard("conversation:join") if len(it["payload"]["user"]) > 3)
    _, message = receiver.heard("conversation:message")
    yield message["payload"]["message"]["author"]["user"]
    (read,) = receiver.heard("conversation:read")
    yield read["payload"]["activity"]["author"]["user"]


async def keys(house: House, receiver: Receiver, both: bool) -> None:
    custom = await house.webhook(receiver.url)
    path = f"/integrations/{custom['id']}/keys"
    old = await house.rest("POST", path, {"name": "door"})
    if both:
        assert (old.status, old.body["key"]["displayName"], old.body["key"]["name"]) == (201, "door", "door")
        torn = await house.rest("POST", path, {"name": "door", "displayName": "gate"})
        assert (torn.status, "name and displayName" in torn.title) == (400, True)
    else:
        assert (old.status, "displayName" in old.title) == (400, True)
    assert (await house.rest("POST", path, {"displayName": "gate"})).status == 201
    for key in (await house.rest("GET", path)).body["keys"]:
        assert key.get("name") == (key["displayName"] if both else None)
    made = await house.rest("POST", f"/v2/apps/{house.app_id}/keys", {"displayName": "own"}, key=house.account)
    assert "name" not in made.body["key"]


async def custom_integrations(house: House, receiver: Receiver, both: bool) -> None:
    hook = {"target": receiver.url, "triggers": ["conversation:message"]}
    old = await house.rest("POST", "/integrations", {"type": "custom", "webhook": hook})
    assert old.status == (201 if both else 400)
    made = await house.rest("POST", "/integrations", {"type": "custom", "webhooks": [hook]})
    for answer in (made, await house.rest("GET", f"/integrations/{made.body['integration']['id']}")):
        (now,) = answer.body["integration"]["webhooks"]
        before = answer.body["integration"].get("webhook")
        assert before == ({**now, "id": made.body["integration"]["id"]} if both else None)
    same = await house.rest("POST", "/integrations", {"type": "custom", "webhook": hook, "webhooks": [hook]})
    assert same.status == 201
    torn = {"type": "custom", "webhook": hook, "webhooks": [{**hook, "target": "https://x.y"}]}
    assert (await house.rest("POST", "/integrations", torn)).status == (400 if both else 201)
    listed = (await house.rest("GET", "/integrations")).body["integrations"]
    assert {it["type"] for it in listed if "webhook" in it} == ({"custom"} if both else set())


async def authors(house: House, receiver: Receiver, both: bool) -> None:
    await house.webhook(receiver.url)
    room = await house.group("ann")
    text = {"type": "text", "text": "hi"}
    path = f"/conversations/{room}/messages"
    await house.says(room, "now", author={"type": "business", "displayName": "Desk"})
    for old in ({"role": "appUser", "userExternalId": "ann", "name": "Annie"}, {"role": "appMaker", "name": "Desk"}):
        activity = {"author": old, "type": "conversation:read"}
        for answer in (
            await house.rest("POST", f"/conversations/{room}/activity", activity),
            await house.rest("POST", path, {"author": old, "content": text}),
        ):
            assert answer.status // 100 == (2 if both else 4)
            assert both or "type" in answer.title
    torn = {"author": {"role": "appMaker", "type": "user", "userExternalId": "ann"}, "content": text}
    refused = await house.rest("POST", path, torn)
    assert refused.status == (400 if both else 201)
    assert not both or "author.role and author.type" in refused.title
    await house.mirrored()
    shown = [it["author"] for it in await house.messages(room)]
    shown += [it["payload"]["message"]["author"] for it in receiver.heard("conversation:message")]
    shown += [it["payload"]["activity"]["author"] for it in receiver.heard("conversation:read")]
    assert len(shown) == (8 if both else 4)
    for author in shown:
        assert author.get("name") == (author.get("displayName") if both else None)
        role = {"user": "appUser", "business": "appMaker"}[author["type"]]
        assert author.get("role") == (role if both else None)


async def conversations(house: House, receiver: Receiver, both: bool) -> None:
    room = await house.group("ann")
    await house.says(room, "hi")
    one = (await house.rest("GET", f"/conversations/{room}")).body["conversation"]
    (listed,) = (await house.rest("GET", "/conversations?filter[userExternalId]=ann")).body["conversations"]
    for it in (one, listed):
        assert it["businessLastRead"]
        assert it.get("appMakerLastRead") == (it["businessLastRead"] if both else None)


async def bad_media(house: House, receiver: Receiver, both: bool) -> None:
    room = await house.group("ann")
    text = await house.uploaded("a.txt", b"no picture")
    refused: Answer = await house.says(room, "", content={"type": "image", "mediaUrl": text})
    assert (refused.status, refused.code) == (400, "invalid_file")
    before: Any = refused.body.get("error")
    assert (before and before["code"]) == ("bad_request" if both else None)
