"""The demo as people see it: pages in a real browser, `gateway demo` behind them."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    expect,
)
from yarl import URL

from tests.files import PNG
from tests.journeys import chromium

CHROMIUM = chromium.found()
ROOT = Path(__file__).parents[2]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
# What a browser says by itself of a server that stops.
SERVER_AWAY = re.compile("net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)")
RETRIES_S = ",".join(["0.5"] * 60)
HISTORY = 66  # messages of the garden when the curtain rises
TOO_LONG = "x" * 4097

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(chromium.NAMES)} is installed"),
]


class Demo:
    """`gateway demo` as a process of its own, on one data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""

    async def start(self, port: int = 0) -> None:
        flags = (
            "--port",
            str(port),
            "--data",
            str(self._data),
            "--webhook-intervals-s",
            RETRIES_S,
        )
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "demo", *flags, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        line = json.loads(await self._process.stdout.readline())
        assert line["event"] == "listening"
        self.url = line["url"]

    async def stop(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.communicate()

    async def restart(self) -> None:
        await self.stop()
        await self.start(int(self.url.rpartition(":")[2]))


class Place:
    """One person's place on a page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.place = page.locator(f"#person-{name}")

    @property
    def status(self) -> Locator:
        return self.place.get_by_role("status")

    @property
    def text(self) -> Locator:
        return self.place.get_by_role("textbox")

    @property
    def typing(self) -> Locator:
        return self.place.locator(".room .typing")

    def tab(self, title: str) -> Locator:
        return self.place.get_by_role("tab", name=title)

    def badge(self, title: str) -> Locator:
        return self.tab(title).locator(".badge")

    def message(self, text: str) -> Locator:
        return self.place.locator(".message", has=self.page.locator(".text", has_text=text))

    async def open(self, title: str) -> None:
        await self.tab(title).click()
        await expect(self.tab(title)).to_have_attribute("aria-selected", "true")

    async def say(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def says(self) -> list[str]:
        return await self.place.locator(".message .text").all_inner_texts()

    async def cut(self) -> None:
        await self.place.get_by_role("button", name="Cut the connection").click()
        await expect(self.status).to_contain_text("econnect")

    async def restore(self) -> None:
        await self.place.get_by_role("button", name="Restore the connection").click()
        await expect(self.status).to_have_text("Connected")


# A ring around it, or around the composer that it is in.
SHOWS_FOCUS = """
    stop => [stop, stop.closest(".composer")].some(it => it && getComputedStyle(it).outlineStyle !== "none")
"""

Visit = Callable[..., Awaitable[Page]]
Meet = Callable[..., Awaitable[Place]]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    demo = Demo(tmp_path / "data")
    await demo.start()
    yield demo
    await demo.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM is not None
    async with chromium.browsing(CHROMIUM) as browser:
        yield browser


@pytest.fixture
async def visit(demo: Demo, browser: Browser) -> AsyncIterator[Visit]:
    """Open a page of the demo; at the end no page may have complained."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not SERVER_AWAY.search(message.text):
            complaints.append(message.text)

    def fail(error: Error) -> None:
        complaints.append(str(error))

    async def visit(query: str = "", context: BrowserContext | None = None, **options: Any) -> Page:
        context = context or await browser.new_context(**{"viewport": DESKTOP, **options})
        page = await context.new_page()
        page.on("console", hear)
        page.on("pageerror", fail)
        await page.goto(f"{demo.url}/demo/{query}")
        return page

    yield visit
    assert complaints == []


@pytest.fixture
async def meet(visit: Visit) -> Meet:
    """One person in a window of their own, with the garden open."""

    async def meet(name: str, context: BrowserContext | None = None) -> Place:
        place = Place(await visit(f"?as={name}", context), name)
        await expect(place.status).to_have_text("Connected")
        await place.open("Rooftop garden")
        await expect(place.message("Saturday at ten")).to_be_visible()
        return place

    return meet


async def test_bob_sees_ann_typing_then_her_message_and_ann_sees_that_he_read_it(meet: Meet) -> None:
    ann, bob = await meet("ann"), await meet("bob")
    await bob.open("Fern & Fallow")
    await ann.text.press_sequentially("I bring <b>tea</b>")
    await expect(bob.tab("Rooftop garden")).to_contain_text("Ann is typing")
    await ann.text.press("Enter")
    await expect(bob.badge("Rooftop garden")).to_have_text("1 unread")
    await expect(ann.message("I bring <b>tea</b>")).to_contain_text("Sent")
    await bob.open("Rooftop garden")
    await expect(bob.message("I bring <b>tea</b>")).to_be_visible()
    await expect(bob.badge("Rooftop garden")).to_have_count(0)
    await expect(ann.message("I bring <b>tea</b>")).to_contain_text("Read by Bob")
    await bob.text.press_sequentially("Yes")
    await expect(ann.typing).to_have_text("Bob is typing")


async def test_a_picture_is_attached_and_seen(meet: Meet) -> None:
    ann, bob = await meet("ann"), await meet("bob")
    picture = FilePayload(name="seedlings.png", mimeType="image/png", buffer=PNG)
    async with ann.page.expect_file_chooser() as chooser:
        await ann.page.get_by_role("button", name="Attach a file").click()
    await (await chooser.value).set_files(picture)
    for place in (ann, bob):
        shown = place.page.get_by_alt_text("seedlings.png")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("async (it) => (await it.decode(), it.naturalWidth)") == 1


async def test_a_line_that_was_cut_loses_nothing(meet: Meet) -> None:
    ann, bob = await meet("ann"), await meet("bob")
    await bob.cut()
    for word in ("one", "two", "three"):
        await ann.say(word)
        await expect(ann.message(word)).to_contain_text("Sent")
    await bob.say("written in the dark")
    await expect(bob.message("written in the dark")).to_contain_text("Sending")
    await bob.restore()
    await expect(bob.message("written in the dark")).not_to_contain_text("Sending")
    await expect(ann.message("written in the dark")).to_be_visible()
    assert (await bob.says())[-4:] == (await ann.says())[-4:] == ["one", "two", "three", "written in the dark"]


async def test_a_restarted_gateway_finds_its_people_and_their_words_again(demo: Demo, meet: Meet) -> None:
    ann, bob = await meet("ann"), await meet("bob")
    await ann.say("before the restart")
    await expect(bob.message("before the restart")).to_be_visible()
    await demo.stop()
    await expect(ann.status).to_contain_text("econnect")
    await ann.say("while it was away")
    await demo.start(int(demo.url.rpartition(":")[2]))
    await expect(bob.message("while it was away")).to_be_visible(timeout=30_000)
    await expect(bob.message("before the restart")).to_have_count(1)


async def test_the_webhook_catches_up_in_order_once_it_is_back(visit: Visit) -> None:
    page = await visit()
    ann = Place(page, "ann")
    calls = page.locator(".call")
    down = page.get_by_role("switch", name="Receiver is down")
    await expect(ann.message("Saturday at ten")).to_be_visible()
    await expect(calls.first.locator(".code")).to_have_text("200")  # the story is told
    await ann.say("a first")
    await expect(calls.filter(has_text="Ann: a first").first.locator(".code")).to_have_text("200")
    await down.click()
    await expect(down).to_be_checked()
    await ann.say("a second")
    await ann.say("a third")
    await expect(page.locator(".call").first.locator(".code")).to_have_text("503")
    await down.click()
    delivered = page.locator(".call", has=page.locator(".code[data-ok=true]"))
    await expect(delivered.filter(has_text="a third")).to_have_count(1)
    await expect(delivered.filter(has_text="attempt")).to_have_count(1)
    newest_first = [await call.locator(".call-gist").all_inner_texts() for call in await delivered.all()]
    told = [gist for gists in reversed(newest_first) for gist in gists]
    assert told.index("Ann: a first") < told.index("Ann: a second") < told.index("Ann: a third")
    last = delivered.filter(has_text="a third").first
    await last.locator("summary").click()
    await expect(last.locator("pre")).to_contain_text('"type": "conversation:message"')


async def test_the_business_answers_and_takes_a_booking(meet: Meet) -> None:
    ann = await meet("ann")
    await ann.open("Fern & Fallow")
    await ann.place.get_by_role("button", name="Book a visit").click()
    await expect(ann.typing).to_have_text("Fern is typing")
    await expect(ann.message("Book a visit")).to_contain_text("Read by Fern")
    booking = ann.place.get_by_role("button", name="Saturday, 10:00")
    await booking.click()
    await expect(booking).to_be_disabled()
    await expect(ann.message("Booked: Saturday at ten")).to_be_visible()


async def test_a_form_is_filled_in_once_and_seen_as_sent_on_every_device(browser: Browser, meet: Meet) -> None:
    """On the way: cards to choose from, an answer in rich text, and an input that waits."""
    context = await browser.new_context()
    ann, sofa = await meet("ann", context), await meet("ann", context)
    for place in (ann, sofa):
        await place.open("Fern & Fallow")
    await ann.place.get_by_role("button", name="Ask for advice").click()
    await ann.place.get_by_role("button", name="What is in season?").click()
    await expect(ann.place.locator(".card")).to_have_count(3)
    await ann.place.get_by_role("button", name="Put one aside").nth(2).click()
    await expect(ann.message("Booked: a dwarf fig")).to_be_visible()
    await ann.place.get_by_role("button", name="Send me the letter").click()
    form = ann.place.locator("form.form")
    await expect(ann.place.locator(".composer textarea")).to_be_disabled()
    await form.get_by_label("Your name").fill("Ann")
    await form.get_by_label("Where do you grow?").select_option("Balcony")
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("button", name="Send")).to_be_enabled()  # the address is missing
    await form.get_by_label("E-mail").fill("ann@example.org")
    await form.get_by_role("button", name="Send").click()
    for place in (ann, sofa):
        await expect(place.place.locator(".form.sent")).to_contain_text("Sent")
        await expect(place.place.locator("form.form")).to_have_count(0)
        await expect(place.message("ann@example.org").locator(".quoted")).to_have_text("Our letter, once a season")
        rich = place.message("Thank you!").locator(".rich")
        await expect(rich.locator("strong")).to_have_text("Thank you!")
        await expect(rich.get_by_role("link", name="mulch")).to_have_attribute("rel", "noopener noreferrer nofollow")
        await expect(place.place.locator(".composer textarea")).to_be_enabled()


