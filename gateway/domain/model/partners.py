"""OAuth clients, and what the owners of apps let them do."""

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.value import Value


class Partner(Value, kw_only=True):
    """An OAuth client: a product of somebody else that the owner of an app may let in."""

    id: str
    secret: str
    name: str
    redirect_uris: tuple[str, ...]

    def redirect(self, asked: str | None) -> str:
        """Where to go back to: an address that is registered, to the letter; the first one where none is asked for."""
        if not asked:  # "Parameters sent without a value MUST be treated as if they were omitted" (RFC 6749)
            return self.redirect_uris[0]
        if asked not in self.redirect_uris:
            raise Refused(errors.FOREIGN_REDIRECT)
        return asked


class Grant(Value, kw_only=True):
    """What an authorization code says: who may work with which app. It is worth something once, before `until` (ms)."""

    id: str
    partner_id: str
    app_id: str
    redirect_uri: str
    until: int
