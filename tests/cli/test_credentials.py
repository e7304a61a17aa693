"""`gateway create-app`, `create-account-key` and `jwt`: what they print is what opens the gateway."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest

from gateway.flow.provision import Credentials
from tests.journeys.process import command, new_app, serving, spoken_to

ID = "[0-9a-f]{24}"
SECRET = re.compile(r"[\w-]{86}")


async def printed(*words: str, data: Path) -> str:
    """What a command prints when all goes well: on stdout alone."""
    async with command(*words, "--data", str(data)) as run:
        code, errors, out = await run.end()
    assert (code, errors) == (0, "")
    return out


async def printed_json(*words: str, data: Path) -> dict[str, Any]:
    """The one line of `--json`."""
    out = await printed(*words, "--json", data=data)
    assert out.count("\n") == 1
    made: dict[str, Any] = json.loads(out)
    return made


async def test_an_app_as_json(tmp_path: Path) -> None:
    made = await printed_json("create-app", "--name", "shop", data=tmp_path / "new" / "folder")
    assert set(made) == {"appId", "keyId", "secret", "integrations"}
    assert re.fullmatch(ID, made["appId"])
    assert re.fullmatch(f"app_{ID}", made["keyId"])
    assert SECRET.fullmatch(made["secret"])
    assert set(made["integrations"]) == {"web", "ios", "android"}
    ids = list(made["integrations"].values())
    assert all(re.fullmatch(ID, it) for it in ids)
    assert len(set(ids)) == 3


async def test_an_app_for_people(tmp_path: Path) -> None:
    lines = (await printed("create-app", "--name", "shop", data=tmp_path)).splitlines()
    shown = dict(line.split(": ", 1) for line in lines)
    assert list(shown) == ["appId", "keyId", "secret", "integrations"]
    assert set(json.loads(shown["integrations"])) == {"web", "ios", "android"}


async def test_two_apps_may_have_one_name(tmp_path: Path) -> None:
    first, second = [await printed_json("create-app", "--name", "shop", data=tmp_path) for _ in range(2)]
    assert first["appId"] != second["appId"]
    assert first["secret"] != second["secret"]


async def test_an_account_key_as_json(tmp_path: Path) -> None:
    made = await printed_json("create-account-key", data=tmp_path)
    assert set(made) == {"keyId", "secret"}
    assert re.fullmatch(f"act_{ID}", made["keyId"])
    assert SECRET.fullmatch(made["secret"])


async def test_a_token_says_who_it_is_for(tmp_path: Path) -> None:
    app = await new_app(tmp_path)
    token = (await printed("jwt", "--app-id", app.app_id, "--external-id", "ann/ä 🙂", data=tmp_path)).rstrip("\n")
    assert pyjwt.decode(token, app.secret, algorithms=["HS256"]) == {"scope": "user", "external_id": "ann/ä 🙂"}
    assert pyjwt.get_unverified_header(token)["kid"] == app.key_id


async def test_an_oauth_client_as_json(tmp_path: Path) -> None:
    addresses = ("https://bot.example/back?x=y", "http://[::1]:9000")
    words = [word for it in addresses for word in ("--redirect-uri", it)]
    made = await printed_json("create-oauth-client", "--name", "Bot", *words, data=tmp_path)
    assert set(made) == {"clientId", "secret", "redirectUri"}
    assert re.fullmatch(ID, made["clientId"])
    assert SECRET.fullmatch(made["secret"])
    assert made["redirectUri"] == addresses[0]


async def test_a_running_gateway_knows_an_oauth_client_at_once(tmp_path: Path) -> None:
    app = await new_app(tmp_path)
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), app) as house:
        words = ("--name", "Bot", "--redirect-uri", "https://bot.example")
        made = await printed_json("create-oauth-client", *words, data=tmp_path)
        query = {"client_id": made["clientId"], "response_type": "code"}
        async with house.http.get(f"{house.url}/oauth/authorize", params=query) as answer:
            assert (answer.status, "bot.example" in await answer.text()) == (200, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("create-oauth-client", "--name", "", "--redirect-uri", "https://x.y"),
            "name: should have 1 to 100 characters",
        ),
        (
            ("create-oauth-client", "--name", "x", "--redirect-uri", "https://x.y/#z"),
            "redirect-uri: https://x.y/#z should be an http or https URL without a fragment",
        ),
        (
            ("create-oauth-client", "--name", "x", "--redirect-uri", "bot:back"),
            "redirect-uri: bot:back should be an http or https URL without a fragment",
        ),
        (
            ("create-oauth-client", "--name", "x", *("--redirect-uri", "https://x.y") * 11),
            "redirect-uri: should be given 1 to 10 times",
        ),
        (("jwt", "--app-id", "0" * 24, "--external-id", "ann"), "App not found"),
        (("jwt", "--app-id", "x", "--external-id", ""), "external-id: should have 1 to 1024 characters"),
        (("create-app", "--name", ""), "name: should have 1 to 100 characters"),
        (("create-app", "--name", "x" * 101), "name: should have 1 to 100 characters"),
    ],
)
async def test_what_cannot_be_made_is_said_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    async with command(*words, "--data", str(tmp_path)) as run:
        assert await run.end() == (1, f"{sentence}\n", "")


async def test_a_running_gateway_sees_what_is_made_at_once(tmp_path: Path) -> None:
    """An app, its key, its integrations and an account key, each asked for before and after."""
    first = await new_app(tmp_path)
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), first) as house:
        assert (await house.rest("GET", "")).status == 200
        second, account = await asyncio.gather(new_app(tmp_path), printed_json("create-account-key", data=tmp_path))
        async with spoken_to(gateway.url, second) as newcomer:
            assert (await newcomer.rest("GET", "")).body["app"]["id"] == second.app_id
            await newcomer.user("ann")
            for platform in ("web", "ios", "android"):
                ann = await newcomer.device("ann", f"guid-{platform}", integration=platform)
                assert ann.welcome["user"]["externalId"] == "ann"
        key = (account["keyId"], account["secret"])
        listed = await house.rest("GET", "/v2/apps", key=key)
        assert [it["id"] for it in listed.body["apps"]] == [first.app_id, second.app_id]


async def test_an_app_made_while_many_write(tmp_path: Path) -> None:
    """Neither the commands nor the gateway lose anything to each other."""
    app = await new_app(tmp_path)
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), app) as house:
        room = await house.group("ann")
        made: list[Credentials] = []

        async def make() -> None:
            made.append(await new_app(tmp_path))

        async def talk() -> None:
            while len(made) < 2:
                assert (await house.says(room, "still here")).status == 201

        await asyncio.gather(make(), make(), talk(), talk())
        for each in made:
            async with spoken_to(gateway.url, each) as newcomer:
                assert (await newcomer.rest("GET", "")).status == 200
