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
        return structs.replace(conversation, active=None, pending=None, unshown=False)
    if not office.switchboard.enabled:
        return conversation
    active = _present(office.switchboard, conversation.active) or _default(office, office.switchboard, conversation)
    pending = _present(office.switchboard, conversation.pending)
    after = given(conversation, active, pending if pending is not active else None)
    return conversation if after == conversation else after


def given(
    conversation: Conversation, active: SwitchboardIntegration | None, pending: SwitchboardIntegration | None = None
) -> Conversation:
    """The conversation under the control of `active`, who is still to be shown what was said if they are new to it."""
    known = conversation.active is not None and active is not None and conversation.active.id == active.id
    return structs.replace(
        conversation,
        active=_shown(active),
        pending=_shown(pending),
        unshown=conversation.unshown if known else bool(active and active.message_history_count),
    )


def _default(office: Office, board: Switchboard, conversation: Conversation) -> SwitchboardIntegration | None:
    """Who gets a conversation that nobody is in control of: whom the integration it came through names first."""
    origin = office.integration(conversation.origin) if conversation.origin else None
    named = board.integration(origin.default_responder_id) if origin else None
    return named or board.integration(board.default_id)


def _present(board: Switchboard, responder: Responder | None) -> SwitchboardIntegration | None:
    return board.integration(responder.id) if responder else None


def _shown(place: SwitchboardIntegration | None) -> Responder | None:
    return place.responder if place else None
