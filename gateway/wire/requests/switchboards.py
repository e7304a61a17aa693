"""Request bodies of switchboards and of the integrations in them."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from gateway.domain import limits
from gateway.wire.requests.body import Body

SwitchboardName = Annotated[str, Meta(min_length=1, max_length=limits.SWITCHBOARD_NAME, pattern=r"^[A-Za-z0-9_-]+\Z")]
HistoryCount = Annotated[int, Meta(ge=1, le=limits.MESSAGE_HISTORY)]

NEXT: Final = "next"


class SwitchboardUpdate(Body, kw_only=True):
    enabled: bool | UnsetType = UNSET
    default_switchboard_integration_id: str | None | UnsetType = UNSET


class SwitchboardIntegrationCreate(Body, kw_only=True):
    name: SwitchboardName
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: HistoryCount | None = None

    def __post_init__(self) -> None:
        check_name(self.name)
        if (self.integration_id is None) == (self.integration_type is None):
            raise ValueError("should have exactly one of integrationId and integrationType")


class SwitchboardIntegrationUpdate(Body, kw_only=True):
    name: SwitchboardName | UnsetType = UNSET
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | None | UnsetType = UNSET
    message_history_count: HistoryCount | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.integration_id is not None and self.integration_type is not None:
            raise ValueError("should have at most one of integrationId and integrationType")


def check_name(name: str | UnsetType) -> None:
    """Hold a name to those that name one place; raises ValueError."""
    if name == NEXT:
        raise ValueError(f"name should not be '{NEXT}', which stands for whoever comes next")
