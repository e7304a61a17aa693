"""What v1.1 asks about files."""

from msgspec import field

from gateway.domain.commands import Ref
from gateway.wire.requests import Body


class UploadQuery(Body, kw_only=True):
    """`for` is a word of Python's own."""

    access: str
    container: str | None = field(default=None, name="for")
    app_user_id: str | None = None
    user_id: str | None = None

    def user(self, app_id: str) -> Ref | None:
        """Whose conversation the file is for, where that is said."""
        if self.app_user_id is not None:
            return Ref(app_id, self.app_user_id, "id")
        return Ref(app_id, self.user_id, "external") if self.user_id is not None else None


class TokenDraft(Body, kw_only=True):
    """Private files that somebody is to read for a time."""

    paths: tuple[str, ...]