async def test_older_messages_come_when_scrolling_up(meet: Meet) -> None:
    ann = await meet("ann")
    messages = ann.place.locator(".message")
    log = ann.place.get_by_role("log")
    await expect(messages).to_have_count(50)
    await log.focus()
    await log.press("Home")
    await expect(messages).to_have_count(HISTORY)
    await log.press("Home")
    await expect(ann.place.get_by_text("This is where it began.")).to_be_in_viewport()


async def test_a_refused_message_says_so_and_can_be_taken_back(meet: Meet) -> None:
    ann = await meet("ann")
    await ann.text.evaluate("text => text.removeAttribute('maxlength')")
    await ann.say(TOO_LONG)
    failed = ann.message("xxxxx")
    await expect(failed).to_contain_text("Not sent")
    await failed.get_by_role("button", name="Try again").click()
    await expect(failed).to_contain_text("Not sent")
    await failed.get_by_role("button", name="Discard").click()
    await expect(failed).to_have_count(0)


async def test_two_windows_of_one_person_are_two_devices(browser: Browser, meet: Meet) -> None:
    context = await browser.new_context()
    one, other = await meet("ann", context), await meet("ann", context)
    await one.say("from my desk")
    await expect(other.message("from my desk")).to_be_visible()
    await other.say("from my sofa")
    await expect(one.message("from my sofa")).to_be_visible()
    await expect(one.status).to_have_text("Connected")


