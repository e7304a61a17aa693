"""`gateway webhooks`: the webhooks of a gateway that runs, seen and repaired from the command line."""

import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from gateway import bootstrap, cli
from gateway.cli import moments
from gateway.flow import provision
from gateway.flow.provision import Credentials
from tests.house_under_test import House, settings
from tests.journeys.process import Gateway, command, serving, spoken_to
from tests.receiver import Receiver

Json = dict[str, Any]

TARGET = "http://127.0.0.1:9/hook"  # where nobody listens


class Bench(NamedTuple):
    """A gateway that runs, one of its apps, and the folder."""

    gateway: Gateway
    house: House
    data: Path

    async def run(self, *words: str, url: str = "") -> tuple[int, str, str]:
        """`gateway webhooks` with these words: its exit code, stderr and stdout."""
        where = ("--data", str(self.data), "--url", url or self.gateway.url)
        async with command("webhooks", *words, *where, log_level="error") as tool:
            return await tool.end()

    async def said(self, *words: str) -> Json:
        """The one JSON object that it prints when all goes well."""
        code, errors, out = await self.run(*words, "--json")
        assert (code, errors, out.count("\n")) == (0, "", 1)
        said: Json = json.loads(out)
        return said

    async def refusal(self, *words: str) -> str:
        """The one sentence that it ends with."""
        code, errors, out = await self.run(*words)
        assert (code, out, errors.count("\n")) == (1, "", 1), errors
        return errors.rstrip("\n")


async def made_app(data: Path) -> Credentials:
    async with bootstrap.flowing(settings(data)) as flow:
        return await provision.new_app(flow, "app")


@asynccontextmanager
async def benched(data: Path, **chosen: str) -> AsyncIterator[Bench]:
    app = await made_app(data)
    async with serving(data, **chosen) as gateway, spoken_to(await gateway.ready(), app) as house:
        yield Bench(gateway, house, data)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path) as bench:
        yield bench


def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def things_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def hook_of(integration: Json) -> str:
    return str(integration["webhooks"][0]["id"])


# What there is


async def test_the_webhooks_of_all_apps_are_listed(bench: Bench, receiver: Receiver) -> None:
    first = await bench.house.webhook(receiver.url)
    other = await made_app(bench.data)
    async with spoken_to(bench.gateway.url, other) as neighbour:
        second = await neighbour.webhook(TARGET)
    said = await bench.said("list")
    places = [(it["appId"], it["integrationId"], it["webhookId"], it["target"]) for it in said["webhooks"]]
    assert places == [
        (bench.house.app_id, first["id"], hook_of(first), receiver.url),
        (other.app_id, second["id"], hook_of(second), TARGET),
    ]
    assert [(it["version"], it["appName"]) for it in said["webhooks"]] == [("v2", "app")] * 2
    assert said["hasMore"] is False
    own = await bench.said("list", "--app-id", other.app_id)
    assert [it["webhookId"] for it in own["webhooks"]] == [hook_of(second)]


async def test_a_list_for_people_is_a_table_and_names_no_secret(bench: Bench) -> None:
    made = await bench.house.webhook(TARGET)
    code, errors, out = await bench.run("list")
    assert (code, errors) == (0, "")
    head, row = out.splitlines()
    names = ["APP", "NAME", "INTEGRATION", "WEBHOOK", "VERSION", "STATUS", "WAITING", "CIRCUIT", "TARGET"]
    assert head.split() == names
    cells = row.split()
    assert cells[:5] == [bench.house.app_id, "app", made["id"], hook_of(made), "v2"]
    assert cells[-1] == TARGET
    assert head.index("WEBHOOK") == row.index(hook_of(made))
    assert made["webhooks"][0]["secret"] not in out
    assert "whsec_" not in json.dumps(await bench.said("list"))


async def test_a_list_stops_at_its_limit_and_says_so(bench: Bench) -> None:
    ids = [hook_of(await bench.house.webhook(TARGET)) for _ in range(3)]
    part = await bench.said("list", "--limit", "2")
    assert [it["webhookId"] for it in part["webhooks"]] == ids[:2]
    assert part["hasMore"] is True
    code, errors, out = await bench.run("list", "--limit", "2")
    assert (code, errors, len(out.splitlines())) == (0, "There are more: --limit shows them\n", 3)
    assert len((await bench.said("list", "--limit", "3"))["webhooks"]) == 3


async def test_what_a_table_shows_moves_no_cursor(bench: Bench) -> None:
    body = {"displayName": "a\x1b[2Jb\nc\u202ed"}
    assert (await bench.house.rest("PATCH", f"/v2/apps/{bench.house.app_id}", body)).status == 200
    await bench.house.webhook(TARGET)
    _, _, out = await bench.run("list")
    assert len(out.splitlines()) == 2
    assert out.replace("\n", "").isprintable()


