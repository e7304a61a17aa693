"""Pages: every list walked to its end and back shows every record once, by its links, in either spelling."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from gateway.flow import provision
from tests.edge.conftest import Rest
from tests.edge.premises import NOBODY
from tests.house_under_test import Answer, House, Json, opened

COUNT = 8  # of records, in pages of three
INVALID = (400, "bad_request", "Invalid page query parameters")


async def apps(house: House) -> tuple[str, str, list[str]]:
    for number in range(COUNT - 1):
        await provision.new_app(house.flow, f"app {number}")
    found = await house.rest("GET", "/v2/apps?page[size]=100", key=house.account)
    return "apps", "/v2/apps", [it["id"] for it in found.body["apps"]]


async def conversations(house: House) -> tuple[str, str, list[str]]:
    await house.group("somebody else")
    made = [await house.group("ann") for _ in range(COUNT)]
    return "conversations", f"/v2/apps/{house.app_id}/conversations?filter[userExternalId]=ann", made


async def conversations_as_json(house: House) -> tuple[str, str, list[str]]:
    name, _, made = await conversations(house)
    query = quote(f'{{"userId": "{await house.user("ann")}"}}')
    return name, f"/v2/apps/{house.app_id}/conversations?filter={query}", made


async def participants(house: House) -> tuple[str, str, list[str]]:
    room = await house.group(*[f"guest{number}" for number in range(COUNT)])
    found = await house.participants(room)
    return "participants", f"/v2/apps/{house.app_id}/conversations/{room}/participants", [it["id"] for it in found]


async def integrations(house: House) -> tuple[str, str, list[str]]:
    for _ in range(COUNT - 1):
        await house.rest("POST", "/integrations", {"type": "ios"})
    found = await house.rest("GET", "/integrations?page[size]=100")
    wanted = [it["id"] for it in found.body["integrations"] if it["type"] in ("ios", "android")]
    return "integrations", f"/v2/apps/{house.app_id}/integrations?filter[types]=ios,android", wanted


async def calls(house: House) -> tuple[str, str, list[str]]:
    hook = await hooked(house)
    for _ in range(COUNT):
        await house.rest("POST", f"{hook}/test")
    found = await house.rest("GET", f"{hook}/attempts?page[size]=100")
    made = [it["id"] for it in found.body["attempts"]]
    assert made == sorted(made, reverse=True)
    return "attempts", f"{hook}/attempts", made


async def waiting_events(house: House) -> tuple[str, str, list[str]]:
    hook = await hooked(house)
    await house.rest("POST", f"{hook}/pause")
    room = await house.group("ann")
    return "events", f"{hook}/events?filter[status]=waiting", await said(house, room, COUNT)


async def hooked(house: House) -> str:
    """The path of a webhook that nobody answers."""
    integration = await house.webhook(NOBODY, "conversation:message")
    inside = f"/integrations/{integration['id']}/webhooks/{integration['webhooks'][0]['id']}"
    return f"/v2/apps/{house.app_id}{inside}"


List = Callable[[House], Awaitable[tuple[str, str, list[str]]]]
LISTS: tuple[List, ...] = (
    *(apps, conversations, conversations_as_json, participants, integrations),
    *(calls, waiting_events),
)


class Walk:
    """Follows a list's links."""

    def __init__(self, rest: Rest, house: House, name: str) -> None:
        self._rest = rest
        self._house = house
        self._name = name

    async def page(self, path: str) -> tuple[list[str], Json]:
        answer = await self._rest("GET", path, key=self._house.account)
        assert answer.status == 200, answer
        return [it["id"] for it in answer.body[self._name]], answer.body

    async def follow(self, body: Json, way: str) -> tuple[list[str], Json]:
        """The next or previous page; its link is absolute, and says the same as the cursor."""
        link = body["links"][way]
        assert link.startswith(self._house.url + "/v2")
        cursor = body["meta"]["afterCursor" if way == "next" else "beforeCursor"]
        asked = parse_qs(urlsplit(link).query)
        assert asked["page[after]" if way == "next" else "page[before]"] == [cursor]
        return await self.page(link.removeprefix(self._house.url))

    async def to_the_end(self, body: Json, way: str) -> list[list[str]]:
        pages = []
        while body["meta"]["hasMore"]:
            ids, body = await self.follow(body, way)
            pages.append(ids)
        return pages


