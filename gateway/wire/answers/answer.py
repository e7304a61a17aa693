"""What every answer is made of. `X | UnsetType` is a field that is left out when there is nothing to say."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from gateway.domain.value import Shape

Id = Annotated[str, Meta(pattern="^[0-9a-f]{24}$")]
Time = Annotated[
    str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", extra_json_schema={"format": "date-time"})
]
Count = Annotated[int, Meta(ge=0)]


class Answer(Shape, kw_only=True, omit_defaults=False):
    """A part of an answer: it describes what `wire.v2` writes."""


class Nothing(Answer, kw_only=True):
    """There is nothing to say: `{}`."""


class PageMeta(Answer, kw_only=True):
    """Whether the list goes on, and the cursors of the pages on both sides."""

    has_more: bool
    after_cursor: Id | UnsetType = UNSET
    before_cursor: Id | UnsetType = UNSET


class PageLinks(Answer, kw_only=True):
    """Absolute addresses of the pages on both sides."""

    next: str | UnsetType = UNSET
    prev: str | UnsetType = UNSET


class Listing(Answer, kw_only=True):
    """A page of a list."""

    meta: PageMeta
    links: PageLinks | UnsetType = UNSET


class Error(Answer, kw_only=True):
    """What was wrong: a stable snake_case code, and a sentence for people."""

    code: Annotated[str, Meta(pattern="^[a-z_]+$")]
    title: Annotated[str, Meta(min_length=1)]


class Errors(Answer, kw_only=True):
    """A refusal."""

    errors: Annotated[tuple[Error, ...], Meta(min_length=1)]
