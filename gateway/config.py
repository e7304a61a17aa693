"""The settings of a gateway: names with units, defaults, and what each is for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from math import inf
from pathlib import Path
from typing import Any, Final

from gateway.domain import limits, retry


class BadSetting(Exception):
    """A sentence that begins with the setting's name."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Each is a flag, else a `GATEWAY_…` variable, else a line of the TOML file that `--config` names."""

    data: Path = field(default=Path("data"), metadata={"help": "Folder of the database and the attachments"})
    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on"})
    port: int = field(default=8080, metadata={"help": "Port to listen on; 0 picks a free one"})
    path_prefix: str = field(default="", metadata={"help": "Path in front of every address, such as /sc"})
    public_url: str = field(
        default="",
        metadata={"help": "Address that the gateway is known by, path prefix included; by default that of a request"},
    )
    attachments_url: str = field(
        default="",
        metadata={"help": "Where attachments are kept, such as s3://bucket/prefix; by default in the data folder"},
    )
    allowed_networks: str = field(
        default="",
        metadata={"help": "Private networks, comma-separated, that webhook targets and files of messages may be in"},
    )
    check_remote_media: bool = field(
        default=True, metadata={"help": "Whether the beginning of a file that a message shows is read and checked"}
    )
    remote_media_timeout_s: float = field(
        default=limits.REMOTE_MEDIA_S, metadata={"help": "Seconds that another server has for that"}
    )
    workers: int = field(default=1, metadata={"help": "Processes that serve; one is all that SQLite allows"})
    max_unsent_bytes: int = field(
        default=1_048_576,
        metadata={"help": "Unsent bytes of one device, above which it is sent away to resume"},
    )
    commands_per_second: int = field(
        default=limits.COMMANDS_PER_SECOND, metadata={"help": "Commands of one device in one second"}
    )
    user_commands_per_second: int = field(
        default=0,
        metadata={
            "help": "Commands of all devices of a user together in one second; "
            f"by default {limits.COMMANDS_OF_USER} times those of one device"
        },
    )
    requests_per_second: int = field(
        default=limits.REQUESTS_PER_SECOND, metadata={"help": "REST requests of one key in one second"}
    )
    connects_per_second: float = field(
        default=limits.CONNECTS_PER_SECOND,
        metadata={
            "help": "Connects of devices from one address in one second; "
            f"those of {limits.CONNECTS_AT_ONCE_S} seconds may come at once"
        },
    )
    anonymous_per_hour: float = field(
        default=limits.ANONYMOUS_PER_HOUR,
        metadata={"help": "Anonymous users made from one address in one hour; all of them may come at once"},
    )
    trusted_proxies: str = field(
        default="127.0.0.0/8,::1/128",
        metadata={
            "help": "Networks, comma-separated, whose X-Forwarded-For says where a device is; they are not limited"
        },
    )
    max_sockets: int = field(
        default=0, metadata={"help": "Devices connected at a time; by default as many as open files allow"}
    )
    max_sockets_per_user: int = field(
        default=limits.SOCKETS_PER_USER, metadata={"help": "Devices of one user connected at a time"}
    )
    webhook_timeout_s: float = field(
        default=retry.TIMEOUT_S, metadata={"help": "Seconds that a webhook has for its answer"}
    )
    webhook_intervals_s: str = field(
        default="documented",
        metadata={
            "help": "Seconds between the attempts of a webhook call, comma-separated, or a schedule: documented or long"
        },
    )
    webhook_history_s: int = field(
        default=limits.HISTORY_S,
        metadata={
            "help": "Seconds for which calls and what they delivered are kept, to be seen and replayed; 0 keeps nothing"
        },
    )
    webhook_failed_s: int = field(
        default=limits.FAILED_S, metadata={"help": "Seconds for which events that were given up are kept"}
    )
    webhook_waiting_s: int = field(
        default=limits.WAITING_S, metadata={"help": "Seconds after which an event that still waits is given up"}
    )
    ready_s: float = field(
        default=2.0, metadata={"help": "Seconds within which /readyz has to hear what the gateway says to itself"}
    )
    drain_s: float = field(default=10.0, metadata={"help": "Seconds that a stop may take"})
    data_wait_s: float = field(
        default=0.0,
        metadata={"help": "Seconds to wait for another gateway to leave the data folder, as in a rolling restart"},
    )
    log_level: str = field(default="info", metadata={"help": "debug, info, warning or error"})

    def __post_init__(self) -> None:
        for setting in fields(self):
            problem = _problem(setting.name, getattr(self, setting.name))
            if problem:
                raise BadSetting(f"{setting.name} {problem}")

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(map(ip_network, _parts(self.allowed_networks)))

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(map(ip_network, _parts(self.trusted_proxies)))

    @property
    def commands_of_user(self) -> int:
        """Commands of all devices of a user together in one second."""
        return self.user_commands_per_second or limits.COMMANDS_OF_USER * self.commands_per_second

    @property
    def intervals_s(self) -> tuple[float, ...]:
        """Seconds between the attempts of a webhook call."""
        named = retry.SCHEDULES.get(self.webhook_intervals_s)
        return tuple(map(float, _parts(self.webhook_intervals_s))) if named is None else named


