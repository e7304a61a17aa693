"""What is asked over OAuth: names with underscores, as RFC 6749 has them."""

from typing import Annotated, Literal

from msgspec import Meta

from gateway.domain.value import Value

Word = Annotated[str, Meta(min_length=1)]  # "Parameters sent without a value MUST be treated as if they were omitted"


class Wished(Value, kw_only=True):
    """Who asks an app's owner, and where to go on from there."""

    client_id: Word
    redirect_uri: str | None = None
    state: str | None = None


class Authorize(Wished, kw_only=True):
    """`app_id` names the app where the key of the whole installation agrees for it."""

    response_type: str | None = None
    scope: str | None = None
    app_id: str | None = None


class Consent(Wished, kw_only=True):
    """What the owner of an app decided, and a key to show that they are it."""

    decision: Literal["allow", "deny"]
    key_id: str = ""
    secret: str = ""


class TokenRequest(Value, kw_only=True):
    """The client may name itself in the header instead."""

    grant_type: Word
    code: Word
    client_id: str | None = None
    client_secret: str | None = None
    redirect_uri: str | None = None
