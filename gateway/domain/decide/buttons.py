"""Decisions about buttons that are pressed."""

from collections.abc import Sequence

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.commands import Posted, Speaker
from gateway.domain.content import PostbackAction, ReplyAction, Text
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.deliveries import with_deliveries
from gateway.domain.decide.messages import Saying, said
from gateway.domain.decide.speakers import seat
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Metadata, Person, Room
from gateway.domain.value import Stamp


def press(house: House, command: cmd.Press, stamp: Stamp) -> Decision:
    """A postback is told to the business; a reply, and where the app wants it a postback too, is said by the user."""
    room = house.room(command.app_id, command.conversation_id)
    person = house.person(command.user)
    seat(room, person, command.source)
    action = house.actions.get((command.conversation_id, command.action_id))
    match action:
        case ReplyAction():
            words = Text(text=action.text, payload=action.payload)
            events = said(house, room, _in_words(command, person, words, action.metadata), stamp)
            return Decision(with_deliveries(house, room, events, stamp), _posted(events))
        case PostbackAction():
            pressed = _pressed(room, command, person, action, stamp)
            if not house.office(command.app_id).app.settings.echo_postback:
                return Decision((pressed,))
            events = said(house, room, _in_words(command, person, Text(text=action.text)), stamp)
            return Decision((pressed, *with_deliveries(house, room, events, stamp)), _posted(events))
        case _:
            raise Refused(errors.NO_SUCH_ACTION)


def _pressed(room: Room, command: cmd.Press, person: Person, action: PostbackAction, stamp: Stamp) -> ev.Pressed:
    return ev.Pressed(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=command.app_id,
        conversation=room.conversation,
        user=person.user,
        source=command.source,
        payload=action.payload,
        metadata=action.metadata,
        action=action,
    )


def _in_words(command: cmd.Press, person: Person, words: Text, metadata: Metadata | None = None) -> Saying:
    """The press as the user's own message."""
    post = cmd.Post(
        app_id=command.app_id,
        conversation_id=command.conversation_id,
        author=Speaker(user=command.user),
        content=words,
        metadata=metadata,
        source=command.source,
    )
    return Saying(post, person)


def _posted(events: Sequence[ev.MessagePosted]) -> Posted:
    return Posted(tuple(it.message for it in events))