def _problem(name: str, value: object) -> str | None:
    """What is wrong with a setting, as the rest of a sentence that begins with its name."""
    demand = _DEMANDS.get(name)
    if demand is None:
        return None
    holds, sentence = demand
    try:
        return None if holds(value) else sentence
    except ValueError:
        return sentence


def _each(parse: Callable[[str], object]) -> Callable[[str], bool]:
    """Whether every part of a comma-separated value can be parsed; the parser raises ValueError."""
    return lambda values: all(parse(it) is not None for it in _parts(values))


def _parts(values: str) -> list[str]:
    return [it.strip() for it in values.split(",") if it.strip()]


def _seconds(text: str) -> float:
    """A time to wait; raises ValueError."""
    seconds = float(text)
    if not 0 <= seconds < inf:
        raise ValueError(text)
    return seconds


PATH: Final = re.compile(r"(/[\w.~-]+)*", re.ASCII)
PUBLIC_URL: Final = re.compile(r"https?://[^\s/?#@]+(/[\w.~-]+)*/?", re.ASCII)
STORE_URL: Final = re.compile(r"(?:s3a?|gs|azure|az|adl|abfss?)://[^\s/]+")
_DEMANDS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "port": (lambda it: 0 <= it <= 65_535, "should be between 0 and 65535"),
    "path_prefix": (
        lambda it: PATH.fullmatch(it) is not None,
        "should be a path such as /sc, which begins with / and does not end with it",
    ),
    "public_url": (
        lambda it: not it or PUBLIC_URL.fullmatch(it) is not None,
        "should be an address such as https://chat.example.com/sc",
    ),
    "attachments_url": (
        lambda it: not it or STORE_URL.match(it) is not None,
        "should be an address such as s3://bucket/prefix, gs://bucket/prefix or az://container/prefix",
    ),
    "allowed_networks": (_each(ip_network), "should be networks such as 127.0.0.0/8, comma-separated"),
    "workers": (
        lambda it: it == 1,
        "should be 1: with SQLite one process alone writes, and answers from memory what it wrote",
    ),
    "max_unsent_bytes": (lambda it: it > 0, "should be above 0"),
    "commands_per_second": (lambda it: it > 0, "should be above 0"),
    "user_commands_per_second": (lambda it: it >= 0, "should not be below 0"),
    "requests_per_second": (lambda it: it > 0, "should be above 0"),
    "connects_per_second": (lambda it: 0 < it < inf, "should be above 0"),
    "anonymous_per_hour": (lambda it: 0 < it < inf, "should be above 0"),
    "trusted_proxies": (_each(ip_network), "should be networks such as 127.0.0.0/8, comma-separated"),
    "max_sockets": (lambda it: it >= 0, "should not be below 0"),
    "max_sockets_per_user": (lambda it: it > 0, "should be above 0"),
    "webhook_timeout_s": (lambda it: 0 < it < inf, "should be above 0"),
    "webhook_intervals_s": (
        lambda it: it in retry.SCHEDULES or _each(_seconds)(it),
        "should be seconds, comma-separated, or the name of a schedule",
    ),
    "webhook_history_s": (lambda it: it >= 0, "should not be below 0"),
    "webhook_failed_s": (lambda it: it >= 0, "should not be below 0"),
    "webhook_waiting_s": (lambda it: it > 0, "should be above 0"),
    "remote_media_timeout_s": (lambda it: 0 < it < inf, "should be above 0"),
    "ready_s": (lambda it: 0 < it < inf, "should be above 0"),
    "drain_s": (lambda it: 0 <= it < inf, "should not be below 0"),
    "data_wait_s": (lambda it: 0 <= it < inf, "should not be below 0"),
    "log_level": (lambda it: it in ("debug", "info", "warning", "error"), "should be debug, info, warning or error"),
}
