"""How much is too much: who is refused, who is sent away, and that others never notice."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Opcode

from gateway import bootstrap
from tests.house_under_test import Device, House, opened
from tests.journeys.bare import Bare, masked
from tests.journeys.test_goodbyes import leaving

ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
HELLO = {"device": {"guid": "guid"}}


async def not_upgraded(house: House, **options: Any) -> tuple[int, str, int]:
    """What the upgrade is answered: status, code and after how many seconds to come again."""
    with pytest.raises(InvalidStatus) as refused:
        await house.plug(**options)
    response = refused.value.response
    assert response.headers["Connection"] == "close"
    code = json.loads(response.body or b"")["errors"][0]["code"]
    return response.status_code, code, int(response.headers["Retry-After"])


async def spoken(device: Device, times: int) -> Counter[str]:
    """How so many pings in one write are answered; a goodbye ends it."""
    pings = (json.dumps({"type": "ping", "id": number}).encode() for number in range(times))
    device.socket.transport.write(b"".join(masked(Opcode.TEXT, it) for it in pings))
    answers: list[str] = []
    while len(answers) < times and (frame := await device.frame())["type"] != "goodbye":
        answers.append(frame["error"]["title"] if frame["type"] == "error" else "ok")
    return Counter(answers)


class Clock:
    """It stands, so that all happens within one second, until it is moved."""

    def __init__(self) -> None:
        self.now = bootstrap.now_ms()

    def __call__(self) -> int:
        return self.now

    def next_second(self) -> None:
        self.now += 1_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(bootstrap, "now_ms", clock)
    return clock


async def test_all_devices_of_a_user_share_what_the_user_may_say(tmp_path: Path, clock: Clock) -> None:
    async with opened(tmp_path, commands_per_second=20, user_commands_per_second=30) as house:
        phone, web = await house.device("ann", "phone"), await house.device("ann", "web")
        bob = await house.device("bob")
        assert await spoken(phone, 20) == {"ok": 20}
        assert await spoken(web, 15) == {"ok": 10, "Too many commands of the user's devices in one second": 5}
        assert await spoken(bob, 25) == {"ok": 20, "Too many commands of the device in one second": 5}
        clock.next_second()
        assert await spoken(web, 20) == {"ok": 20}


async def test_who_goes_on_is_sent_away_and_the_other_devices_stay(tmp_path: Path, clock: Clock) -> None:
    async with opened(tmp_path, commands_per_second=100, user_commands_per_second=10) as house:
        phone, web = await house.device("ann", "phone"), await house.device("ann", "web")
        assert (await spoken(web, 200)).total() == 30, "each is refused, up to four times as many as the user may say"
        assert await leaving(web) == (4029, "too many commands", True)
        clock.next_second()
        assert (await phone.ask("ping"))["type"] == "ok"


@pytest.mark.parametrize(
    "frame",
    [masked(Opcode.PING, b""), masked(Opcode.PONG, b""), masked(Opcode.CONT, b"a", fin=False)],
    ids=["pings", "pongs", "parts"],
)
async def test_a_flood_of_tiny_frames_is_no_work(tmp_path: Path, frame: bytes) -> None:
    """None of them is a command, so none of them was counted as one."""
    async with opened(tmp_path, commands_per_second=10) as house, Bare.plugged(house) as bare:
        bob = await house.device("bob")
        await bare.say({"type": "hello", "id": 1, **HELLO})
        await bare.until("welcome")
        first = masked(Opcode.TEXT, b"{", fin=False) if frame[0] == Opcode.CONT else b""
        await bare.write(first + frame * 90)
        if not first:
            await bare.say({"type": "ping", "id": 2})
            assert (await bare.until("ok"))["id"] == 2
        await bare.write(frame * 20_000)
        said = await bare.until("goodbye")
        assert (said["code"], said["reason"], said["comeBack"]) == (4029, "too many commands", True)
        pongs = bare.raw.count(b"\x8a\x00")
        assert pongs <= 4_000, "it went on answering"
        assert (await bob.ask("ping"))["type"] == "ok"


async def test_connects_from_one_address_are_bounded(tmp_path: Path) -> None:
    async with opened(tmp_path, connects_per_second=0.1) as house:
        for _ in range(2):
            await (await house.plug(additional_headers=ELSEWHERE)).close()
        status, code, after_s = await not_upgraded(house, additional_headers=ELSEWHERE)
        assert (status, code) == (429, "too_many_requests")
        assert 1 <= after_s <= 10
        await house.plug(additional_headers={"X-Forwarded-For": "203.0.113.8"})
        assert (await house.rest("GET", "", headers=ELSEWHERE)).status == 200
        for _ in range(5):
            await house.plug()
        async with house.http.get(f"{house.url}/metrics") as metrics:
            assert 'gateway_turned_away_total{limit="connects"} 1.0' in await metrics.text()


async def test_a_proxy_that_is_not_trusted_counts_itself(tmp_path: Path) -> None:
    async with opened(tmp_path, connects_per_second=0.05, trusted_proxies="") as house:
        await house.plug(additional_headers=ELSEWHERE)
        assert (await not_upgraded(house, additional_headers={"X-Forwarded-For": "203.0.113.8"}))[0] == 429


async def test_a_full_house_says_when_to_come_again(tmp_path: Path) -> None:
    async with opened(tmp_path, max_sockets=2) as house:
        ann, bob = await house.device("ann"), await house.device("bob")
        status, code, after_s = await not_upgraded(house)
        assert (status, code) == (503, "unavailable")
        assert 5 <= after_s <= 30
        assert (await house.rest("GET", "")).status == 200
        assert (await bob.ask("ping"))["type"] == "ok"
        await ann.close()
        assert (await house.device("cyd")).welcome["user"]["externalId"] == "cyd"


async def test_a_user_may_have_so_many_sockets(tmp_path: Path) -> None:
    async with opened(tmp_path, max_sockets_per_user=2) as house:
        phone, web = await house.device("ann", "phone"), await house.device("ann", "web")
        tablet = await house.plug(guid="tablet")
        await tablet.say("hello", device={"guid": "tablet"}, auth={"jwt": house.token("ann")})
        assert await leaving(tablet) == (4030, "too many sockets of the user", True)
        again = await house.device("ann", "phone")
        assert (await leaving(phone))[0] == 4009
        await house.device("bob", "tablet")
        for device in (web, again):
            assert (await device.ask("ping"))["type"] == "ok"


async def test_anonymous_users_are_made_so_many_for_an_address(tmp_path: Path) -> None:
    async with opened(tmp_path, anonymous_per_hour=2) as house:
        first = await house.device(guid="first", additional_headers=ELSEWHERE)
        await house.device(guid="second", additional_headers=ELSEWHERE)
        third = await house.plug(additional_headers=ELSEWHERE)
        await third.say("hello", device={"guid": "third"})
        assert await leaving(third) == (4031, "too many new users from the address", True)
        known = {"userId": first.welcome["user"]["id"], "sessionToken": first.welcome["sessionToken"]}
        await house.device(guid="first", auth=known, additional_headers=ELSEWHERE)
        await house.device("ann", additional_headers=ELSEWHERE)
        await house.device(guid="elsewhere")


async def test_rest_says_when_to_come_again(tmp_path: Path, clock: Clock) -> None:
    async with opened(tmp_path, requests_per_second=5, user_commands_per_second=2) as house:
        await house.device("ann")
        assert [(await house.rest("GET", "")).status for _ in range(5)] == [200] * 5
        told = await house.rest("GET", "")
        assert (told.status, told.code, told.title) == (429, "too_many_requests", "Too many requests in one second")
        assert (await house.rest("GET", f"/v2/apps/{house.app_id}", key=house.account)).status == 200
        old = await house.v1("GET", "/appusers/ann")
        assert old.error[:2] == (429, "too_many_requests")

        clock.next_second()
        token = house.token("ann")
        own = f"{house.url}/v1.1/apps/{house.app_id}/appusers/ann"
        uploads = f"{house.url}/sdk/v2/integrations/{house.integrations['web']}/attachments"
        for method, url, most in (("GET", own, 2), ("POST", uploads, 2)):
            for number in range(most + 1):
                async with house.http.request(method, url, headers={"Authorization": f"Bearer {token}"}) as answer:
                    assert (answer.status == 429) is (number == most), (url, number)
                    assert answer.headers.get("Retry-After") == ("1" if number == most else None)
