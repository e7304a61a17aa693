"""The command line. Settings come from flags, else the environment, else the TOML file of `--config`."""

import os
import sys
import tomllib
from collections.abc import Coroutine
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

import cyclopts
from cyclopts import App, Parameter

from gateway import __version__, bootstrap
from gateway.config import BadSetting, Settings
from gateway.premises import CannotStart

T = TypeVar("T")

PREFIX = "GATEWAY_"

app = App(
    name="gateway",
    version=__version__,
    help="A self-hosted, realtime chat gateway for SDK clients.",
    exit_on_error=False,
    print_error=False,
)

DEFAULTS = Settings()

Given = Annotated[Settings, Parameter(name="*")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object")]


@app.command
def serve(settings: Given = DEFAULTS) -> None:
    """Serve REST, device sockets and webhooks."""
    _run(bootstrap.serve(settings), settings)


@app.command
def demo(settings: Given = DEFAULTS) -> None:
    """Make sample people and conversations, and serve a page to try it."""
    _run(bootstrap.demo(settings), settings)


@app.command
def create_app(*, name: str, json: AsJson = False, settings: Given = DEFAULTS) -> None:
    """Make an app with a key and an integration for each SDK platform."""
    made = _run(bootstrap.create_app(settings, name), settings)
    shown = {
        "appId": made.app_id,
        "keyId": made.key_id,
        "secret": made.secret,
        "integrations": made.integrations,
    }
    _show(shown, json)


@app.command
def create_account_key(*, json: AsJson = False, settings: Given = DEFAULTS) -> None:
    """Make a key that opens the whole installation."""
    key = _run(bootstrap.create_account_key(settings), settings)
    _show({"keyId": key.id, "secret": key.secret}, json)


@app.command
def create_oauth_client(
    *, name: str, redirect_uri: tuple[str, ...], json: AsJson = False, settings: Given = DEFAULTS
) -> None:
    """Register a product that app owners may let in; each --redirect-uri is an address to send them back to."""
    made = _run(bootstrap.create_partner(settings, name, redirect_uri), settings)
    _show({"clientId": made.id, "secret": made.secret, "redirectUri": made.redirect_uris[0]}, json)


@app.command
def jwt(*, app_id: str, external_id: str, settings: Given = DEFAULTS) -> None:
    """Print a token that logs a user in, for development."""
    print(_run(bootstrap.user_token(settings, app_id, external_id), settings))


def _show(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(bootstrap.one_line(made))
        return
    for name, value in made.items():
        print(f"{name}: {value if isinstance(value, str) else bootstrap.one_line(value)}")


def _run(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    bootstrap.logging_to_stderr(settings.log_level)
    return bootstrap.run(work)


@app.meta.default
def launch(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    config: Annotated[Path | None, Parameter(help="A TOML file with settings")] = None,
) -> None:
    sources: list[Any] = [cyclopts.config.Env(PREFIX, command=False)]
    if config is not None:
        check_file(config)
        sources.append(cyclopts.config.Toml(config, use_commands_as_keys=False))
    app.config = tuple(sources)
    app(words)


def check_variables() -> None:
    """Raises `BadSetting` for a variable that looks like a setting and is none."""
    known = {PREFIX + it.name.upper() for it in fields(Settings)}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            raise BadSetting(f"{name} is not a setting of the gateway")


def check_file(config: Path) -> None:
    """Raises `BadSetting` for a file that cannot be read, and for a line in it that is no setting."""
    known = {it.name for it in fields(Settings)}
    try:
        lines = tomllib.loads(config.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadSetting(f"config: cannot read {config} ({error})") from None
    for name in lines:
        if name.replace("-", "_") not in known:
            raise BadSetting(f"{name} in {config} is not a setting of the gateway")


def main() -> None:
    try:
        check_variables()
        app.meta(sys.argv[1:])
    except (CannotStart, BadSetting, cyclopts.CycloptsError) as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
