"""The switchboard of an app: which of its integrations may control conversations, and who comes after whom."""

from gateway.domain.value import Value


class Responder(Value, kw_only=True):
    """A switchboard integration as conversations show it."""

    id: str
    name: str
    integration_id: str
    integration_type: str


class SwitchboardIntegration(Value, kw_only=True):
    """An integration's place in the switchboard. `next_id` names the place that `next` stands for.

    `message_history_count` is how many messages it is shown when it is given control; None for none.
    """

    id: str
    name: str
    integration_id: str
    integration_type: str
    deliver_standby_events: bool = True
    next_id: str | None = None
    message_history_count: int | None = None

    @property
    def responder(self) -> Responder:
        return Responder(
            id=self.id,
            name=self.name,
            integration_id=self.integration_id,
            integration_type=self.integration_type,
        )


class Switchboard(Value, kw_only=True):
    """While it is not enabled, everybody is sent everything. An enabled one has a default."""

    id: str
    enabled: bool = False
    default_id: str | None = None
    integrations: tuple[SwitchboardIntegration, ...] = ()

    def integration(self, place_id: str | None) -> SwitchboardIntegration | None:
        return next((it for it in self.integrations if it.id == place_id), None)
