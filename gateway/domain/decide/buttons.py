"""Decisions about buttons that are pressed."""

from collections.abc import Sequence

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.commands import Posted, Speaker
from gateway.domain.content import PostbackAction, ReplyAction, Text
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.deliveries import with_deliveries
from gateway.domain.decide.messages import posted
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
            reply = _in_words(command, Text(text=action.text, payload=action.payload), action.metadata)
            events = posted(house, room, reply, person, stamp)
            return Decision(with_deliveries(house, room, events, stamp), _answer(events))
        case PostbackAction():
            pressed = _pressed(room, command, person, action, stamp)
            if not house.office(command.app_id).app.settings.echo_postback:
                return Decision((pressed,))
            events = posted(house, room, _in_words(command, Text(text=action.text)), person, stamp)
            return Decision((pressed, *with_deliveries(house, room, events, stamp)), _answer(events))
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


def _in_words(command: cmd.Press, words: Text, metadata: Metadata | None = None) -> cmd.Post:
    """The press as the user's own message."""
    return cmd.Post(
        app_id=command.app_id,
        conversation_id=command.conversation_id,
        author=Speaker(user=command.user),
        content=command.words or words,
        metadata=metadata,
        judged=command.judged,
        source=command.source,
    )


def _answer(events: Sequence[ev.MessagePosted]) -> Posted:
    return Posted(tuple(it.message for it in events))