@pytest.mark.parametrize("make", LISTS)
async def test_every_record_once_there_and_back(rest: Rest, house: House, make: List) -> None:
    name, path, expected = await make(house)
    walk = Walk(rest, house, name)
    first, body = await walk.page(f"{path}{'&' if '?' in path else '?'}page[size]=3")
    assert "prev" not in body["links"]
    assert "beforeCursor" not in body["meta"]
    there = [first, *await walk.to_the_end(body, "next")]
    assert [it for page in there for it in page] == expected
    assert [len(page) for page in there[:-1]] == [3] * (len(there) - 1)

    last_cursor = expected[-1]
    ids, body = await walk.page(f"{path}{'&' if '?' in path else '?'}page[before]={last_cursor}&page[size]=3")
    back = [ids, *await walk.to_the_end(body, "prev")]
    assert [it for page in reversed(back) for it in page] == expected[:-1]


@pytest.mark.parametrize("make", LISTS)
async def test_what_fits_one_page_has_no_links(rest: Rest, house: House, make: List) -> None:
    name, path, expected = await make(house)
    ids, body = await Walk(rest, house, name).page(path)
    assert (ids, body["meta"]) == (expected, {"hasMore": False})
    assert "links" not in body


@pytest.mark.parametrize("make", LISTS)
async def test_both_spellings_of_a_page(rest: Rest, house: House, make: List) -> None:
    name, path, expected = await make(house)
    walk = Walk(rest, house, name)
    more = "&" if "?" in path else "?"
    as_json = quote(f'{{"after": "{expected[1]}", "before": null, "size": 2}}')
    assert await walk.page(f"{path}{more}page={as_json}") == await walk.page(
        f"{path}{more}page%5Bafter%5D={expected[1]}&page%5Bsize%5D=2"
    )


async def test_the_default_page_is_25(rest: Rest, house: House) -> None:
    for _ in range(26):
        await house.group("ann")
    listed = await rest("GET", "/conversations?filter[userExternalId]=ann")
    assert len(listed.body["conversations"]) == 25
    assert listed.body["meta"]["hasMore"] is True


@pytest.mark.parametrize(
    "query",
    [
        "page[size]=0",
        "page[size]=101",
        "page[size]=-1",
        "page[size]=ten",
        "page[size]=1.5",
        "page[size]=1e3",
        "page[size]=" + "9" * 4000,
        "page[size]=",
        "page[after]=",
        "page[after]=short",
        "page[before]=" + "0" * 25,
        f"page[after]={'0' * 24}&page[before]={'0' * 24}",
        "page=",
        "page=5",
        "page=[]",
        "page=null",
        "page=%7B",
        "page=%7B%22size%22%3A%201e400%7D",
        "page=%7B%22size%22%3A%20%5B%5D%7D",
        "page=%7B%22size%22%3A%20true%7D",
        "page=%FF",
        "page=%00",
    ],
)
async def test_a_page_that_cannot_be_asked_for(rest: Rest, house: House, query: str) -> None:
    room = await house.group("ann")
    for path in (f"/conversations/{room}/participants", f"/conversations/{room}/messages", "/integrations"):
        refused = await rest("GET", f"{path}?{query}")
        assert (refused.status, refused.code, refused.title) == INVALID


@pytest.mark.parametrize("way", ["after", "before"])
async def test_a_cursor_that_is_nothing(rest: Rest, house: House, way: str) -> None:
    """It is no error: the record may have been deleted since."""
    room = await house.group("ann")
    await house.says(room, "hi")
    for path in (f"/conversations/{room}/participants", f"/conversations/{room}/messages"):
        answer = await rest("GET", f"{path}?page[{way}]={'f' * 24}")
        assert answer.status == 200
        assert answer.body["meta"] == {"hasMore": False}


