"""Where a command waits before it lines up: its files are looked at, and what a user says by it is judged."""

from typing import Any, TypeVar

from gateway.domain.commands import AnyCommand, Command
from gateway.flow.corridor import Corridor
from gateway.flow.media import Media, shows_files
from gateway.flow.moderation import Moderators

C = TypeVar("C", bound=AnyCommand)
Answer = TypeVar("Answer")


class Lobby:
    """The way of every message into the corridor, which takes none that goes past it where messages are judged."""

    def __init__(self, corridor: Corridor, media: Media, moderators: Moderators) -> None:
        self._corridor = corridor
        self._media = media
        self.moderators = moderators

    def keeps(self, command: Command[Any]) -> bool:
        """Whether there may be anything to wait for."""
        return shows_files(command) or self.moderators.asks(command)

    async def passed(self, command: C) -> C:
        """The command as it may line up; raises `Refused`."""
        return await self.moderators.judged(await self._media.seen(command))

    async def execute(self, command: Command[Answer]) -> Answer:
        """Wait here, line up and wait for the answer; raises `Refused`."""
        return await self._corridor.execute(await self.passed(command))
