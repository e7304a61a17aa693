"""What the gateway asks for itself."""

from gateway.domain.commands.command import Command, Needs, Ref
from gateway.domain.model import OWN, Room


class PrepareProbe(Command[Room], kw_only=True):
    """An app with one integration, and one user with one session and one empty conversation: the answer.

    Whatever there was of it before goes.
    """

    app_id: str = OWN
    integration_id: str
    session_hash: str

    def needs(self) -> Needs:
        return Needs(office=OWN, people=(Ref(OWN, OWN, "id"),), rooms_of_people=True)
