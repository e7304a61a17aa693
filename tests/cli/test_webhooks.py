"""`gateway webhooks`: the webhooks of a gateway that runs, seen and repaired from the command line."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import jwt as pyjwt
import pytest
from aiohttp import web

from gateway import bootstrap, cli
from gateway.cli import moments
from gateway.domain.errors import EVENT_NOT_FOUND
from gateway.flow import provision
from gateway.flow.provision import Credentials
from gateway.remote.rest import Rest
from gateway.remote.webhooks import ELSEWHERE, Hook, Webhooks
from tests.house_under_test import House, settings
from tests.journeys.process import Gateway, command, serving, spoken_to
from tests.receiver import Receiver

Json = dict[str, Any]

TARGET = "http://127.0.0.1:9/hook"  # where nobody listens
PATIENCE_S = 60  # each look is a process of its own


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


async def test_a_webhook_that_the_gateway_does_not_know_is_listed_as_unknown(house: House) -> None:
    """It may have been deleted since the folder was read."""
    made = await house.webhook(TARGET)
    token = pyjwt.encode({"scope": "app"}, house.key[1], algorithm="HS256", headers={"kid": house.key[0]})
    place = {"app_id": house.app_id, "app_name": "app", "integration_id": made["id"], "version": "v2", "target": TARGET}
    hooks = [Hook(id=it, token=token, **place) for it in (hook_of(made), "0" * 24)]
    async with Rest(house.url) as rest:
        listed = await Webhooks(rest, hooks).list(limit=9)
    assert [it["status"] for it in listed["webhooks"]] == ["active", "unknown"]


async def test_a_list_for_people_is_a_table_and_names_no_secret(bench: Bench) -> None:
    made = await bench.house.webhook(TARGET)
    code, errors, out = await bench.run("list")
    assert (code, errors) == (0, "")
    head, row = out.splitlines()
    names = ["APP", "NAME", "INTEGRATION", "WEBHOOK", "VERSION", "STATUS", "WAITING", "SINCE", "CIRCUIT", "TARGET"]
    assert head.split() == names
    cells = row.split()
    assert cells == [bench.house.app_id, "app", made["id"], hook_of(made), "v2", "active", "0", "-", "closed", TARGET]
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
            flags = ("--data", str(tmp_path), "--host", host, "--port", port, "--path-prefix", "/chat/sc")
            async with command("webhooks", "list", "--json", *flags) as tool:
                code, errors, out = await tool.end()
            assert (code, errors) == (0, "")
            found = json.loads(out)["webhooks"]
            assert [(it["webhookId"], it["status"]) for it in found] == [(hook_of(made), "active")]
        bare = bench.gateway.url.removesuffix("/chat/sc")
        for words in (("list",), ("events", "--webhook-id", hook_of(made)), ("test", "--webhook-id", hook_of(made))):
            assert await bench.run(*words, url=bare) == (1, f"{ELSEWHERE}\n", "")


# What it was told


async def test_a_test_event_is_sent_at_once_and_its_answer_shown(bench: Bench, receiver: Receiver) -> None:
    hook = hook_of(await bench.house.webhook(receiver.url))
    receiver.says = "thank\nyou\x1b[2J"
    code, errors, out = await bench.run("test", "--webhook-id", hook)
    assert (code, errors) == (0, "")
    shown = dict(line.split(": ", 1) for line in out.splitlines())
    assert (shown["outcome"], shown["status"], shown["answer"]) == ("succeeded", "200", "thank you [2J")
    assert [it["type"] for it in receiver.events] == ["webhook:test"]
    assert json.loads(shown["events"]) == [receiver.events[0]["id"]]


async def test_a_test_event_that_is_not_accepted_is_a_failure(bench: Bench, receiver: Receiver) -> None:
    hook = hook_of(await bench.house.webhook(receiver.url))
    receiver.answer = 503
    code, errors, out = await bench.run("test", "--webhook-id", hook, "--json")
    assert (code, errors) == (1, "The test event was not accepted\n")
    attempt = json.loads(out)["attempt"]
    assert (attempt["outcome"], attempt["status"]) == ("failed", 503)


async def test_attempts_are_shown_newest_first_and_page_by_page(bench: Bench, receiver: Receiver) -> None:
    made = await bench.house.webhook(receiver.url)
    path = f"/integrations/{made['id']}/webhooks/{hook_of(made)}/test"
    for number in range(102):
        receiver.answer = 500 if number == 1 else 200
        assert (await bench.house.rest("POST", path, {})).status == 200
    told = [it["events"][0]["id"] for it in reversed(receiver.calls)]
    whole = await bench.said("attempts", "--webhook-id", hook_of(made), "--limit", "200")
    assert [it["events"] for it in whole["attempts"]] == [[it] for it in told]
    assert whole["hasMore"] is False
    part = await bench.said("attempts", "--webhook-id", hook_of(made), "--limit", "101")
    assert [it["events"] for it in part["attempts"]] == [[it] for it in told[:101]]
    assert part["hasMore"] is True
    failed = await bench.said("attempts", "--webhook-id", hook_of(made), "--failed")
    assert [(it["events"], it["status"]) for it in failed["attempts"]] == [([told[100]], 500)]
    _, _, out = await bench.run("attempts", "--webhook-id", hook_of(made), "--event-id", told[0])
    head, row = out.splitlines()
    assert head.split()[:5] == ["AT", "OUTCOME", "STATUS", "MS", "EVENTS"]
    assert row.split()[1:3] == ["succeeded", "200"]
    assert row.split()[4:6] == ["1", told[0]]


async def test_an_endpoint_that_nobody_reaches_is_shown_with_why_and_until_when(bench: Bench) -> None:
    hook = hook_of(await bench.house.webhook(TARGET, "conversation:message"))
    said = (await bench.house.says(await bench.house.group("ann"), "one")).body["messages"][0]["id"]
    async with asyncio.timeout(PATIENCE_S):
        while not (calls := (await bench.said("attempts", "--webhook-id", hook))["attempts"]):
            pass
    assert (calls[-1]["events"], calls[-1]["outcome"], "status" in calls[-1]) == ([said], "failed", False)
    assert calls[-1]["answer"].startswith("cannot connect to 127.0.0.1:9 [")
    _, _, out = await bench.run("attempts", "--webhook-id", hook)
    assert out.splitlines()[-1].split()[1:3] == ["failed", "-"]
    (event,) = (await bench.said("events", "--webhook-id", hook, "--status", "waiting"))["events"]
    assert (event["id"], event["attempts"]) == (said, 0)
    (listed,) = (await bench.said("list"))["webhooks"]
    assert listed["waiting"]["events"] == 1
    assert listed["circuit"] != "closed"


# What repairs it


@asynccontextmanager
async def given_up(data: Path, receiver: Receiver) -> AsyncIterator[tuple[Bench, str, list[str]]]:
    """A webhook that was given up on for three messages; it answers again. Gives its id and theirs."""
    async with benched(data, webhook_intervals_s="0") as bench:
        room = await bench.house.group("ann")
        hook = hook_of(await bench.house.webhook(receiver.url, "conversation:message"))
        receiver.answer = 500
        ids = [(await bench.house.says(room, text)).body["messages"][0]["id"] for text in "abc"]
        refused = 2 * len(ids)  # each alone, and once more
        await receiver.until(lambda: sum(len(it["events"]) for it in receiver.calls) >= refused)
        async with asyncio.timeout(PATIENCE_S):
            while len((found := await bench.said("events", "--webhook-id", hook))["events"]) < len(ids):
                pass
        assert sorted(it["id"] for it in found["events"]) == sorted(ids)
        receiver.answer = 200
        yield bench, hook, ids


def heard(receiver: Receiver) -> list[str]:
    return [it["id"] for it in receiver.heard("conversation:message")]


async def test_what_was_given_up_is_told_again_in_order(tmp_path: Path, receiver: Receiver) -> None:
    async with given_up(tmp_path, receiver) as (bench, hook, ids):
        assert await bench.said("replay", "--webhook-id", hook, "--failed") == {"replayed": 3}
        assert await receiver.until(lambda: heard(receiver) if len(heard(receiver)) == 3 else None) == ids
        assert await bench.run("replay", "--webhook-id", hook, "--failed") == (0, "", "replayed: 0\n")


async def test_one_event_is_told_again_and_all_since_a_time(tmp_path: Path, receiver: Receiver) -> None:
    async with given_up(tmp_path, receiver) as (bench, hook, ids):
        assert await bench.said("replay", "--webhook-id", hook, "--event-id", ids[1]) == {"replayed": 1}
        await receiver.until(lambda: heard(receiver) == [ids[1]])
        assert await bench.said("replay", "--webhook-id", hook, "--since", "2099-01-01T00:00:00Z") == {"replayed": 0}
        assert await bench.said("replay", "--webhook-id", hook, "--since", "1h") == {"replayed": 3}
        await receiver.until(lambda: heard(receiver) == [ids[1], *ids])


async def test_events_are_shown_with_the_call_that_tells_them(tmp_path: Path, receiver: Receiver) -> None:
    async with given_up(tmp_path, receiver) as (bench, hook, ids):
        _, _, out = await bench.run("events", "--webhook-id", hook)
        rows = [line.split() for line in out.splitlines()]
        assert rows[0] == ["EVENT", "TYPE", "AT", "CONVERSATION", "STATUS", "ATTEMPTS", "ENDED", "DUE"]
        assert sorted(row[0] for row in rows[1:]) == sorted(ids)
        assert {(row[1], row[4], row[5]) for row in rows[1:]} == {("conversation:message", "failed", "2")}
        for status in ("waiting", "delivered"):
            found = await bench.said("events", "--webhook-id", hook, "--status", status)
            assert found == {"events": [], "hasMore": False}
        one = await bench.said("event", "--webhook-id", hook, "--event-id", ids[0])
        assert one["event"]["call"]["events"][0]["payload"]["message"]["content"]["text"] == "a"
        for words in (("event",), ("replay",)):
            sentence = await bench.refusal(*words, "--webhook-id", hook, "--event-id", "0" * 24)
            assert sentence == EVENT_NOT_FOUND.title


async def test_a_pause_holds_back_what_a_resume_sends(bench: Bench, receiver: Receiver) -> None:
    made = await bench.house.webhook(receiver.url, "conversation:message")
    hook = hook_of(made)
    room = await bench.house.group("ann")
    paused = await bench.said("pause", "--webhook-id", hook)
    assert paused["delivery"]["status"] == "paused"
    said = [(await bench.house.says(room, text)).body["messages"][0]["id"] for text in "ab"]
    listed = (await bench.said("list"))["webhooks"][0]
    assert (listed["status"], listed["waiting"]["events"]) == ("paused", 2)
    assert receiver.arrived == 0
    code, errors, out = await bench.run("resume", "--webhook-id", hook)
    assert (code, errors) == (0, "")
    assert "status: active\n" in out
    assert "whsec_" not in out + json.dumps([paused, listed])
    await receiver.until(lambda: heard(receiver) == said)


async def test_a_new_secret_is_shown_beside_the_former_one(bench: Bench) -> None:
    hook = hook_of(await bench.house.webhook(TARGET))
    (first,) = (await bench.said("rotate-secret", "--webhook-id", hook, "--grace-seconds", "0"))["delivery"][
        "signingSecrets"
    ]
    _, _, out = await bench.run("rotate-secret", "--webhook-id", hook)
    shown = dict(line.split(": ", 1) for line in out.splitlines())
    second, former = json.loads(shown["signingSecrets"])
    assert former["secret"] == first["secret"] != second["secret"]
    assert ("until" in first, "until" in second, "until" in former) == (False, False, True)
    sentence = await bench.refusal("rotate-secret", "--webhook-id", hook, "--grace-seconds", "-1")
    assert "graceSeconds" in sentence


async def test_a_webhook_of_v1_goes_by_the_id_that_v1_names(bench: Bench, receiver: Receiver) -> None:
    old = await bench.house.old_webhook(receiver.url)
    said = await bench.said("test", "--webhook-id", old["_id"])
    assert said["attempt"]["outcome"] == "succeeded"
    assert receiver.calls[0]["trigger"] == "webhook:test"
    made = await bench.house.webhook(TARGET)
    path = f"/integrations/{made['id']}/webhooks"
    assert (
        await bench.house.rest("POST", path, {"target": TARGET, "triggers": ["conversation:message"]})
    ).status == 201
    sentence = await bench.refusal("test", "--webhook-id", made["id"])
    assert sentence.startswith(f"webhook-id: the integration {made['id']} has several webhooks")


# What stands in the way


async def test_nobody_answers(bench: Bench) -> None:
    made = await bench.house.webhook(TARGET)
    where = nobody()
    for words in (("list",), ("pause", "--webhook-id", hook_of(made))):
        code, errors, out = await bench.run(*words, url=where)
        assert (code, out, errors.count("\n")) == (1, "", 1)
        assert errors.startswith(f"url: nobody answers at {where} (Connection refused); ")


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


async def test_the_gateway_of_another_folder_answers(bench: Bench, tmp_path: Path) -> None:
    await bench.house.webhook(TARGET)
    async with benched(tmp_path / "other") as other:
        sentence = await bench._replace(gateway=other.gateway).refusal("list")
    assert sentence == f"data: the gateway at {other.gateway.url} does not know the key from this folder; " + (
        "is it another one's?"
    )


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
