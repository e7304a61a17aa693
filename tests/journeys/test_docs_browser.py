"""The page that shows the API: read and tried in a real browser that reaches nothing but the gateway."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, Route, ViewportSize, expect

from gateway.edge.http import OPERATIONS
from tests.house_under_test import House
from tests.journeys import chromium

CHROMIUM = chromium.found()
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(chromium.NAMES)} is installed"),
]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Page]:
    """The page, opened. It says nothing on the console and asks no other server for anything."""
    complaints: list[str] = []
    strangers: list[str] = []

    async def stay(route: Route) -> None:
        if route.request.url.startswith(house.url):
            await route.continue_()
        else:
            strangers.append(route.request.url)
            await route.abort()

    assert CHROMIUM is not None
    async with chromium.browsing(CHROMIUM) as browser:
        page = await browser.new_page(viewport=request.param)
        await page.route("**/*", stay)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{house.url}/docs")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Heliograph")
        yield page
        assert complaints == []
        assert strangers == []


async def test_every_operation_is_there(page: Page) -> None:
    await expect(page.locator("details.card")).to_have_count(len(OPERATIONS))
    for operation in OPERATIONS:
        card = page.locator(f"#{operation.id}")
        await card.evaluate("it => { it.open = true }")
        await expect(card.locator(".trial")).to_have_count(1)
        await expect(card.locator("summary").first).to_contain_text(operation.summary)
    for fold in await page.locator("details:not(.card)").all():
        await fold.evaluate("it => { it.open = true }")
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


async def test_a_request_is_tried(page: Page, house: House) -> None:
    await page.get_by_role("button", name="Key").click()
    await page.get_by_label("Key id").fill(house.key[0])
    await page.get_by_label("secret").fill(house.key[1])
    made = await opened(page, "createUser")
    await made.locator("input[name=appId]").fill(house.app_id)
    await made.locator("textarea").fill('{"externalId": "a/b ü"}')
    await made.get_by_role("button", name="Send").click()
    await expect(made.locator(".status")).to_contain_text("201")
    found = await opened(page, "getUser")
    await found.locator("input[name=appId]").focus()  # it was typed in already
    await found.locator("input[name=userIdOrExternalId]").fill("a/b ü")
    await found.get_by_role("button", name="Send").click()
    await expect(found.locator("pre")).to_contain_text('"externalId": "a/b ü"')
    sent = await opened(page, "uploadAttachment")
    await sent.locator("input[name=appId]").focus()
    await sent.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"hi"})
    await sent.get_by_role("button", name="Send").click()
    await expect(sent.locator("pre")).to_contain_text('"mediaType": "text/plain')


async def test_operations_are_found(page: Page, house: House) -> None:
    await page.get_by_role("searchbox").fill("deleteWebhook")
    await expect(page.locator("details.card:visible")).to_have_count(1)
    await expect(page.locator("details.card:visible")).to_have_id("deleteWebhook")
    await page.goto(f"{house.url}/docs#listMessages")
    await page.reload()
    await expect(page.locator("#listMessages")).to_have_attribute("open", "")


async def opened(page: Page, operation_id: str) -> Locator:
    card = page.locator(f"#{operation_id}")
    await card.locator("summary").first.click()
    return card
