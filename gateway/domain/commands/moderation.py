"""What is asked about an app's moderation."""

from gateway.domain.commands.command import Command
from gateway.domain.model import Moderation
from gateway.domain.model.moderation import Unanswered


class PutModeration(Command[Moderation], kw_only=True):
    """From here on users' messages are judged, in this way."""

    target: str
    timeout_ms: int
    unanswered: Unanswered


class RotateModerationSecret(Command[Moderation], kw_only=True):
    """A new signing secret; those before it sign along for `grace_s` seconds."""

    grace_s: int


class DeleteModeration(Command[None], kw_only=True):
    pass
