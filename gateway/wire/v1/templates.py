"""Templates as v1.1 reads and writes them: a name, and a message as it would be posted."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from gateway.domain.content import FormResponse, Template, check_metadata
from gateway.domain.model import MessageTemplate, Metadata
from gateway.domain.model.templates import TemplateContent, TemplateName
from gateway.wire.json import plain, shape
from gateway.wire.requests import Body
from gateway.wire.v1 import drafts
from gateway.wire.v2 import Json, without_none


class TemplateCreate(Body, kw_only=True):
    name: TemplateName
    message: dict[str, Any]


class TemplateUpdate(Body, kw_only=True):
    name: TemplateName | UnsetType = UNSET
    message: dict[str, Any] | UnsetType = UNSET


class _Beside(Body, kw_only=True):
    """What a template's message has besides its content."""

    role: Literal["appMaker"] = drafts.BUSINESS
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


def message(sent: dict[str, Any]) -> tuple[TemplateContent, Metadata | None]:
    """The content and the metadata of a flat message; raises `Refused` (400)."""
    content = drafts.content(sent)
    assert not isinstance(content, FormResponse | Template), "v1.1 posts neither"
    return content, shape(sent, _Beside).metadata


def template(it: MessageTemplate) -> Json:
    return {
        "_id": it.id,
        "name": it.name,
        "message": without_none(role=drafts.BUSINESS, **plain(it.content), metadata=it.metadata),
    }
