"""The commands by name, and where their settings come from."""

import os
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import cyclopts
from cyclopts import App, Parameter

from gateway import __version__, bootstrap, errands
from gateway.cli import webhooks
from gateway.cli.flags import DEFAULTS, AsJson, Given, run
from gateway.cli.sheet import show
from gateway.config import BadSetting, Settings
from gateway.premises import CannotStart

PREFIX = "GATEWAY_"

app = App(
    name="gateway",
    version=__version__,
    help="A self-hosted, realtime chat gateway for SDK clients.",
    exit_on_error=False,
    print_error=False,
)

app.command(webhooks.app)


@app.command
def serve(settings: Given = DEFAULTS) -> None:
    """Serve REST, device sockets and webhooks."""
    run(bootstrap.serve(settings), settings)


@app.command
def demo(settings: Given = DEFAULTS) -> None:
    """Make sample people and conversations, and serve a page to try it."""
    run(bootstrap.demo(settings), settings)


@app.command
def create_app(*, name: str, json: AsJson = False, settings: Given = DEFAULTS) -> None:
    """Make an app with a key and an integration for each SDK platform."""
    made = run(errands.create_app(settings, name), settings)
    shown = {
        "appId": made.app_id,
        "keyId": made.key_id,
        "secret": made.secret,
        "integrations": made.integrations,
    }
    show(shown, json)


@app.command
def create_account_key(*, json: AsJson = False, settings: Given = DEFAULTS) -> None:
    """Make a key that opens the whole installation."""
    key = run(errands.create_account_key(settings), settings)
    show({"keyId": key.id, "secret": key.secret}, json)


@app.command
def create_oauth_client(
    *, name: str, redirect_uri: tuple[str, ...], json: AsJson = False, settings: Given = DEFAULTS
) -> None:
    """Register a product that app owners may let in; each --redirect-uri is an address to send them back to."""
    made = run(errands.create_partner(settings, name, redirect_uri), settings)
    show({"clientId": made.id, "secret": made.secret, "redirectUri": made.redirect_uris[0]}, json)


@app.command
def jwt(*, app_id: str, external_id: str, settings: Given = DEFAULTS) -> None:
    """Print a token that logs a user in, for development."""
    print(run(errands.user_token(settings, app_id, external_id), settings))


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
