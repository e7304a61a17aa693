"""`gateway webhooks`: what the running gateway knows of its webhooks, and what repairs them."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gateway import bootstrap, errands
from gateway.cli import moments
from gateway.cli.flags import DEFAULTS, AsJson, Given, run
from gateway.cli.sheet import show, table
from gateway.config import Settings
from gateway.premises import CannotStart
from gateway.remote.webhooks import Webhooks

Json = dict[str, Any]

app = App(name="webhooks", help="See and repair the webhooks of the running gateway.")


@dataclass(frozen=True, kw_only=True)
class Manner:
    """Where it is asked, and how the answer is shown."""

    url: Annotated[str, Parameter(help="Where the gateway listens, if not at its host, port and path prefix")] = ""
    json: AsJson = False


HERE = Manner()

How = Annotated[Manner, Parameter(name="*")]
Id = Annotated[str, Parameter(help="The webhook, as list names it")]
Limit = Annotated[int, Parameter(help="How many are shown at most")]
Yes = Parameter(negative="")

LISTED = ("APP", "NAME", "INTEGRATION", "WEBHOOK", "VERSION", "STATUS", "WAITING", "SINCE", "CIRCUIT", "TARGET")
ATTEMPTS = ("AT", "OUTCOME", "STATUS", "MS", "EVENTS", "FIRST EVENT", "ANSWER")
EVENTS = ("EVENT", "TYPE", "AT", "CONVERSATION", "STATUS", "ATTEMPTS", "ENDED", "DUE")


@app.command(name="list")
def list_(*, app_id: str | None = None, limit: Limit = 50, how: How = HERE, settings: Given = DEFAULTS) -> None:
    """Show the webhooks of all apps, or of one."""
    _check(limit)
    found = _ask(how, settings, lambda it: it.list(limit), app_id)
    _sheet(found, "webhooks", LISTED, _hook, how)


@app.command
def attempts(
    *,
    webhook_id: Id,
    event_id: str | None = None,
    failed: Annotated[bool, Yes] = False,
    limit: Limit = 50,
    how: How = HERE,
    settings: Given = DEFAULTS,
) -> None:
    """Show the last calls of a webhook, newest first, and what they were answered."""
    _check(limit)
    filters = ({"eventId": event_id} if event_id else {}) | ({"status": "failed"} if failed else {})
    found = _ask(how, settings, lambda it: it.attempts(webhook_id, filters, limit))
    _sheet(found, "attempts", ATTEMPTS, _attempt, how)


@app.command
def events(
    *,
    webhook_id: Id,
    status: Literal["failed", "waiting", "delivered"] = "failed",
    limit: Limit = 50,
    how: How = HERE,
    settings: Given = DEFAULTS,
) -> None:
    """Show what a webhook was not told, is still to be told, or was told."""
    _check(limit)
    found = _ask(how, settings, lambda it: it.events(webhook_id, status, limit))
    _sheet(found, "events", EVENTS, _event, how)


@app.command
def event(*, webhook_id: Id, event_id: str, how: How = HERE, settings: Given = DEFAULTS) -> None:
    """Show one event, with the call that tells it."""
    found = _ask(how, settings, lambda it: it.event(webhook_id, event_id))
    show(found if how.json else found["event"], how.json)


@app.command(name="test")
def send_test(*, webhook_id: Id, how: How = HERE, settings: Given = DEFAULTS) -> None:
    """Send a test event now, and show what it is answered."""
    made = _ask(how, settings, lambda it: it.test(webhook_id))
    show(made if how.json else made["attempt"], how.json)
    if made["attempt"]["outcome"] != "succeeded":
        raise CannotStart("The test event was not accepted")


@app.command
def replay(
    *,
    webhook_id: Id,
    event_id: Annotated[str | None, Parameter(help="This event")] = None,
    failed: Annotated[bool, Parameter(negative="", help="All that were given up")] = False,
    since: Annotated[str | None, Parameter(help="All since then: 2026-11-21T10:00:00Z, or 30m, 2h, 3d ago")] = None,
    how: How = HERE,
    settings: Given = DEFAULTS,
) -> None:
    """Tell a webhook again: one event, all that were given up, or all since some time."""
    which = _which(event_id, failed=failed, since=since)
    show(_ask(how, settings, lambda it: it.replay(webhook_id, which)), how.json)


@app.command
def pause(*, webhook_id: Id, how: How = HERE, settings: Given = DEFAULTS) -> None:
    """Send nothing for now. What happens meanwhile waits."""
    _show_delivery(_ask(how, settings, lambda it: it.pause(webhook_id)), how)


@app.command
def resume(*, webhook_id: Id, how: How = HERE, settings: Given = DEFAULTS) -> None:
    """Send what waits, also to a webhook that had answered that it is gone."""
    _show_delivery(_ask(how, settings, lambda it: it.resume(webhook_id)), how)


@app.command
def rotate_secret(
    *,
    webhook_id: Id,
    grace_seconds: Annotated[int, Parameter(help="For which the former secret signs along")] = 86_400,
    how: How = HERE,
    settings: Given = DEFAULTS,
) -> None:
    """Sign with a new secret, and show it."""
    _show_delivery(_ask(how, settings, lambda it: it.rotate_secret(webhook_id, grace_seconds)), how)


def _ask(
    how: Manner, settings: Settings, ask: Callable[[Webhooks], Awaitable[Json]], app_id: str | None = None
) -> Json:
    return run(errands.of_webhooks(settings, how.url, app_id, ask), settings)


def _check(limit: int) -> None:
    if limit < 1:
        raise CannotStart("limit: should be above 0")


def _which(event_id: str | None, *, failed: bool, since: str | None) -> Json:
    """What REST is asked to replay."""
    chosen: list[Json] = []
    if event_id is not None:
        chosen.append({"eventId": event_id})
    if failed:
        chosen.append({"failed": True})
    if since is not None:
        chosen.append({"since": moments.since(since, bootstrap.now_ms())})
    if len(chosen) != 1:
        raise CannotStart("replay: exactly one of --event-id, --failed and --since should be given")
    return chosen[0]


def _sheet(
    found: Json, name: str, columns: Sequence[str], row: Callable[[Json], Sequence[object]], how: Manner
) -> None:
    if how.json:
        show(found, as_json=True)
        return
    table(columns, map(row, found[name]))
    if found["hasMore"]:
        print("There are more: --limit shows them", file=sys.stderr)


def _show_delivery(made: Json, how: Manner) -> None:
    show(made if how.json else made["delivery"], how.json)


def _hook(it: Json) -> Sequence[object]:
    names = ("appId", "appName", "integrationId", "webhookId", "version", "status")
    waiting = it.get("waiting", {})
    return (*map(it.get, names), waiting.get("events"), waiting.get("oldest"), it.get("circuit"), it["target"])


def _attempt(it: Json) -> Sequence[object]:
    told = it["events"]
    first = told[0] if told else None
    return (it["createdAt"], it["outcome"], it.get("status"), it["durationMs"], len(told), first, it["answer"])


def _event(it: Json) -> Sequence[object]:
    where = it.get("conversation", {}).get("id")
    told = (it["id"], it["type"], it["createdAt"], where, it["status"], it["attempts"])
    return (*told, it.get("endedAt"), it.get("dueAt"))
