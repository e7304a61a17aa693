"""Request bodies of messages and activities."""

from typing import Annotated, Literal

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.content import Content, Reference, Url, check_metadata
from gateway.domain.message import Override
from gateway.domain.model import BrandId, Metadata
from gateway.wire.requests.body import Body


class AuthorDraft(Body, kw_only=True):
    type: Literal["business", "user"]
    user_id: str | None = None
    user_external_id: str | None = None
    brand_id: BrandId | None = None
    display_name: Annotated[str, Meta(max_length=limits.LABEL)] | None = None
    avatar_url: Url | None = None
    subtypes: Annotated[tuple[Literal["AI"], ...], Meta(max_length=1)] | None = None

    def __post_init__(self) -> None:
        named = [it for it in (self.user_id, self.user_external_id) if it is not None]
        if self.type == "user" and len(named) != 1:
            raise ValueError("an author of type user should have exactly one of userId and userExternalId")
        if self.type == "business" and named:
            raise ValueError("userId and userExternalId are for authors of type user")


class Destination(Body, kw_only=True):
    """Over which of the user's clients the message goes; the type `none` is over none."""

    integration_id: str | None = None
    integration_type: str | None = None

    def __post_init__(self) -> None:
        if (self.integration_id is None) == (self.integration_type is None):
            raise ValueError("destination should have exactly one of integrationId and integrationType")


class MessageCreate(Body, kw_only=True):
    author: AuthorDraft
    content: Content
    destination: Destination | None = None
    metadata: Metadata | None = None
    override: Override | None = None
    schema: Literal["whatsapp"] | None = None
    references: Annotated[tuple[Reference, ...], Meta(min_length=1, max_length=limits.REFERENCES)] | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class Captions(Body, kw_only=True):
    """Whether shorthand is read in texts of images and files, as it was in early access."""

    captions: bool = False


class ActivityCreate(Body, kw_only=True):
    author: AuthorDraft
    type: Literal["conversation:read", "typing:start", "typing:stop"]
