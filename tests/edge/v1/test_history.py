"""The history over v1.1, read as a chain of pages: everything once, in either direction, whatever was deleted."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from yarl import URL

from gateway.domain.commands import DeleteMessage, Post, Ref, Say, Speaker
from gateway.domain.content import Text
from tests.house_under_test import House, Json, basic, opened

PAGE = 100
NAMES: Iterator[str] = (f"user{it}" for it in count())


async def page(house: House, url: str) -> Json:
    """What an absolute address gives."""
    async with house.http.get(URL(url, encoded=True), headers={"Authorization": basic(*house.key)}) as response:
        assert response.status == 200, url
        body: Json = await response.json()
    return body


def address(house: House, name: str) -> str:
    return f"{house.url}/v1.1/appusers/{name}/messages"


async def history(house: House, name: str, length: int) -> list[Any]:
    """A user's default conversation of so many messages, said at once; gives the messages."""
    await house.v1("POST", "/appusers", {"userId": name})
    user = Ref(house.app_id, name)
    posts = (
        Post(app_id=house.app_id, conversation_id="", author=Speaker(), content=Text(text=str(it)))
        for it in range(length)
    )
    said = await asyncio.gather(
        *(house.flow.corridor.execute(Say(app_id=house.app_id, user=user, post=post)) for post in posts)
    )
    return [it.message for it in said]


async def chain(house: House, name: str, way: str, start: str = "") -> list[list[str]]:
    """The pages in one direction, as a client follows them."""
    pages, link = [], address(house, name) + start
    while link:
        shown = await page(house, link)
        pages.append([it["text"] for it in shown["messages"]])
        link = shown.get(way, "")
    return pages


@given(length=st.integers(1, 320), deleted=st.sets(st.integers(0, 319)))
@example(length=200, deleted=set(range(100)))
@example(length=201, deleted=set(range(50, 151)))
@example(length=250, deleted=set(range(250)))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_chain_reads_everything_once(house: House, length: int, deleted: set[int]) -> None:
    name = next(NAMES)
    said = await history(house, name, length)
    room = (await house.v1("GET", f"/appusers/{name}/conversation")).body["conversation"]["_id"]
    gone = [said[it].id for it in deleted if it < length]
    await asyncio.gather(
        *(
            house.flow.corridor.execute(DeleteMessage(app_id=house.app_id, conversation_id=room, message_id=it))
            for it in gone
        )
    )
    left = [it.content.text for it in said if it.id not in gone]

    backwards = await chain(house, name, "previous")
    assert [it for shown in backwards[::-1] for it in shown] == left
    forwards = await chain(house, name, "next", "?after=0")
    assert [it for shown in forwards for it in shown] == left
    for pages in (backwards, forwards):
        assert [len(it) for it in pages[:-1]] == [PAGE] * (len(pages) - 1), "only the last page may be short"
        assert len(left) == 0 or pages[-1]


async def test_a_page_leads_back_to_where_one_came_from(house: House) -> None:
    await history(house, "ann", 250)
    newest = await page(house, address(house, "ann"))
    older = await page(house, newest["previous"])
    assert (await page(house, older["next"]))["messages"] == newest["messages"]
    assert "next" not in newest


async def test_the_very_time_that_is_left_out_lies_beyond_the_page(house: House) -> None:
    said = await history(house, "ann", 2)
    for side, way, left, out in (("before", "next", 0, 1), ("after", "previous", 1, 0)):
        shown = await page(house, f"{address(house, 'ann')}?{side}={said[out].received / 1000}")
        assert [it["_id"] for it in shown["messages"]] == [said[left].id]
        assert [it["_id"] for it in (await page(house, shown[way]))["messages"]] == [said[out].id]


async def test_the_guides_own_time(house: House) -> None:
    """Whole seconds, long before anything was said here."""
    await history(house, "ann", 3)
    long_ago = await page(house, f"{address(house, 'ann')}?before=1471995721")
    assert (long_ago["messages"], "previous" in long_ago) == ([], False)
    since = await page(house, f"{address(house, 'ann')}?after=1471995721")
    assert [it["text"] for it in since["messages"]] == ["0", "1", "2"]
    assert {"next", "previous"}.isdisjoint(since)


@pytest.mark.parametrize("query", ["before=", "before=now", "after=-1", "before=nan", "after=inf", "before=1e400"])
async def test_what_is_no_time_is_refused(house: House, query: str) -> None:
    await history(house, "ann", 1)
    refused = await house.v1("GET", f"/appusers/ann/messages?{query}")
    assert refused.error[:2] == (400, "bad_request")
    assert refused.error[2].startswith(query.partition("=")[0])


async def test_no_limit_can_be_set(house: House) -> None:
    await history(house, "ann", 120)
    shown = await page(house, f"{address(house, 'ann')}?limit=5")
    assert len(shown["messages"]) == PAGE


async def test_links_are_known_by_the_public_address(tmp_path: Path) -> None:
    public = "https://chat.example.com/sc"
    async with opened(tmp_path / "data", public_url=public, path_prefix="/sc") as house:
        await history(house, "a@b.c", PAGE + 1)
        for inside in ("/v1.1/appusers/a@b.c/messages", f"/v1/apps/{house.app_id}/appUsers/a@b.c/messages"):
            newest = await page(house, house.url + inside)
            assert newest["previous"].startswith(f"{public}{inside}?before=")
            last = await page(house, newest["previous"].replace(public, house.url))
            assert [it["text"] for it in last["messages"]] == ["0"]
