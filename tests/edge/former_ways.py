"""What is done in another way by now, and in both where `both` is on: a story for each."""

from typing import Final

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS
from tests.edge.premises import furnished
from tests.house_under_test import House, Json
from tests.receiver import Receiver

QUERIES: Final = {"listConversations": "filter[userExternalId]=ann", "listWebhookEvents": "filter[status]=waiting"}


async def methods(house: House, receiver: Receiver, both: bool) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    changing = [it for it in OPERATIONS if it.method == "PATCH"]
    assert len(changing) == 8
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


async def lists(house: House, receiver: Receiver, both: bool) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    (trial,) = (it for it in OPERATIONS if it.id == "testWebhook")
    for number in range(2):
        await house.says(premises.parts["conversationId"], f"number {number}")
        await house.acts(premises.parts["conversationId"], "conversation:read", "ann")
        await house.rest("POST", premises.path(trial))
    paged = [it for it in OPERATIONS if it.pages and "{appId}" in it.path]
    assert len(paged) == 7
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


async def webhook_ids(house: House, receiver: Receiver, both: bool) -> None:
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


async def empty_words(house: House, receiver: Receiver, both: bool) -> None:
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


async def captions(house: House, receiver: Receiver, both: bool) -> None:
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
