"""What can go wrong, in four kinds."""

from __future__ import annotations

from clients.python.goodbyes import Goodbye


class Refused(Exception):
    """The gateway answered a command, or the hello, with an error. Nothing was done."""

    def __init__(self, status: int, code: str, title: str) -> None:
        super().__init__(f"{status} {code}: {title}")
        self.status = status
        self.code = code
        self.title = title


class ApiError(Refused):
    """A REST request was answered with an error."""


class Disconnected(ConnectionError):
    """The connection was lost before the answer came: the command may or may not have been done."""


class Ended(Exception):
    """The device is offline for good: the server said a goodbye that asks not to come back."""

    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__(f"{goodbye.code} {goodbye.reason}")
        self.goodbye = goodbye


class Closed(Exception):
    """The device was closed by its own program, or has logged out."""
