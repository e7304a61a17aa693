"""The page of consent in a real browser: its policy lets through what the owner decides, and nothing else."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Page

from gateway.domain.model import Partner
from gateway.flow import provision
from tests.house_under_test import House
from tests.journeys.chromium import browsing, found
from tests.partner import served

CHROMIUM = found()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this system"),
]


async def _back(request: web.Request) -> web.Response:
    """The partner sends people on to an address of another origin, as some do."""
    if request.url.host == "127.0.0.1":
        raise web.HTTPFound(str(request.url.with_host("localhost")))
    return web.Response(text="welcome back")


@pytest.fixture
async def partner(house: House) -> AsyncIterator[Partner]:
    async with served(_back) as url:
        yield await provision.new_partner(house.flow, "Bots & Co", (url,))


@pytest.fixture
async def page(house: House, partner: Partner) -> AsyncIterator[Page]:
    assert CHROMIUM is not None
    async with browsing(CHROMIUM) as browser:
        page = await browser.new_page()
        said: list[str] = []
        page.on("console", lambda it: said.append(it.text))
        await page.goto(f"{house.url}/oauth/authorize?response_type=code&client_id={partner.id}&state=here")
        yield page
        assert [it for it in said if "Security Policy" in it] == []


async def test_the_owner_types_a_key_and_allows(house: House, page: Page) -> None:
    assert await page.title() == "Let Bots & Co into your app?"
    await page.get_by_label("Key id of your app").fill(house.key[0])
    await page.get_by_label("Secret of that key").fill("wrong")
    await page.get_by_role("button", name="Allow").click()
    await page.get_by_role("alert").wait_for()
    assert await page.get_by_label("Key id of your app").input_value() == house.key[0]
    assert await page.get_by_label("Secret of that key").input_value() == ""
    await page.get_by_label("Secret of that key").fill(house.key[1])
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url("http://localhost:*/back?code=*&state=here")
    assert await page.inner_text("body") == "welcome back"


async def test_the_owner_denies_without_a_word(page: Page) -> None:
    await page.get_by_role("button", name="Deny").click()
    await page.wait_for_url("http://localhost:*/back?error=access_denied&state=here")


async def test_it_can_be_read_and_used_from_the_keyboard(page: Page) -> None:
    focused = []
    for _ in range(4):
        await page.keyboard.press("Tab")
        focused.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert focused == ["key_id", "secret", "Allow", "Deny"]
    colour = "getComputedStyle(document.querySelector('button')).backgroundColor"
    assert await page.evaluate(colour) == "rgb(11, 87, 208)"  # the style is let through
