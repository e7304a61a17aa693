"""The device side's numbers at `/metrics`, as what Prometheus reads."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.house_under_test import House, opened

Numbers = dict[tuple[str, ...], float]


async def shown(house: House) -> Iterator[Sample]:
    async with house.http.get(f"{house.url}/metrics") as answer:
        return (it for family in text_string_to_metric_families(await answer.text()) for it in family.samples)


async def numbers(house: House, name: str) -> Numbers:
    """What a metric shows, by the values of its labels."""
    return {tuple(it.labels.values()): it.value for it in await shown(house) if it.name == f"gateway_{name}"}


async def number(house: House, name: str) -> float:
    return (await numbers(house, name))[()]


async def until(house: House, name: str, holds: Callable[[float], bool]) -> None:
    """Ask for a number again and again: what a socket did is seen a moment later."""
    async with asyncio.timeout(10):
        while not holds(await number(house, name)):
            pass


async def test_sockets_are_counted_from_their_upgrade_and_devices_from_their_welcome(house: House) -> None:
    await house.plug()
    ann = await house.device("ann")
    assert [await number(house, it) for it in ("sockets", "connects_total")] == [2, 2]
    assert [await number(house, it) for it in ("devices", "welcomes_total")] == [1, 1]
    await ann.close()
    await until(house, "sockets", lambda it: it == 1)
    assert [await number(house, it) for it in ("devices", "connects_total", "welcomes_total")] == [0, 2, 1]


async def test_an_event_counts_once_for_each_device_that_is_told(house: House) -> None:
    devices = [await house.device("ann", "one"), await house.device("ann", "two"), await house.device("bob")]
    room = await house.group("ann", "bob", "cat")
    for device in devices:
        await device.event("conversation:create")
    assert await number(house, "deliveries_total") == 3
    await house.says(room, "one")
    for device in devices:
        await device.event("conversation:message")
    assert await number(house, "deliveries_total") == 6
    assert await number(house, "push_lag_seconds_count") == 6
    assert 0 < await number(house, "push_lag_seconds_sum") < 6 * 5


async def test_every_command_is_in_one_group_and_has_a_lag(house: House) -> None:
    before = await number(house, "commit_lag_seconds_count")
    room = await house.group("ann")
    for text in ("one", "two"):
        await house.says(room, text)
    count = await number(house, "commit_lag_seconds_count")
    assert count == before + 4
    assert await number(house, "group_commands_sum") == count
    assert 0 < await number(house, "commit_lag_seconds_sum") < count * 5
    buckets = list((await numbers(house, "commit_lag_seconds_bucket")).values())
    assert buckets == sorted(buckets)
    assert buckets[-1] == count


async def test_what_is_refused_counts_by_door_and_code(house: House) -> None:
    ann = await house.device("ann")
    assert await numbers(house, "refusals_total") == {}
    await ann.ask("message:send", conversationId="nowhere", content={"type": "text", "text": "one"})
    await ann.ask("juggle")
    await house.rest("GET", "/conversations/nowhere")
    await house.v1("GET", "/appusers/nobody")
    await house.rest("GET", "/users/nobody", key=("app_unknown", "secret"))
    assert await numbers(house, "refusals_total") == {
        ("conversation_not_found", "rest"): 1,
        ("unauthorized", "rest"): 1,
        ("user_not_found", "rest"): 1,
        ("bad_request", "socket"): 1,
        ("conversation_not_found", "socket"): 1,
    }


async def test_goodbyes_count_by_code(house: House) -> None:
    goodbyes = await numbers(house, "goodbyes_total")
    assert set(goodbyes.values()) == {0}
    ann = await house.device("ann")
    await house.device("ann")
    assert (await ann.goodbye())[1] == 4009
    stranger = await house.plug()
    await stranger.say("ping")
    assert (await stranger.goodbye())[1] == 4500
    assert await numbers(house, "goodbyes_total") == {**goodbyes, ("4009",): 1, ("4500",): 1}


async def test_resumes_count_by_whether_all_was_recovered(house: House) -> None:
    room, other = await house.group("ann"), await house.group("bob")
    ann = await house.device("ann")
    assert await numbers(house, "resumes_total") == {("true",): 0, ("false",): 0}
    epoch = ann.welcome["epoch"]
    await house.device("ann", positions={"epoch": epoch, "seq": {room: 1, other: 1}})
    assert await numbers(house, "resumes_total") == {("true",): 1, ("false",): 1}
    ann = await house.device("ann", positions={"epoch": "another", "seq": {room: 1}})
    assert await numbers(house, "resumes_total") == {("true",): 1, ("false",): 2}
    await ann.ask("events:since", conversationId=room, seq=0)
    assert await numbers(house, "resumes_total") == {("true",): 2, ("false",): 2}


async def test_what_a_device_does_not_read_is_unsent(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", max_unsent_bytes=100_000_000, commands_per_second=100_000) as house:
        await house.device("bob")
        lazy = await house.device("ann", max_queue=1)
        room = await house.group("ann", "bob")
        for _ in range(10):
            await house.says(room, "a" * 4_000, metadata={"more": "b" * 4_000})
        assert await number(house, "unsent_bytes") == 0
        lazy.socket.transport.pause_reading()
        for _ in range(200):  # of 83 kB each, more than the network keeps for a device
            await lazy.say("message:list", conversationId=room)
        await until(house, "unsent_bytes", lambda it: it > 1_000_000)
        now = {it.name: it.value for it in await shown(house)}
        assert now["gateway_unsent_bytes"] >= now["gateway_unsent_bytes_most"] > 1_000_000
        lazy.cut()
