"""Who speaks in a conversation, and under which name."""

from gateway.domain import commands as cmd
from gateway.domain import errors, naming
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import API, Author, Participant, Person, Room, Source


def seat(room: Room, person: Person, source: Source) -> Participant:
    """The person's seat. To a device, a conversation it has no seat in does not exist."""
    found = room.seat(person.user.id)
    if found is None:
        raise Refused(errors.AUTHOR_NOT_PARTICIPANT if source == API else errors.CONVERSATION_NOT_FOUND)
    return found


def author(house: House, speaker: cmd.Speaker, person: Person | None, source: Source) -> Author:
    """The business as it calls itself; a user by the name they give, have, or are given."""
    if person is None:
        return Author(
            type="business",
            display_name=speaker.display_name,
            avatar_url=speaker.avatar_url,
            subtypes=speaker.subtypes,
        )
    return Author(
        type="user",
        user_id=person.user.id,
        display_name=speaker.display_name or called(house, person, source),
        avatar_url=speaker.avatar_url or person.user.profile.avatar_url,
    )


def called(house: House, person: Person, source: Source) -> str:
    settings = house.office(person.user.app_id).app.settings
    spoken_through = None if source == API else source.type
    return naming.author_name(person, spoken_through, use_animal_names=settings.use_animal_names)
