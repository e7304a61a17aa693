"""Bodies that are read in parts, in one piece: as the API's own document shows them."""

from typing import Annotated, Any, Final, Union

from msgspec import NODEFAULT, UNSET, Meta, defstruct, field
from msgspec.structs import FieldInfo, fields

from gateway.domain.channels import CUSTOM
from gateway.wire.requests.channels import CHANGES, FIELDS
from gateway.wire.requests.integrations import IntegrationChanges, IntegrationHead, WebhookCreate

ONE_WEBHOOK: Final = ("webhooks", Annotated[tuple[WebhookCreate, ...], Meta(min_length=1, max_length=1)])
NO_WEBHOOK: Final = ("webhooks", Annotated[tuple[WebhookCreate, ...], Meta(max_length=0)] | None, None)


def _again(it: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    """The same field in another struct."""
    if it.default is NODEFAULT:
        return it.name, it.type, field(name=it.encode_name)
    return it.name, it.type, field(default=it.default, name=it.encode_name)


def _create(kind: str) -> type:
    """The head of every integration, with the fields of one type."""
    head = [_again(it) for it in fields(IntegrationHead) if it.name not in ("type", "webhooks")]
    return defstruct(
        f"{kind.capitalize()}IntegrationCreate",
        [*head, ONE_WEBHOOK if kind == CUSTOM else NO_WEBHOOK],
        bases=(FIELDS[kind],),
        kw_only=True,
        frozen=True,
        tag_field="type",
        tag=kind,
    )


def _update() -> type:
    """A change may name any field that can be changed of some type."""
    known = {it.name: (it.name, it.type, UNSET) for kind in CHANGES.values() for it in fields(kind)}
    return defstruct("IntegrationUpdate", list(known.values()), bases=(IntegrationChanges,), kw_only=True, frozen=True)


IntegrationCreate: Any = Union[tuple(map(_create, FIELDS))]  # noqa: UP007 - made of a tuple
IntegrationUpdate: Any = _update()