async def test_a_gateway_is_found_by_its_settings(tmp_path: Path) -> None:
    async with benched(tmp_path, path_prefix="/chat/sc") as bench:
        made = await bench.house.webhook(TARGET)
        port = bench.gateway.url.split(":")[2].partition("/")[0]
        for host in ("127.0.0.1", "0.0.0.0"):
            words = ("--data", str(tmp_path), "--host", host, "--port", port, "--path-prefix", "/chat/sc")
            async with command("webhooks", "list", "--json", *words) as tool:
                code, errors, out = await tool.end()
            assert (code, errors) == (0, "")
            assert [it["webhookId"] for it in json.loads(out)["webhooks"]] == [hook_of(made)]


# What stands in the way


async def test_nobody_answers(bench: Bench) -> None:
    made = await bench.house.webhook(TARGET)
    where = nobody()
    for words in (("list",), ("pause", "--webhook-id", hook_of(made))):
        code, errors, out = await bench.run(*words, url=where)
        assert (code, out, errors.count("\n")) == (1, "", 1)
        assert errors.startswith(f"url: nobody answers at {where} (")


async def test_somebody_else_answers(bench: Bench) -> None:
    """A page, a redirect, JSON of something else; and nobody follows a redirect with the key."""
    await bench.house.webhook(TARGET)
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        kind = request.path.split("/")[1]
        if kind == "away":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        return web.Response(status=200, text='["x"]' if kind == "json" else "<html>hello</html>")

    runner = web.AppRunner(web.Application())
    runner.app.router.add_route("*", "/{rest:.*}", answer)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        for kind, status in (("page", 200), ("away", 302), ("json", 200)):
            where = f"http://127.0.0.1:{runner.addresses[0][1]}/{kind}"
            sentence = f"url: what answers at {where} is no gateway (HTTP {status})\n"
            assert await bench.run("list", url=where) == (1, sentence, "")
    finally:
        await runner.cleanup()
    assert not [it for it in asked if it.startswith("/elsewhere")]


async def test_an_app_without_a_key_stands_in_the_way_of_its_own_webhooks_only(bench: Bench) -> None:
    made = await bench.house.webhook(TARGET)
    async with command("create-account-key", "--data", str(bench.data), "--json") as maker:
        account = json.loads((await maker.end())[2])
    path = f"/keys/{bench.house.key[0]}"
    assert (await bench.house.rest("DELETE", path, key=(account["keyId"], account["secret"]))).status == 200
    assert [it["status"] for it in (await bench.said("list"))["webhooks"]] == ["unknown"]
    sentence = await bench.refusal("pause", "--webhook-id", hook_of(made))
    assert sentence == f"data: the app {bench.house.app_id} has no key"


AMBIGUOUS = "replay: exactly one of --event-id, --failed and --since should be given"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("list", "--limit", "0"), "limit: should be above 0"),
        (("attempts", "--webhook-id", "x", "--limit", "-1"), "limit: should be above 0"),
        (("events", "--webhook-id", "x", "--limit", "-1"), "limit: should be above 0"),
        (("replay", "--webhook-id", "x"), AMBIGUOUS),
        (("replay", "--webhook-id", "x", "--failed", "--since", "2h"), AMBIGUOUS),
        (("replay", "--webhook-id", "x", "--event-id", "y", "--failed"), AMBIGUOUS),
        (("replay", "--webhook-id", "x", "--since", "yesterday"), moments.DEMAND),
    ],
)
def test_what_nobody_needs_to_be_asked_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["gateway", "webhooks", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert (end.value.code, capsys.readouterr()) == (sentence, ("", ""))


async def test_what_cannot_be_asked_is_said_in_one_sentence(tmp_path: Path) -> None:
    await made_app(tmp_path)
    for words, sentence in (
        (("list", "--app-id", "0" * 24), "App not found"),
        (("list", "--url", "localhost:8080"), "url: should be an address such as http://127.0.0.1:8080/sc"),
        (("list", "--port", "0"), "port: 0 says nothing of where the gateway listens; name it with --port or --url"),
        (("pause", "--webhook-id", "x"), "webhook-id: there is no webhook x"),
    ):
        async with command("webhooks", *words, "--data", str(tmp_path)) as tool:
            assert await tool.end() == (1, f"{sentence}\n", "")


async def test_a_folder_without_data_stays_as_it_is(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        async with command("webhooks", "list", "--data", str(folder)) as tool:
            assert await tool.end() == (1, f"data: there is no gateway's data in {folder}\n", "")
    assert things_in(tmp_path) == []
