"""Decisions about the control of a conversation. What fails is told to webhooks too."""

from typing import Any, Final, TypeVar

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision
from gateway.domain.errors import Problem, Refused
from gateway.domain.house import House
from gateway.domain.model import Conversation, Switchboard, SwitchboardIntegration
from gateway.domain.routing import given
from gateway.domain.value import Stamp

NEXT: Final = "next"

E = TypeVar("E", bound=ev.ControlEvent)


def pass_(house: House, command: cmd.PassControl, stamp: Stamp) -> Decision:
    """The target is in control; done again, it is no news."""
    board, before, now = _held(house, command)
    if not board.enabled:
        return _failed(ev.PassFailed, command, now, errors.SWITCHBOARD_DISABLED, stamp)
    if command.target == NEXT and _has_passed_on(board, now, command.by):
        return Decision()
    target = _target(board, now, command.target)
    if isinstance(target, Problem):
        return _failed(ev.PassFailed, command, now, target, stamp)
    after = given(now, target)
    if after == before:
        return Decision()
    return _changed(ev.ControlPassed, command, now, after, stamp, reason=command.reason)


def offer(house: House, command: cmd.OfferControl, stamp: Stamp) -> Decision:
    """The target is asked to take control; whoever was asked before is asked no longer."""
    board, _, now = _held(house, command)
    target = _target(board, now, command.target) if board.enabled else errors.SWITCHBOARD_DISABLED
    if isinstance(target, SwitchboardIntegration) and now.active and target.id == now.active.id:
        target = errors.OFFER_TO_ACTIVE
    if isinstance(target, Problem):
        return _failed(ev.OfferFailed, command, now, target, stamp, command.metadata)
    after = structs.replace(now, pending=target.responder)
    return _changed(ev.ControlOffered, command, now, after, stamp)


def accept(house: House, command: cmd.AcceptControl, stamp: Stamp) -> Decision:
    """Whoever was asked is in control."""
    board, _, now = _held(house, command)
    if not board.enabled or now.pending is None:
        problem = errors.NO_PENDING if board.enabled else errors.SWITCHBOARD_DISABLED
        return _failed(ev.AcceptFailed, command, now, problem, stamp, command.metadata)
    if command.by is not None and command.by != now.pending.integration_id:
        raise Refused(errors.FORBIDDEN)
    after = given(now, board.integration(now.pending.id))
    return _changed(ev.ControlAccepted, command, now, after, stamp)


def release(house: House, command: cmd.ReleaseControl, stamp: Stamp) -> Decision:
    """Nobody is in control until something happens next; where nobody is, it is no news."""
    board, before, now = _held(house, command)
    if not board.enabled:
        raise Refused(errors.SWITCHBOARD_DISABLED)
    active = now.active if before.active is not None else None
    if command.by is not None and (active is None or active.integration_id != command.by):
        raise Refused(errors.FORBIDDEN)
    if active is None:
        return Decision()
    after = given(now, None)
    return _changed(ev.ControlReleased, command, now, after, stamp, reason=command.reason)


def _held(house: House, command: cmd.ControlAction) -> tuple[Switchboard, Conversation, Conversation]:
    """The switchboard, and the conversation as it was left and as the switchboard has it by now."""
    now = house.room(command.app_id, command.conversation_id).conversation
    board = house.office(command.app_id).switchboard
    left = house.rooms[command.conversation_id]
    if board is None or left is None:
        raise Refused(errors.SWITCHBOARD_NOT_FOUND)
    return board, left.conversation, now


def _target(board: Switchboard, now: Conversation, target: str) -> SwitchboardIntegration | Problem:
    """Whom a caller names: by id, else by name, else by type."""
    if target == NEXT:
        active = board.integration(now.active.id) if now.active else None
        return (board.integration(active.next_id) if active else None) or errors.NO_NEXT
    for name in ("id", "name", "integration_type"):
        found = [it for it in board.integrations if getattr(it, name) == target]
        if found:
            return found[0] if len(found) == 1 else errors.AMBIGUOUS_TARGET
    return errors.INVALID_TARGET


def _has_passed_on(board: Switchboard, now: Conversation, by: str | None) -> bool:
    """Whether a caller who is known has control no more, so that their `next` is one they have said before."""
    seated = any(it.integration_id == by for it in board.integrations)
    return seated and (now.active is None or now.active.integration_id != by)


def _changed(
    kind: type[E], command: cmd.ControlAction, before: Conversation, after: Conversation, stamp: Stamp, **facts: Any
) -> Decision:
    """Both sides of the change hear of it, whatever else they hear."""
    sides = (before.active, before.pending, after.active, after.pending)
    concerned = tuple(dict.fromkeys(it.integration_id for it in sides if it))
    event = _event(kind, command, after, stamp, concerned=concerned, metadata=command.metadata or None, **facts)
    return Decision((event,))


def _failed(
    kind: type[E],
    command: cmd.ControlAction,
    now: Conversation,
    problem: Problem,
    stamp: Stamp,
    metadata: Any = None,
) -> Decision:
    """It is refused, and whoever is in control and whoever asked hear why."""
    concerned = (command.by,) if command.by else ()
    event = _event(kind, command, now, stamp, concerned=concerned, metadata=metadata or None, problem=problem)
    return Decision((event,), refused=problem)


def _event(kind: type[E], command: cmd.ControlAction, conversation: Conversation, stamp: Stamp, **facts: Any) -> E:
    at = max(stamp.at, conversation.clock)
    return kind(id=stamp.new_id(), at=at, app_id=command.app_id, conversation=conversation, **facts)
