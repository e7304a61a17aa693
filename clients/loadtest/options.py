"""What a run may be told, and its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from cyclopts import Parameter, validators

Scenario: TypeAlias = Literal["rooms", "webhooks", "backlog", "compare", "idle", "connects", "resume", "soak"]
Source: TypeAlias = Literal["devices", "rest"]

MAX_SOCKETS: Final = 25_000  # what the ephemeral ports of one address allow
MAX_WEBHOOKS: Final = 10  # of an app, in the gateway
STAMP_BYTES: Final = 17


class BadOptions(ValueError):
    """A run that may not be made; the sentence says why."""


def between(low: float, high: float) -> Parameter:
    """A number's bounds, as the command line checks them."""
    return Parameter(validator=validators.Number(gte=low, lte=high))


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How much load, of what kind, on what.

    Parameters
    ----------
    url
        The gateway, on this machine. Without it one is started with data of its own, and stopped.
    spawn
        Start a gateway; the same as giving no url.
    app_id
        The app to load, when there is a url.
    key_id
        An app key of it.
    secret
        The key's secret.
    integration_id
        The integration that the devices come through.
    sockets
        Devices, each of a user of its own.
    room_size
        Participants of each conversation.
    text_bytes
        Length of each message's text.
    rate
        Messages a second in all; without it as many as the gateway takes.
    in_flight
        Without a rate: unanswered messages in each room; its devices speak in turn.
    seconds
        Measured time.
    minutes
        Measured time (soak).
    warmup_seconds
        Time of the same load before that.
    drain_seconds
        Longest wait for what is under way when the time is over.
    progress_seconds
        Between two lines that say how it goes; without it a second, and a minute where it soaks.
    missed
        Messages posted to each room while all devices are cut off (resume).
    in_rooms
        Devices sit in rooms, which their welcome shows (connects, idle).
    source
        Who speaks (webhooks, backlog): devices, which hear each other, or the business over REST, to nobody.
    webhooks
        Webhooks that take what they are told (webhooks, backlog).
    one_per_call
        Webhooks are told one event a call (webhooks, backlog).
    answer_ms
        How long a webhook takes to answer (webhooks, backlog).
    failing_webhooks
        Webhooks beside them that answer 500 (webhooks, backlog).
    hanging_webhooks
        Webhooks beside them that never answer (webhooks, backlog).
    trickling_webhooks
        Webhooks beside them that answer a byte a second (webhooks, backlog).
    rounds
        Runs with and without webhooks (compare).
    lanes
        Connections and REST requests made at a time, in each process.
    processes
        Generator processes.
    json
        Print the result as one JSON object.
    """

    url: str | None = None
    spawn: bool = False
    app_id: str = ""
    key_id: str = ""
    secret: str = ""
    integration_id: str = ""
    sockets: Annotated[int, between(1, MAX_SOCKETS)] = 1_000
    room_size: Annotated[int, between(1, 10)] = 10
    text_bytes: Annotated[int, between(STAMP_BYTES, 4_096)] = 200
    rate: Annotated[float | None, between(0.1, 1_000_000)] = None
    in_flight: Annotated[int, between(1, 100)] = 1
    seconds: Annotated[float, between(0.1, 600)] = 10.0
    warmup_seconds: Annotated[float, between(0, 60)] = 2.0
    drain_seconds: Annotated[float, between(0, 60)] = 15.0
    minutes: Annotated[float, between(0.01, 600)] = 30.0
    progress_seconds: Annotated[float | None, between(0.1, 600)] = None
    missed: Annotated[int, between(1, 500)] = 10
    in_rooms: bool = False
    source: Source = "devices"
    webhooks: Annotated[int, between(1, MAX_WEBHOOKS)] = 1
    one_per_call: bool = False
    answer_ms: Annotated[float, between(0, 10_000)] = 0.0
    failing_webhooks: Annotated[int, between(0, MAX_WEBHOOKS)] = 0
    hanging_webhooks: Annotated[int, between(0, MAX_WEBHOOKS)] = 0
    trickling_webhooks: Annotated[int, between(0, MAX_WEBHOOKS)] = 0
    rounds: Annotated[int, between(1, 20)] = 3
    lanes: Annotated[int, between(1, 1_000)] = 64
    processes: Annotated[int, between(1, 16)] = 1
    json: bool = False

    def __post_init__(self) -> None:
        """Raises `BadOptions`, above all for what would load a machine that is not this one."""
        bad = self.failing_webhooks + self.hanging_webhooks + self.trickling_webhooks
        if self.webhooks + bad > MAX_WEBHOOKS:
            message = f"An app has {MAX_WEBHOOKS} webhooks at most."
            raise BadOptions(message)
        if self.url is None:
            return
        if self.spawn:
            message = "Give --url or --spawn, not both."
            raise BadOptions(message)
        if not all((self.app_id, self.key_id, self.secret, self.integration_id)):
            message = "With --url, --app-id, --key-id, --secret and --integration-id are needed."
            raise BadOptions(message)
        if not is_loopback(urlsplit(self.url).hostname or ""):
            message = f"{self.url} is not on this machine: only a loopback address may be loaded."
            raise BadOptions(message)


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
