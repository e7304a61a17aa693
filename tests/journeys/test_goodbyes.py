"""Why the gateway hangs up: each reason has its code, and those who may come back are told when."""

import json
from pathlib import Path
from typing import Any

import pytest
from websockets.frames import Opcode

from gateway.domain import limits
from gateway.domain.commands import Command, Connect
from gateway.flow.corridor import Corridor
from tests.house_under_test import Device, House, Json, opened
from tests.journeys.bare import Bare, masked


async def leaving(device: Device) -> tuple[int, str, bool]:
    """The goodbye: its code, which is also the close code, its reason, and whether to come back."""
    said, code = await device.goodbye()
    assert said is not None
    assert said["code"] == code
    assert ("afterSeconds" in said) == said["comeBack"]
    return code, said["reason"], said["comeBack"]


async def refused(house: House, hello: Json, integration: str = "web", **options: Any) -> tuple[int, str, bool]:
    device = await house.plug(integration, **options)
    await device.say("hello", **hello)
    return await leaving(device)


HELLO = {"device": {"guid": "guid"}}


@pytest.mark.parametrize(
    "first",
    [
        '{"type":"ping","id":1}',
        '{"type":"hello","id":1}',
        '{"type":"hello","device":{"guid":"g"}}',
        '{"type":"hello","id":1,"device":{"guid":""}}',
        '{"type":"hello","id":1,"device":{"guid":7}}',
        '{"type":"hello","id":1,"device":{"guid":"g","platform":"fridge"}}',
        '{"type":"hello","id":1,"device":{"guid":"g"},"positions":{"seq":{}}}',
        '{"type":"hello","id":1,"device":{"guid":"g"},"positions":{"epoch":"e","seq":{"c":-1}}}',
        '{"type":"open sesame","id":1}',
        "[]",
        "hello",
        "",
    ],
)
async def test_a_malformed_hello(house: House, first: str) -> None:
    device = await house.plug()
    await device.socket.send(first)
    assert await leaving(device) == (4500, "bad hello", False)


async def test_a_hello_with_too_many_positions(house: House) -> None:
    positions = {"epoch": "e", "seq": {f"{it:024x}": 1 for it in range(limits.POSITIONS + 1)}}
    assert (await refused(house, {**HELLO, "positions": positions}))[0] == 4500


async def test_no_hello_in_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELLO_S", 0.05)
    assert await leaving(await house.plug()) == (4500, "bad hello", False)


async def test_a_second_hello_is_an_error_only(house: House) -> None:
    ann = await house.device("ann")
    again = await ann.ask("hello", **HELLO)
    assert (again["type"], again["error"]["status"]) == ("error", 400)
    await ann.ask("ping")


async def test_a_deleted_user(house: House) -> None:
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.rest("DELETE", "/users/ann")
    assert await leaving(ann) == (4502, "revoked", False)
    await bob.ask("ping")


async def test_a_deleted_key_sends_away_whom_it_signed_in(house: House) -> None:
    extra = (await house.rest("POST", "/keys", {"displayName": "extra"}, key=house.account)).body["key"]
    kept = await house.device("ann")
    anonymous = await house.device(guid="nobody")
    house.key = (extra["id"], extra["secret"])
    lost = await house.device("bob")
    token = house.token("cyd")
    await house.rest("DELETE", f"/keys/{extra['id']}", key=house.account)
    assert await leaving(lost) == (4502, "revoked", False)
    await kept.ask("ping")
    await anonymous.ask("ping")
    assert await refused(house, {**HELLO, "auth": {"jwt": token}}) == (4501, "invalid_auth", False)


@pytest.mark.parametrize(("path", "code"), [("/users/ann", 4502), ("/keys/{key}", 4502), ("/integrations/{web}", 4503)])
@pytest.mark.parametrize("arrival", ["hello", "login"])
async def test_what_is_revoked_while_a_device_arrives(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str, code: int, arrival: str
) -> None:
    """After its credentials were accepted, and before it is among those who could be sent away."""
    where = path.format(key=house.key[0], web=house.integrations["web"])
    nobody = await house.device(guid="nobody")
    execute = Corridor.execute

    async def revoking(corridor: Corridor, command: Command[Any]) -> Any:
        answer = await execute(corridor, command)
        if isinstance(command, Connect):
            revoked = await house.rest("DELETE", where, key=house.account)
            assert revoked.status == 200
        return answer

    monkeypatch.setattr(Corridor, "execute", revoking)
    device = nobody if arrival == "login" else await house.plug()
    if arrival == "login":
        await device.say("login", jwt=house.token("ann"))
    else:
        await device.say("hello", **HELLO, auth={"jwt": house.token("ann")})
    assert (await leaving(device))[0] == code


async def test_a_deleted_integration(house: House) -> None:
    web, ios = await house.device("ann"), await house.device("ann", "phone", integration="ios")
    await house.rest("DELETE", f"/integrations/{house.integrations['web']}")
    assert await leaving(web) == (4503, "unknown integration", False)
    await ios.ask("ping")
    assert (await refused(house, HELLO))[0] == 4503


async def test_an_unknown_integration(house: House) -> None:
    assert await refused(house, HELLO, "0" * 24) == (4503, "unknown integration", False)


async def test_an_integration_that_is_no_sdk(house: House) -> None:
    custom = await house.webhook("https://hooks.example/")
    assert (await refused(house, HELLO, custom["id"]))[0] == 4503


async def test_a_deleted_app(house: House) -> None:
    ann = await house.device("ann")
    await house.rest("DELETE", f"/v2/apps/{house.app_id}", key=house.account)
    assert await leaving(ann) == (4503, "unknown integration", False)


async def test_an_origin_that_is_not_on_the_whitelist(house: House) -> None:
    web = house.integrations["web"]
    await house.rest("PATCH", f"/integrations/{web}", {"originWhitelist": ["https://shop.example"]})
    assert await refused(house, HELLO, origin="https://evil.example") == (4504, "origin not allowed", False)
    at_home = await house.device("ann", origin="https://shop.example")
    native = await house.device("bob")
    await at_home.ask("ping")
    await native.ask("ping")


async def test_a_device_that_answers_no_ping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heartbeat of one second: heard, pinged, pinged, gone."""
    monkeypatch.setattr(limits, "HEARTBEAT_S", 1)
    async with opened(tmp_path) as house, Bare.plugged(house) as bare:
        bystander = await house.device("bob")
        await bare.say({"type": "hello", "id": 1, **HELLO})
        said = await bare.until("goodbye")
        assert (said["code"], said["reason"], said["comeBack"]) == (4010, "no heartbeat", True)
        assert await bare.close_code() == 4010
        assert bare.pings == 2
        await bystander.ask("ping")


async def test_too_many_commands_are_refused_then_the_device_is_sent_away(tmp_path: Path) -> None:
    async with opened(tmp_path, commands_per_second=10) as house:
        bob = await house.device("bob")
        ann = await house.device("ann")
        assert ann.welcome["limits"]["commandsPerSecond"] == 10
        flood = [json.dumps({"type": "ping", "id": number}).encode() for number in range(200)]
        ann.socket.transport.write(b"".join(masked(Opcode.TEXT, it) for it in flood))
        refusals = []
        while (frame := await ann.frame())["type"] != "goodbye":
            refusals += [frame] if frame["type"] == "error" else []
        assert {(it["error"]["status"], it["error"]["code"]) for it in refusals} == {(429, "too_many_requests")}
        assert len(refusals) >= 30
        assert (frame["code"], frame["reason"], frame["comeBack"]) == (4029, "too many commands", True)
        await bob.ask("ping")
