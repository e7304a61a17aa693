"""The settings of a gateway: names with units, defaults, and what each is for."""

from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from gateway.domain import limits, retry


class BadSetting(Exception):
    """A sentence that begins with the setting's name."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Each is a flag, else a `GATEWAY_…` variable, else a line of the TOML file that `--config` names."""

    data: Path = field(default=Path("data"), metadata={"help": "Folder of the database"})
    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on"})
    port: int = field(default=8080, metadata={"help": "Port to listen on; 0 picks a free one"})
    path_prefix: str = field(default="", metadata={"help": "Path in front of every address, such as /sc"})
    allowed_networks: str = field(
        default="",
        metadata={"help": "Private networks, comma-separated, that webhook targets may be in"},
    )
    max_unsent_bytes: int = field(
        default=1_048_576, metadata={"help": "Unsent bytes of one device, above which it is sent away to resume"}
    )
    commands_per_second: int = field(
        default=limits.COMMANDS_PER_SECOND, metadata={"help": "Commands of one device in one second"}
    )
    webhook_timeout_s: float = field(
        default=retry.TIMEOUT_S, metadata={"help": "Seconds that a webhook has for its answer"}
    )
    webhook_intervals_s: str = field(
        default=",".join(f"{it:g}" for it in retry.INTERVALS_S),
        metadata={"help": "Seconds between the attempts of a webhook call, comma-separated"},
    )
    drain_s: float = field(default=10.0, metadata={"help": "Seconds that a stop may take"})
    log_level: str = field(default="info", metadata={"help": "debug, info, warning or error"})

    def __post_init__(self) -> None:
        for setting in fields(self):
            problem = _problem(setting.name, getattr(self, setting.name))
            if problem:
                raise BadSetting(f"{setting.name} {problem}")

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(it.strip()) for it in self.allowed_networks.split(",") if it.strip())

    @property
    def intervals_s(self) -> tuple[float, ...]:
        return tuple(float(it) for it in self.webhook_intervals_s.split(",") if it.strip())


def _problem(name: str, value: object) -> str | None:
    """What is wrong with a setting, as the rest of a sentence that begins with its name."""
    match name, value:
        case "port", int(port) if not 0 <= port <= 65_535:
            return "should be between 0 and 65535"
        case "path_prefix", str(prefix) if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
            return "should begin with / and not end with it"
        case "allowed_networks", str(networks):
            return _unless_all(networks, ip_network, "should be networks such as 127.0.0.0/8, comma-separated")
        case "webhook_intervals_s", str(intervals):
            return _unless_all(intervals, float, "should be seconds, comma-separated")
        case ("max_unsent_bytes" | "commands_per_second" | "webhook_timeout_s"), int() | float() if value <= 0:
            return "should be above 0"
        case "drain_s", int() | float() if value < 0:
            return "should not be below 0"
        case "log_level", str(level) if level not in ("debug", "info", "warning", "error"):
            return "should be debug, info, warning or error"
        case _:
            return None


def _unless_all(values: str, parse: object, problem: str) -> str | None:
    assert callable(parse)
    try:
        for value in values.split(","):
            if value.strip():
                parse(value.strip())
    except ValueError:
        return problem
    return None
