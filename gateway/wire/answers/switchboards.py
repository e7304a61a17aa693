"""Answers about switchboards and the integrations in them."""

from msgspec import UNSET, UnsetType

from gateway.wire.answers.answer import Answer, Id
from gateway.wire.requests.switchboards import HistoryCount, SwitchboardName


class Switchboard(Answer, kw_only=True):
    """Decides which integration is in control of a conversation, while it is enabled."""

    id: Id
    enabled: bool
    default_switchboard_integration_id: Id | UnsetType = UNSET


class SwitchboardAnswer(Answer, kw_only=True):
    switchboard: Switchboard


class SwitchboardList(Answer, kw_only=True):
    switchboards: tuple[Switchboard, ...]


class SwitchboardIntegration(Answer, kw_only=True):
    """An integration's place in the switchboard."""

    id: Id
    name: SwitchboardName
    integration_id: Id
    integration_type: str
    deliver_standby_events: bool
    next_switchboard_integration_id: Id | UnsetType = UNSET
    message_history_count: HistoryCount | UnsetType = UNSET


class SwitchboardIntegrationAnswer(Answer, kw_only=True):
    switchboard_integration: SwitchboardIntegration


class SwitchboardIntegrationList(Answer, kw_only=True):
    switchboard_integrations: tuple[SwitchboardIntegration, ...]
