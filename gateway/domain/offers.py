"""Which channels a web integration offers its visitors to go on in: one of each type."""

from collections.abc import Iterable

from gateway.domain.channels import CUSTOM, SDK_TYPES
from gateway.domain.model import Integration, Office


def offered(office: Office, web: Integration) -> tuple[Integration, ...]:
    """Those that `integrationOrder` names, in its order; without one, the first made of every type."""
    order = web.fields.get("integrationOrder")
    if order is None:
        return _one_of_each(office.integrations)
    return _one_of_each(it for it in map(office.integration, order) if it is not None)


def _one_of_each(integrations: Iterable[Integration]) -> tuple[Integration, ...]:
    first: dict[str, Integration] = {}
    for it in integrations:
        if it.type not in (CUSTOM, *SDK_TYPES) and not it.connected:
            first.setdefault(it.type, it)
    return tuple(first.values())
