"""One generator process's share of a run."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from clients.loadtest.options import STAMP_BYTES, Options, Scenario

LEFT_ALONE_S: Final = 60.0  # an endpoint that was closed; the gateway looks again after that at the latest


@dataclass(frozen=True, slots=True)
class Target:
    """A gateway, and what opens it."""

    url: str
    app_id: str
    key_id: str
    secret: str
    integration_id: str

    @property
    def host(self) -> str:
        """The address to connect to."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port to connect to."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def upgrade(self) -> bytes:
        """The request that asks for a device's socket."""
        path = f"{urlsplit(self.url).path.rstrip('/')}/sdk/v2/integrations/{self.integration_id}/socket"
        return (
            f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: bG9hZCBnZW5lcmF0b3IhIQ==\r\n\r\n"
        ).encode()

    def posting(self, conversation_id: str) -> bytes:
        """How a request begins that posts a message to a conversation, up to its length."""
        path = f"{urlsplit(self.url).path.rstrip('/')}/v2/apps/{self.app_id}/conversations/{conversation_id}/messages"
        return (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Basic {b64encode(f'{self.key_id}:{self.secret}'.encode()).decode()}\r\n"
        ).encode()


@dataclass(frozen=True, slots=True)
class Plan:
    """What one process does. Its guests' names begin with `prefix`, which no other process has."""

    scenario: Scenario
    target: Target
    options: Options
    prefix: str
    sockets: int
    rate: float | None

    @property
    def filler(self) -> str:
        """What follows the time in a message's text."""
        return "x" * (self.options.text_bytes - STAMP_BYTES)


@dataclass(frozen=True, slots=True)
class Ear:
    """What the receiver of webhooks does: it takes calls from the beginning, or once all was said (`is_late`)."""

    options: Options
    is_late: bool

    @property
    def patience_s(self) -> float:
        """How long it waits for the rest of what was said."""
        return self.options.drain_seconds + (LEFT_ALONE_S if self.is_late else 0.0)


def shares(scenario: Scenario, target: Target, options: Options, run: str) -> list[Plan]:
    """The plans of all processes: whole rooms each, and as many as there are rooms for."""
    rooms = -(-options.sockets // options.room_size)
    processes = min(options.processes, rooms)
    plans = []
    for number in range(processes):
        first = rooms * number // processes * options.room_size
        end = min(rooms * (number + 1) // processes * options.room_size, options.sockets)
        sockets = end - first
        rate = options.rate * sockets / options.sockets if options.rate is not None else None
        plans.append(Plan(scenario, target, options, f"{run}-{number}", sockets, rate))
    return plans