async def test_a_phone_shows_one_person_at_a_time(visit: Visit) -> None:
    page = await visit(viewport=PHONE, has_touch=True)
    ann, bob = Place(page, "ann"), Place(page, "bob")
    await expect(bob.place).to_be_hidden()
    await expect(ann.message("Saturday at ten")).to_be_visible()
    await ann.say("On my way up")
    await expect(page.get_by_role("tab", name="Bob").locator(".badge")).to_contain_text("unread")
    await page.get_by_role("tab", name="Bob").tap()
    await expect(ann.place).to_be_hidden()
    await expect(bob.message("On my way up")).to_be_visible()
    await expect(bob.text).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await page.get_by_role("button", name="Webhook calls").tap()
    await expect(page.get_by_role("complementary", name="Webhook calls")).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name="Webhook calls")).to_be_hidden()


async def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = await visit()
    ann = Place(page, "ann")
    await expect(ann.message("Saturday at ten")).to_be_visible()
    await tab_to(page, ann.tab("Rooftop garden"))
    await page.keyboard.press("ArrowDown")
    await expect(ann.tab("Fern & Fallow")).to_be_focused()
    await expect(ann.tab("Fern & Fallow")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowUp")
    await tab_to(page, ann.text)
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(ann.message("first line")).to_contain_text("second line")
    await expect(ann.text).to_have_value("")
    await expect(ann.text).to_be_focused()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_what_can_be_pressed_has_a_name_and_shows_its_focus(visit: Visit, viewport: ViewportSize) -> None:
    page = await visit(viewport=viewport)
    for name in ("ann", "bob", "cleo") if viewport == DESKTOP else ("ann",):
        await expect(Place(page, name).message("Saturday at ten")).to_be_visible()
    stops = page.locator("button:visible, a[href]:visible, textarea:visible, summary:visible, [tabindex='0']:visible")
    names = await stops.evaluate_all(
        "stops => stops.map(it => it.getAttribute('aria-label') ?? (it.innerText.trim() || it.outerHTML))"
    )
    assert [name for name in names if name.startswith("<")] == []
    await page.keyboard.press("Tab")  # what follows is seen as the keyboard's doing
    for stop in await stops.all():
        await stop.focus()
        assert await stop.evaluate(SHOWS_FOCUS), await stop.evaluate("it => it.outerHTML.slice(0, 120)")


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(30):
        if await wanted.evaluate("it => it === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


async def test_the_scene_is_for_this_machine_and_its_own_pages(demo: Demo) -> None:
    async with ClientSession() as http:

        async def status(method: str, path: str, **options: Any) -> int:
            async with http.request(method, URL(f"{demo.url}/demo/{path}", encoded=True), **options) as response:
                assert "default-src 'self'" in response.headers["Content-Security-Policy"]
                assert response.headers["Cache-Control"] == "no-cache"
                return response.status

        assert await status("GET", "scene.json") == 200
        assert await status("GET", "scene.json", headers={"Host": "rebound.example"}) == 403
        assert await status("POST", "webhook", json={"events": []}, headers={"X-API-Key": "guessed"}) == 401
        assert await status("POST", "webhook/mood", data={"down": "true"}) == 415
        assert await status("GET", "client/..%2f..%2fpyproject.toml") == 404
        assert await status("GET", "client/package.json") == 404
