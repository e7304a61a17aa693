"""Who is in control of a conversation, by the rules of its app's switchboard."""

from msgspec import structs

from gateway.domain.model import Conversation, Office, Responder, Switchboard, SwitchboardIntegration


def routed(office: Office | None, conversation: Conversation) -> Conversation:
    """The conversation as its next event finds it.

    Nobody in control, or somebody who has left the switchboard, becomes the default; a disabled switchboard leaves
    everything as it was, and without one nobody is in control. With no office at hand nothing is known.
    """
    if office is None or (office.switchboard is None and conversation.active is None):
        return conversation
    if office.switchboard is None:
        return structs.replace(conversation, active=None, pending=None)
    if not office.switchboard.enabled:
        return conversation
    active, pending = _sides(office, office.switchboard, conversation)
    if active == conversation.active and pending == conversation.pending:
        return conversation
    return structs.replace(conversation, active=active, pending=pending)


def _sides(office: Office, board: Switchboard, conversation: Conversation) -> tuple[Responder | None, Responder | None]:
    active = _present(board, conversation.active) or _default(office, board, conversation)
    pending = _present(board, conversation.pending)
    return _shown(active), _shown(pending if pending is not active else None)


def _default(office: Office, board: Switchboard, conversation: Conversation) -> SwitchboardIntegration | None:
    """Who gets a conversation that nobody is in control of: whom the integration it came through names first."""
    origin = office.integration(conversation.origin) if conversation.origin else None
    named = board.integration(origin.default_responder_id) if origin else None
    return named or board.integration(board.default_id)


def _present(board: Switchboard, responder: Responder | None) -> SwitchboardIntegration | None:
    return board.integration(responder.id) if responder else None


def _shown(place: SwitchboardIntegration | None) -> Responder | None:
    return place.responder if place else None


def newcomers(board: Switchboard | None, before: Conversation, after: Conversation) -> list[SwitchboardIntegration]:
    """Who is given or offered control between two states and wants to know what was said until then."""
    if board is None or (after.active is before.active and after.pending is before.pending):
        return []
    sides = ((before.active, after.active), (before.pending, after.pending))
    come = [now.id for was, now in sides if now is not None and (was is None or was.id != now.id)]
    return [it for it in board.integrations if it.id in come and it.message_history_count]
