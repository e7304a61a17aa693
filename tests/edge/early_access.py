"""A story for each row of the table of early access: what a backend of then meets, and one of now. `both` is on."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS
from gateway.wire.early_access import TABLE
from tests.edge.premises import furnished
from tests.house_under_test import Answer, House, Json
from tests.receiver import Receiver

Story = Callable[[House, Receiver, bool], Awaitable[None]]

ROOT: Final = {"givenName": "Ann", "surname": "Lee", "email": "ann@example.com", "avatarUrl": "https://x.y/a.png"}
QUERIES: Final = {"listConversations": "filter[userExternalId]=ann"}


async def _merge(house: House, receiver: Receiver, both: bool) -> None:
    """Told in `tests/wire/test_early_access.py`."""


async def _refusals(house: House, receiver: Receiver, both: bool) -> None:
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


async def _users(house: House, receiver: Receiver, both: bool) -> None:
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


async def _keys(house: House, receiver: Receiver, both: bool) -> None:
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


async def _custom_integrations(house: House, receiver: Receiver, both: bool) -> None:
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


async def _authors(house: House, receiver: Receiver, both: bool) -> None:
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


async def _conversations(house: House, receiver: Receiver, both: bool) -> None:
    room = await house.group("ann")
    await house.says(room, "hi")
    one = (await house.rest("GET", f"/conversations/{room}")).body["conversation"]
    (listed,) = (await house.rest("GET", "/conversations?filter[userExternalId]=ann")).body["conversations"]
    for it in (one, listed):
        assert it["businessLastRead"]
        assert it.get("appMakerLastRead") == (it["businessLastRead"] if both else None)


async def _methods(house: House, receiver: Receiver, both: bool) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    changing = [it for it in OPERATIONS if it.method == "PATCH"]
    assert len(changing) == 7
    for operation in changing:
        path = premises.path(operation)
        before = await house.rest("PATCH", path, {})
        answer = await house.rest("PUT", path, {})
        assert answer.status == (200 if both else 405), operation.id
        assert not both or answer.body == before.body
        allowed = await _allowed(house, path)
        assert "PATCH" in allowed
        assert ("PUT" in allowed) is both


async def _allowed(house: House, path: str) -> list[str]:
    async with house.http.post(house.url + path) as refused:
        assert refused.status == 405
        return refused.headers["Allow"].split(", ")


async def _lists(house: House, receiver: Receiver, both: bool) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    for number in range(2):
        await house.says(premises.parts["conversationId"], f"number {number}")
    paged = [it for it in OPERATIONS if it.pages and "{appId}" in it.path]
    assert len(paged) == 5
    for operation in paged:
        path = f"{premises.path(operation)}?{QUERIES.get(operation.id, '')}"
        if both:
            await _by_offset(house, operation, path)
        else:
            body = (await house.rest("GET", f"{path}&limit=1&offset=1")).body
            whole = (await house.rest("GET", path)).body
            assert body == whole
            assert "offset" not in body


async def _by_offset(house: House, operation: Operation, path: str) -> None:
    """Every record once, and by either way of going on."""
    first = (await house.rest("GET", path)).body
    name = next(it for it in first if isinstance(first[it], list))
    assert (first["hasMore"], first["offset"]) == (False, 0)
    pages: list[Json] = [{"hasMore": True}]
    while pages[-1]["hasMore"]:
        where = len(pages) - 1
        pages.append((await house.rest("GET", f"{path}&limit=1&offset={where}")).body)
        assert (pages[-1]["offset"], pages[-1]["meta"]["hasMore"]) == (where, pages[-1]["hasMore"])
    found = [it for page in pages[1:] for it in page[name]]
    backwards = operation.id == "listMessages"
    assert found[:: -1 if backwards else 1] == first[name]
    assert len(found) > 1
    way = "prev" if backwards else "next"
    on = (await house.rest("GET", pages[1]["links"][way].removeprefix(house.url))).body
    assert on[name][-1 if backwards else 0] == found[1]
    assert "offset" not in on
    last = pages[-1]["links"]["next" if backwards else "prev"]
    assert "offset" not in last
    for wrong in ("limit=0", "limit=101", "offset=-1", "offset=x", f"offset=1&page[after]={'0' * 24}"):
        refused = await house.rest("GET", f"{path}&{wrong}")
        assert (refused.status, refused.title) == (400, "Invalid page query parameters")


async def _webhook_ids(house: House, receiver: Receiver, both: bool) -> None:
    custom = await house.webhook(receiver.url, "conversation:create")
    path, hook = f"/integrations/{custom['id']}", custom["webhooks"][0]["id"]
    await house.group("ann")
    await house.mirrored()
    assert [it["webhook"]["id"] for it in receiver.calls] == [custom["id"] if both else hook]
    method = "PUT" if both else "PATCH"
    triggers = ["conversation:create", "conversation:join"]
    old = await house.rest(method, path, {"displayName": "Bot", "webhook": {"triggers": triggers}})
    assert old.status == 200
    assert old.body["integration"]["webhooks"][0]["triggers"] == (triggers if both else triggers[:1])
    moved = await house.rest(method, path, {"webhooks": [{"target": "https://example.com/new", "triggers": triggers}]})
    assert moved.status == (200 if both else 400)
    for named in (hook, custom["id"]):
        found = await house.rest("GET", f"{path}/webhooks/{named}")
        assert found.status == (404 if named != hook and not both else 200)
    if both:
        await _echoed(house, path)
        gone = await house.rest("DELETE", f"{path}/webhooks/{custom['id']}")
        assert gone.title == "A custom integration keeps at least one webhook"


async def _echoed(house: House, path: str) -> None:
    """What was read may be sent back with one thing changed, on either side; on both, the same."""
    read = (await house.rest("GET", path)).body["integration"]
    old, (now,) = read["webhook"], read["webhooks"]
    assert (old["target"], old["id"]) == ("https://example.com/new", read["id"])
    sent = {**read, "webhook": {**old, "target": "https://example.com/old"}}
    assert await _target(house, path, sent) == (200, "https://example.com/old")
    sent = {**read, "webhooks": [{**now, "target": "https://example.com/now"}]}
    assert await _target(house, path, sent) == (400, "webhook.target and webhooks[0].target")
    assert await _target(house, path, {**sent, "webhook": None}) == (200, "https://example.com/now")
    assert await _target(house, path, {"webhook": {"secret": "mine"}}) == (400, "webhook.secret")
    assert await _target(house, path, {"webhook": {"target": "no"}}) == (400, "target")


async def _target(house: House, path: str, sent: Json) -> tuple[int, str]:
    """The status, and where the webhook is by now; or which field a refusal names."""
    answer = await house.rest("PUT", path, sent)
    if answer.status == 200:
        return 200, answer.body["integration"]["webhooks"][0]["target"]
    named = ("webhook.target and webhooks[0].target", "webhook.secret", "target")
    return answer.status, next((it for it in named if it in answer.title), answer.title)


async def _empty_words(house: House, receiver: Receiver, both: bool) -> None:
    room = await house.group("ann", displayName="Tea", description="At five")
    empty = {"displayName": "", "description": ""}
    seats = [{"userExternalId": "ann"}]
    for answer in (
        await house.rest("POST", "/conversations", {"type": "sdkGroup", "participants": seats, **empty}),
        await house.rest("PATCH", f"/conversations/{room}", empty),
    ):
        assert answer.status // 100 == (2 if both else 4)
        assert not both or empty.keys().isdisjoint(answer.body["conversation"])
    ios = (await house.rest("POST", "/integrations", {"type": "ios", "displayName": "Shop"})).body["integration"]
    for answer in (
        await house.rest("POST", "/integrations", {"type": "ios", "displayName": ""}),
        await house.rest("PATCH", f"/integrations/{ios['id']}", {"displayName": ""}),
    ):
        assert answer.status // 100 == (2 if both else 4)
        assert not both or "displayName" not in answer.body["integration"]
    assert (await house.rest("PATCH", f"/v2/apps/{house.app_id}", {"displayName": ""})).status == 400


async def _captions(house: House, receiver: Receiver, both: bool) -> None:
    room = await house.personal("ann")
    caption = "Look %[shop](https://x.y) here"
    image = {"type": "image", "mediaUrl": "https://x.y/a.png", "text": caption}
    (said,) = (await house.says(room, "", content=image)).body["messages"]
    assert ("actions" in said["content"]) is both
    assert said["content"]["text"] == ("Look here" if both else caption)
    file = {"type": "file", "mediaUrl": "https://x.y/a.pdf", "text": caption}
    first, *more = (await house.says(room, "", content=file)).body["messages"]
    assert first["content"]["text"] == ("Look here" if both else caption)
    assert [[it["text"] for it in one["content"]["actions"]] for one in more] == ([["shop"]] if both else [])
    author = {"type": "user", "userExternalId": "ann"}
    (own,) = (await house.says(room, "", author=author, content=image)).body["messages"]
    assert own["content"]["text"] == caption


async def _bad_media(house: House, receiver: Receiver, both: bool) -> None:
    room = await house.group("ann")
    text = await house.uploaded("a.txt", b"no picture")
    refused: Answer = await house.says(room, "", content={"type": "image", "mediaUrl": text})
    assert (refused.status, refused.code) == (400, "invalid_file")
    before: Any = refused.body.get("error")
    assert (before and before["code"]) == ("bad_request" if both else None)


STORIES: Final[dict[str, Story]] = dict(
    zip(
        (row.what for row in TABLE),
        (
            _merge,
            _refusals,
            _users,
            _keys,
            _custom_integrations,
            _authors,
            _conversations,
            _methods,
            _lists,
            _webhook_ids,
            _empty_words,
            _captions,
            _bad_media,
        ),
        strict=True,
    )
)
