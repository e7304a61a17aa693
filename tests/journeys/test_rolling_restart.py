"""A gateway is replaced behind a proxy while everybody talks: nobody sees a failed command."""

import asyncio
import signal
from pathlib import Path

import pytest

from clients.python import Backoff, Device
from tests.house_under_test import House
from tests.journeys.process import new_app, serving, spoken_to
from tests.journeys.proxies import free_port, standing

PEOPLE = ("ann", "bob", "cyd")
SOON = Backoff(base_s=0.05, cap_s=0.5)


class Voice:
    """Somebody who says one thing after the other, each until it is answered. What fails, fails the test."""

    def __init__(self, device: Device, name: str, room: str) -> None:
        self.said: list[str] = []
        self.answered: list[str] = []
        self._device = device
        self._name = name
        self._room = room
        self._stop = False
        self._one_more = asyncio.Event()

    async def talk(self) -> None:
        while not self._stop:
            text = f"{self._name} {len(self.said)}"
            self.said.append(text)
            self.answered.append((await self._device.send(self._room, text))["content"]["text"])
            self._one_more.set()

    async def has_said(self, more: int) -> None:
        """So many more things were said and answered from here on."""
        async with asyncio.timeout(30):
            for _ in range(more):
                self._one_more.clear()
                await self._one_more.wait()

    def stop(self) -> None:
        self._stop = True


async def history(house: House, room: str) -> list[str]:
    """All that was said, in order."""
    texts: list[str] = []
    path: str | None = f"/conversations/{room}/messages"
    while path is not None:
        answer = await house.rest("GET", path)
        assert answer.status == 200, answer
        texts[:0] = [it["content"]["text"] for it in answer.body["messages"]]
        before = answer.body["meta"].get("beforeCursor")
        path = before and f"/conversations/{room}/messages?page[before]={before}"
    return texts


@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
async def test_a_rolling_restart_loses_and_repeats_nothing(tmp_path: Path, proxy: str) -> None:
    data, port = tmp_path / "data", free_port()
    app = await new_app(data)
    options = {"port": str(port), "data_wait_s": "30", "trusted_proxies": "127.0.0.1/32"}
    async with (
        standing(proxy, tmp_path, port) as url,
        serving(data, **options) as old,
        spoken_to(await old.ready(), app) as house,
        asyncio.TaskGroup() as tasks,
    ):
        room = await house.group(*PEOPLE)
        devices = [Device(url, app.integrations["web"], jwt=house.token(it), backoff=SOON) for it in PEOPLE]
        for device in devices:
            await device.__aenter__()
        voices = [Voice(device, name, room) for device, name in zip(devices, PEOPLE, strict=True)]
        talks = [tasks.create_task(it.talk()) for it in voices]
        await asyncio.gather(*(it.has_said(10) for it in voices))
        async with serving(data, **options, log_level="info") as new:
            await new.logs("waiting for another gateway to leave")
            old.process.send_signal(signal.SIGTERM)
            assert (await old.end())[0] == 0
            await new.ready()
            await asyncio.gather(*(it.has_said(10) for it in voices))
            for voice in voices:
                voice.stop()
            await asyncio.gather(*talks)
            for device in devices:
                await device.close()
            async with spoken_to(url, app) as through:
                kept = await history(through, room)
    for voice in voices:
        assert voice.answered == voice.said
        assert [it for it in kept if it in set(voice.said)] == voice.said
    assert len(kept) == sum(len(it.said) for it in voices)
