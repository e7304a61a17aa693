"""Settings: a flag, else a variable, else a line of the file; an unknown or bad one stops the start and is named."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from gateway import cli
from gateway.config import Settings
from tests.journeys.process import command, new_app, serving, spoken_to

NUMBERS = {
    *("port", "max_unsent_bytes", "commands_per_second", "webhook_timeout_s", "remote_media_timeout_s", "drain_s"),
    *("user_commands_per_second", "requests_per_second", "connects_per_second", "anonymous_per_hour"),
    *("max_sockets", "max_sockets_per_user", "data_wait_s", "workers", "ready_s"),
}
UNKNOWN = "is not a setting of the gateway"

Refusal = Callable[..., str]


def flags(**settings: object) -> list[str]:
    """Each as two words; one that is on or off says which after an equals sign."""
    named = {f"--{name.replace('_', '-')}": value for name, value in settings.items()}
    pairs = ((f"{it}={value}",) if isinstance(value, bool) else (it, str(value)) for it, value in named.items())
    return [word for pair in pairs for word in pair]


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Refusal]:
    """With which sentence `gateway` ends before it starts anything. Nothing else may be said."""

    def run(*words: str, toml: str | None = None, **variables: str) -> str:
        given = ["gateway", *words]
        if toml is not None:
            (tmp_path / "gateway.toml").write_text(toml)
            given += ["--config", str(tmp_path / "gateway.toml")]
        for name, value in variables.items():
            monkeypatch.setenv(f"GATEWAY_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", given)
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert capsys.readouterr() == ("", "")
        return str(end.value.code)

    yield run
    assert not (tmp_path / "data").exists()


# Where a setting comes from


async def test_a_flag_beats_a_variable_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text('path_prefix = "/file"\ncommands_per_second = 7\nlog-level = "error"\n')
    app = await new_app(tmp_path)
    config = ("serve", *flags(data=tmp_path, port=0, config=tmp_path / "gateway.toml"))
    for words, variables, prefix in (
        ((*config, "--path-prefix", "/flag"), {"path_prefix": "/variable"}, "/flag"),
        (config, {"path_prefix": "/variable"}, "/variable"),
        (config, {}, "/file"),
    ):
        async with command(*words, **variables) as gateway, spoken_to(await gateway.ready(), app) as house:
            assert gateway.url.endswith(prefix)
            ann = await house.device("ann")
            assert ann.welcome["limits"]["commandsPerSecond"] == 7


async def test_every_setting_can_be_given_in_each_way(tmp_path: Path) -> None:
    """Its default, said aloud: a new setting is tried here by itself."""
    chosen = {it.name: it.default for it in fields(Settings)} | {"data": tmp_path / "data", "port": 0}
    lines = (f"{name} = {value if name in NUMBERS else repr(str(value))}\n" for name, value in chosen.items())
    (tmp_path / "gateway.toml").write_text("".join(lines))
    variables = {name: str(value) for name, value in chosen.items()}
    for words, environment in (
        (flags(**chosen), {}),
        ((), variables),
        (flags(config=tmp_path / "gateway.toml"), {}),
    ):
        async with command("serve", *words, **environment) as gateway:
            await gateway.ready()


async def test_a_name_is_written_either_way_in_the_file(tmp_path: Path) -> None:
    for name in ("path-prefix", "path_prefix"):
        (tmp_path / "gateway.toml").write_text(f'{name} = "/sc"\n')
        words = ("serve", *flags(data=tmp_path, port=0, config=tmp_path / "gateway.toml"))
        async with command(*words) as gateway:
            assert (await gateway.ready()).endswith("/sc")


# What stops the start

BAD = {
    "port": ["-1", "65536"],
    "path_prefix": ["sc", "/", "/sc/", "//", "/a b", "/{x}", "/é", "/a?b", "/a%20b", "http://x"],
    "public_url": [
        "chat.example.com",
        "ftp://x",
        "https://",
        "https://x/?a",
        "https://x/#a",
        "https://me@x",
        "https://x y",
    ],
    "attachments_url": ["nonsense", "s3://", "/files", "http://x/y", "memory:///"],
    "remote_media_timeout_s": ["0", "-1", "nan", "inf"],
    "allowed_networks": ["127.0.0.1/99", "localhost", "127.0.0.0/8,nonsense", "5"],
    "max_unsent_bytes": ["0", "-5"],
    "commands_per_second": ["0", "-1"],
    "user_commands_per_second": ["-1"],
    "requests_per_second": ["0", "-1"],
    "connects_per_second": ["0", "-1", "nan", "inf"],
    "anonymous_per_hour": ["0", "-1", "nan", "inf"],
    "trusted_proxies": ["127.0.0.1/99", "localhost", "127.0.0.0/8,nonsense"],
    "max_sockets": ["-1"],
    "max_sockets_per_user": ["0", "-1"],
    "webhook_timeout_s": ["0", "-1", "nan", "inf"],
    "webhook_intervals_s": ["soon", "1,two", "-1", "nan", "inf"],
    "workers": ["0", "2", "-1"],
    "ready_s": ["0", "-1", "nan", "inf"],
    "drain_s": ["-0.1", "nan", "inf"],
    "data_wait_s": ["-0.1", "nan", "inf"],
    "log_level": ["loud", "INFO", ""],
}
PAIRS = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), PAIRS)
def test_a_bad_value_is_named_wherever_it_stands(refusal: Refusal, name: str, value: str) -> None:
    for said in (
        refusal("serve", f"--{name.replace('_', '-')}={value}"),
        refusal("serve", toml=f"{name} = {value if name in NUMBERS else repr(value)}\n"),
        refusal("serve", **{name: value}),
    ):
        assert said.startswith(f"{name} should ")
        assert "\n" not in said


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_what_is_no_number_is_named(refusal: Refusal, name: str) -> None:
    flag = f"--{name.replace('_', '-')}"
    for value in ("many", ""):
        assert flag in refusal("serve", f"{flag}={value}")
    assert f"[{name}]" in refusal("serve", toml=f'{name} = "many"\n')
    assert f"GATEWAY_{name.upper()}" in refusal("serve", **{name: "many"})


@pytest.mark.parametrize("words", [("serve", "--prot", "1"), ("demo", "-x"), ("create-app", "--name", "x", "--jsn")])
def test_an_unknown_flag_is_named(refusal: Refusal, words: tuple[str, ...]) -> None:
    assert next(it for it in words if it in ("--prot", "-x", "--jsn")) in refusal(*words)


def test_a_flag_without_its_value_is_named(refusal: Refusal) -> None:
    assert "--port" in refusal("serve", "--port")
    assert "--name" in refusal("create-app")
    assert "--external-id" in refusal("jwt", "--app-id", "x")


def test_a_word_too_many_is_named(refusal: Refusal) -> None:
    assert "extra" in refusal("serve", "extra")
    assert "srve" in refusal("srve")


@pytest.mark.parametrize("words", [("serve",), ("create-app", "--name", "x"), ("--help",)])
def test_an_unknown_variable_is_named(refusal: Refusal, words: tuple[str, ...]) -> None:
    assert refusal(*words, prot="1") == f"GATEWAY_PROT {UNKNOWN}"


@pytest.mark.parametrize("line", ["prot = 1", "[serve]\nport = 1", "PORT = 1", "name = 'x'", '"" = 1'])
def test_an_unknown_line_of_the_file_is_named(refusal: Refusal, tmp_path: Path, line: str) -> None:
    name = line.split("=")[0].split("\n")[0].strip('[] "')
    assert refusal("serve", toml=f"{line}\n") == f"{name} in {tmp_path / 'gateway.toml'} {UNKNOWN}"


@pytest.mark.parametrize("text", ["port = ", "port", "port = 1\nport = 2", "\x00"])
def test_a_broken_file_is_named(refusal: Refusal, tmp_path: Path, text: str) -> None:
    assert refusal("serve", toml=text).startswith(f"config: cannot read {tmp_path / 'gateway.toml'} (")


def test_a_file_that_is_not_there_is_named(refusal: Refusal, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.toml", tmp_path):
        assert refusal("serve", "--config", str(path)).startswith(f"config: cannot read {path} (")
    (tmp_path / "latin.toml").write_bytes(b'host = "\xff"')
    assert str(tmp_path / "latin.toml") in refusal("serve", "--config", str(tmp_path / "latin.toml"))


async def test_a_process_ends_with_the_sentence_and_nothing_else(tmp_path: Path) -> None:
    async with command("serve", "--data", str(tmp_path / "data"), port="many") as gateway:
        code, errors, out = await gateway.end()
    assert (code, out) == (1, "")
    assert errors.count("\n") == 1
    assert "GATEWAY_PORT" in errors


@pytest.mark.parametrize("what", ["a file", "no database", "below a file"])
@pytest.mark.parametrize(
    "words", [("serve", "--port", "0"), ("create-app", "--name", "x")], ids=["serve", "create-app"]
)
async def test_data_that_cannot_be_used(tmp_path: Path, what: str, words: tuple[str, ...]) -> None:
    data = tmp_path / "data"
    if what == "no database":
        data.mkdir()
        (data / "gateway.db").write_bytes(b"x" * 5_000)
    else:
        data.write_text("")
    path = data / "below" if what == "below a file" else data
    async with command(*words, "--data", str(path)) as gateway:
        code, errors, out = await gateway.end()
    assert (code, out) == (1, "")
    assert errors.startswith(f"data: cannot use {path} (")
    assert errors.count("\n") == 1


async def test_a_host_that_is_none(tmp_path: Path) -> None:
    async with serving(tmp_path, host="nowhere.invalid") as gateway:
        code, errors, out = await gateway.end()
    assert (code, out) == (1, "")
    assert errors.startswith("host: cannot find nowhere.invalid (")
