"""`gateway serve` and `gateway demo`: one line says where, and everything is below the path prefix."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.house_under_test import basic, opened
from tests.journeys.process import Gateway, command, new_app, serving, spoken_to


async def test_one_line_says_where_it_listens(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway:
        url = urlsplit(await gateway.ready())
        assert (url.scheme, url.hostname, url.path, url.query) == ("http", "127.0.0.1", "", "")
        assert url.port not in (None, 0)
        async with aiohttp.request("GET", f"{gateway.url}/readyz") as answer:
            assert answer.status == 200
        gateway.process.send_signal(signal.SIGTERM)
        assert await gateway.end() == (0, "", "")


async def test_control_c_ends_it_as_well(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway:
        await gateway.ready()
        gateway.process.send_signal(signal.SIGINT)
        assert await gateway.end() == (0, "", "")


async def test_every_address_has_the_path_prefix(tmp_path: Path) -> None:
    """REST, its links, and the device socket."""
    app = await new_app(tmp_path)
    async with serving(tmp_path, path_prefix="/chat/sc") as gateway:
        assert (await gateway.ready()).endswith("/chat/sc")
        async with spoken_to(gateway.url, app) as house:
            room = await house.group("ann", "bob")
            listed = await house.rest("GET", f"/conversations/{room}/participants?page[size]=1")
            link = listed.body["links"]["next"]
            assert link.startswith(f"{gateway.url}/v2/apps/")
            rest = await house.rest("GET", link.removeprefix(gateway.url))
            assert [it["userExternalId"] for it in rest.body["participants"]] == ["bob"]
            ann = await house.device("ann")
            await house.says(room, "hi")
            assert (await ann.event("conversation:message"))["conversationId"] == room
            bare = f"{gateway.url.removesuffix('/chat/sc')}/v2/apps/{house.app_id}"
            async with house.http.get(bare, headers={"Authorization": basic(*house.key)}) as unknown:
                assert unknown.status == 404


async def test_the_other_loopback(tmp_path: Path) -> None:
    app = await new_app(tmp_path)
    async with serving(tmp_path, host="::1") as gateway:
        assert (await gateway.ready()).startswith("http://[::1]:")
        async with spoken_to(gateway.url, app) as house:
            assert (await house.rest("GET", "")).status == 200
            assert (await house.device("ann")).welcome["user"]["externalId"] == "ann"


async def page_of(gateway: Gateway) -> tuple[int, str]:
    """What a browser is shown at the address that the demo prints, after the line that says where it listens."""
    assert gateway.process.stdout is not None
    line = (await gateway.process.stdout.readline()).decode()
    assert line == f"Open {gateway.url}/demo/\n"
    async with aiohttp.request("GET", line.split()[1]) as page:
        return page.status, page.content_type


async def test_the_demo_says_where_its_page_is(tmp_path: Path) -> None:
    async with command("demo", "--data", str(tmp_path), "--port", "0", "--log-level", "error") as gateway:
        await gateway.ready()
        assert await page_of(gateway) == (200, "text/html")
        gateway.process.send_signal(signal.SIGTERM)
        assert await gateway.end() == (0, "", "")


async def test_the_demo_finds_its_people_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with command("demo", "--data", str(tmp_path), "--port", "0", "--log-level", "error") as gateway:
            await gateway.ready()
            await page_of(gateway)
            gateway.process.send_signal(signal.SIGTERM)
            await gateway.end()
    async with opened(tmp_path) as house:
        listed = await house.rest("GET", "/v2/apps", key=house.account)
        assert [it["displayName"] for it in listed.body["apps"]] == ["Heliograph demo", "app"]


@pytest.mark.parametrize("word", ["--help", "--version", "serve --help"])
async def test_help_starts_nothing(tmp_path: Path, word: str) -> None:
    async with command(*word.split()) as gateway:
        code, errors, out = await gateway.end()
    assert (code, errors) == (0, "")
    assert out