# Messages: read backwards, a hundred to a page


async def said(house: House, room: str, count: int) -> list[str]:
    return [(await house.says(room, str(number))).body["messages"][0]["id"] for number in range(count)]


async def test_a_history_is_read_back_and_forth(rest: Rest, house: House) -> None:
    room = await house.group("ann")
    expected = await said(house, room, 250)
    walk = Walk(rest, house, "messages")
    newest, body = await walk.page(f"/v2/apps/{house.app_id}/conversations/{room}/messages")
    assert newest == expected[150:]
    assert body["meta"] == {"hasMore": True, "beforeCursor": expected[150]}
    assert body["links"].keys() == {"prev"}

    middle, body = await walk.follow(body, "prev")
    assert middle == expected[50:150]
    assert body["links"].keys() == {"prev", "next"}
    oldest, body = await walk.follow(body, "prev")
    assert oldest == expected[:50]
    assert body["meta"]["hasMore"] is False
    assert body["links"].keys() == {"next"}

    middle, body = await walk.follow(body, "next")
    assert (middle, body["meta"]["hasMore"]) == (expected[50:150], True)
    newest, body = await walk.follow(body, "next")
    assert (newest, body["meta"]["hasMore"]) == (expected[150:], False)
    assert body["links"].keys() == {"prev"}


@pytest.mark.parametrize("count", [0, 1, 100, 101])
async def test_a_history_of_about_a_page(rest: Rest, house: House, count: int) -> None:
    room = await house.group("ann")
    expected = await said(house, room, count)
    walk = Walk(rest, house, "messages")
    newest, body = await walk.page(f"/v2/apps/{house.app_id}/conversations/{room}/messages")
    pages = [newest, *await walk.to_the_end(body, "prev")]
    assert [it for page in reversed(pages) for it in page] == expected
    assert len(pages) == (2 if count > 100 else 1)


async def test_the_size_of_a_page_of_messages_is_fixed(rest: Rest, house: House) -> None:
    room = await house.group("ann")
    await said(house, room, 3)
    answer = await rest("GET", f"/conversations/{room}/messages?page[size]=1")
    assert len(answer.body["messages"]) == 3


async def test_a_history_that_changes_while_it_is_read(rest: Rest, house: House) -> None:
    """What is said meanwhile shifts no page, and a deleted message is still a place to go on from."""
    room = await house.group("ann")
    expected = await said(house, room, 150)
    walk = Walk(rest, house, "messages")
    newest, body = await walk.page(f"/v2/apps/{house.app_id}/conversations/{room}/messages")
    await said(house, room, 5)
    await rest("DELETE", f"/conversations/{room}/messages/{body['meta']['beforeCursor']}")
    oldest, _ = await walk.follow(body, "prev")
    assert oldest + newest == expected


# Where the links lead


async def test_links_lead_to_where_the_caller_called(house: House) -> None:
    await said(house, room := await house.group("ann"), 101)
    answer = await house.rest("GET", f"/conversations/{room}/messages", headers={"Host": "chat.example.com:8443"})
    assert answer.body["links"]["prev"].startswith("http://chat.example.com:8443/v2/apps/")


async def test_links_keep_the_path_prefix(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", path_prefix="/sc") as house:
        await said(house, room := await house.group("ann"), 101)

        async def call(method: str, path: str, body: Any = None, **options: Any) -> Answer:
            return await house.rest(method, path, body, **options)

        walk = Walk(call, house, "messages")
        _, body = await walk.page(f"/v2/apps/{house.app_id}/conversations/{room}/messages")
        assert "/sc/v2/apps/" in body["links"]["prev"]
        oldest, _ = await walk.follow(body, "prev")
        assert len(oldest) == 1
