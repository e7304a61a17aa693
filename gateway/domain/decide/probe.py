"""What the gateway decides on to talk to itself."""

from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.decide.conversations import opened
from gateway.domain.decide.decision import Decision, befalling, happening, next_step
from gateway.domain.house import House
from gateway.domain.model import OWN, App, Integration, Kind, Office, Person, Room, User
from gateway.domain.value import Stamp


def prepare(house: House, command: cmd.PrepareProbe, stamp: Stamp) -> Decision:
    """Ids and secrets are new, so whoever knew the old ones is a stranger; what was said goes with its conversation."""
    integration = Integration(id=command.integration_id, type="web")
    office = Office(app=App(id=OWN, display_name="Heliograph"), integrations=(integration,))
    user = User(id=OWN, app_id=OWN, session_hashes=(command.session_hash,))
    rooms = [room for it in house.rooms_of.get(OWN, ()) if (room := house.rooms.get(it)) is not None]
    opening = cmd.CreateConversation(app_id=OWN, type=Kind.PERSONAL)
    created = opened(office, opening, [Person(user=user)], stamp)
    return Decision(
        (
            ev.OfficeChanged(id=stamp.new_id(), at=stamp.at, app_id=OWN, office=office),
            *(happening(ev.ConversationRemoved, it, next_step(it.conversation, stamp), stamp) for it in rooms),
            befalling(ev.UserCreated, user, stamp),
            created,
        ),
        Room(created.conversation, created.participants),
    )
