"""Who is in control of a conversation."""

from gateway.domain.errors import Problem
from gateway.domain.events.event import ConversationEvent
from gateway.domain.model import Metadata


class ControlEvent(ConversationEvent, kw_only=True):
    """Control of the conversation, told to backends alone: it takes no `seq`.

    `concerned` are the integrations that hear of it whatever else they hear.
    """

    concerned: tuple[str, ...] = ()
    metadata: Metadata | None = None


class ControlPassed(ControlEvent, kw_only=True, tag="switchboard:passControl"):
    reason: str | None = None


class ControlOffered(ControlEvent, kw_only=True, tag="switchboard:offerControl"):
    pass


class ControlAccepted(ControlEvent, kw_only=True, tag="switchboard:acceptControl"):
    pass


class ControlReleased(ControlEvent, kw_only=True, tag="switchboard:releaseControl"):
    reason: str | None = None


class ControlFailed(ControlEvent, kw_only=True):
    """It was refused; nothing changed."""

    problem: Problem


class PassFailed(ControlFailed, kw_only=True, tag="switchboard:passControl:failure"):
    pass


class OfferFailed(ControlFailed, kw_only=True, tag="switchboard:offerControl:failure"):
    pass


class AcceptFailed(ControlFailed, kw_only=True, tag="switchboard:acceptControl:failure"):
    pass
