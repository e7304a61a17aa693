"""The gateway as a process: it says where it listens, stops in good order, and refuses in one sentence."""

import asyncio
import json
import signal
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from tests.house_under_test import Device
from tests.journeys.process import command, new_app, serving, spoken_to
from tests.receiver import Receiver


async def chatter(device: Device, room: str, lively: asyncio.Event) -> list[str]:
    """Talk until the connection ends; gives the ids of the messages that were acknowledged. `lively` after fifty."""
    acknowledged: list[str] = []
    try:
        while True:
            text = {"type": "text", "text": f"{device.guid} {len(acknowledged)}"}
            answer = await device.ask("message:send", conversationId=room, content=text)
            acknowledged.append(answer["result"]["message"]["id"])
            if len(acknowledged) == 50:
                lively.set()
    except ConnectionClosed:
        return acknowledged


async def test_a_stop_amid_talk_is_said_survived_and_loses_nothing(tmp_path: Path) -> None:
    credentials = await new_app(tmp_path)
    async with serving(tmp_path, commands_per_second="100000") as gateway:
        async with spoken_to(await gateway.ready(), credentials) as house:
            room = await house.group("ann", "bob", "cyd")
            devices = [await house.device(it) for it in ("ann", "bob", "cyd")]
            lively = asyncio.Event()
            talking = asyncio.gather(*(chatter(it, room, lively) for it in devices))
            await lively.wait()
            gateway.process.send_signal(signal.SIGTERM)
            acknowledged = [message_id for ids in await talking for message_id in ids]
            for device in devices:
                goodbye = device.heard[-1]
                assert (goodbye["type"], goodbye["code"], goodbye["comeBack"]) == ("goodbye", 4000, True)
                assert 0 < goodbye["afterSeconds"] <= 10
                assert device.socket.close_code == 4000
        assert await gateway.end() == (0, "", "")

    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        history = [it["id"] for it in await house.history(room)]
        assert len(history) == len(set(history)) >= 100
        assert set(acknowledged) <= set(history)


async def test_a_webhook_call_under_way_is_finished_before_the_end(tmp_path: Path, receiver: Receiver) -> None:
    credentials = await new_app(tmp_path)
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        await house.webhook(receiver.url, "conversation:message")
        room = await house.group()
        receiver.gate.clear()
        await house.says(room, "last words")
        await receiver.until(lambda: receiver.arrived)
        gateway.process.send_signal(signal.SIGTERM)
        asyncio.get_running_loop().call_later(0.3, receiver.gate.set)
        assert await gateway.end() == (0, "", "")
    assert len(receiver.events) == 1
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        await house.says(room, "first words")
        await receiver.until(lambda: len(receiver.events) == 2)
    told = [it["payload"]["message"]["content"]["text"] for it in receiver.events]
    assert told == ["last words", "first words"]


async def test_a_stop_waits_for_no_endpoint_longer_than_it_may(tmp_path: Path, receiver: Receiver) -> None:
    credentials = await new_app(tmp_path)
    async with serving(tmp_path, drain_s="0.5") as gateway, spoken_to(await gateway.ready(), credentials) as house:
        await house.webhook(receiver.url, "conversation:message")
        receiver.gate.clear()
        await house.says(await house.group(), "hello?")
        await receiver.until(lambda: receiver.arrived)
        gateway.process.send_signal(signal.SIGTERM)
        assert await gateway.end() == (0, "", "")
        receiver.gate.set()


async def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as first:
        await first.ready()
        async with serving(tmp_path) as second:
            code, errors, printed = await second.end()
    assert (code, printed) == (1, "")
    assert errors == f"data: another gateway is running on {tmp_path}\n"


async def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path / "first") as first:
        port = (await first.ready()).rsplit(":", 1)[1]
        async with serving(tmp_path / "second", port=port) as second:
            code, errors, printed = await second.end()
    assert (code, printed) == (1, "")
    assert errors.startswith(f"port: cannot listen on 127.0.0.1:{port} ")
    assert errors.count("\n") == 1


async def test_after_a_kill_the_data_is_free_again(tmp_path: Path) -> None:
    async with serving(tmp_path) as first:
        await first.ready()
        first.process.kill()
        await first.end()
    async with serving(tmp_path) as second:
        await second.ready()


async def test_a_token_for_development_lets_its_user_in(tmp_path: Path) -> None:
    credentials = await new_app(tmp_path)
    words = ("jwt", "--data", str(tmp_path), "--app-id", credentials.app_id, "--external-id", "ann")
    async with command(*words) as jwt:
        code, errors, token = await jwt.end()
    assert (code, errors) == (0, "")
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        ann = await house.device(guid="phone", auth={"jwt": token.strip()})
        assert ann.welcome["user"]["externalId"] == "ann"


async def test_an_account_key_opens_everything(tmp_path: Path) -> None:
    async with command("create-account-key", "--data", str(tmp_path), "--json") as made:
        _, _, printed = await made.end()
    key = json.loads(printed)
    credentials = await new_app(tmp_path)
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        listed = await house.rest("GET", "/v2/apps", key=(key["keyId"], key["secret"]))
        assert [it["id"] for it in listed.body["apps"]] == [credentials.app_id]
