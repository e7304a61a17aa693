"""What is asked about OAuth clients."""

from gateway.domain.commands.command import Command, Needs
from gateway.domain.model import Grant, Key, Partner


class CreatePartner(Command[Partner], kw_only=True):
    app_id: str = ""
    name: str
    redirect_uris: tuple[str, ...]

    def needs(self) -> Needs:
        return Needs()


class Admit(Command[Key], kw_only=True):
    """An app's owner let a partner in: it gets an integration of the app, and is answered that integration's key."""

    partner: Partner
    grant: Grant
