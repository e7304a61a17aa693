"""What is asked about an app's switchboard and the integrations in it."""

from msgspec import UNSET, UnsetType

from gateway.domain.commands.command import Command
from gateway.domain.model import Switchboard, SwitchboardIntegration


class CreateSwitchboard(Command[Switchboard], kw_only=True):
    pass


class UpdateSwitchboard(Command[Switchboard], kw_only=True):
    switchboard_id: str
    enabled: bool | UnsetType = UNSET
    default_id: str | None | UnsetType = UNSET


class DeleteSwitchboard(Command[None], kw_only=True):
    switchboard_id: str


class CreateSwitchboardIntegration(Command[SwitchboardIntegration], kw_only=True):
    """Exactly one of `integration_id` and `integration_type` says which integration is linked."""

    switchboard_id: str
    name: str
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool = True
    next_id: str | None = None
    message_history_count: int | None = None


class UpdateSwitchboardIntegration(Command[SwitchboardIntegration], kw_only=True):
    """At most one of `integration_id` and `integration_type`; None for neither leaves the link as it is."""

    switchboard_id: str
    switchboard_integration_id: str
    name: str | UnsetType = UNSET
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool | UnsetType = UNSET
    next_id: str | None | UnsetType = UNSET
    message_history_count: int | None | UnsetType = UNSET


class DeleteSwitchboardIntegration(Command[None], kw_only=True):
    switchboard_id: str
    switchboard_integration_id: str
