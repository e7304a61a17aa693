"""A town with a switchboard, in which custom integrations sit under names of their own."""

from typing import Any

from gateway.domain import audience
from gateway.domain import commands as cmd
from gateway.domain.model import Switchboard, SwitchboardIntegration
from gateway.domain.triggers import TRIGGERS
from tests.domain.town import Town


class Exchange(Town):
    """`seats` sit in it, each with an integration of its own; the first is the default of the enabled switchboard."""

    def __init__(self, *seats: str, town: Town | None = None, **facts: Any) -> None:
        if town is None:
            super().__init__()
        else:
            vars(self).update(vars(town))
        self.do(cmd.CreateSwitchboard(app_id=self.app_id))
        for name in seats:
            self.seat(name, **facts)
        if seats:
            self.do(self.switched(enabled=True, default_id=self.place(seats[0]).id))

    @property
    def board(self) -> Switchboard:
        board = self.house.office(self.app_id).switchboard
        assert board is not None
        return board

    def place(self, name: str) -> SwitchboardIntegration:
        return next(it for it in self.board.integrations if it.name == name)

    def seat(self, name: str, **facts: Any) -> SwitchboardIntegration:
        """Link a new custom integration, which is sent everything there is."""
        bot = self.do(self.orders.custom(*TRIGGERS.values()))
        return self.do(self.seats(name, integration_id=bot.id, **facts))

    def seats(self, name: str, **facts: Any) -> cmd.CreateSwitchboardIntegration:
        return cmd.CreateSwitchboardIntegration(app_id=self.app_id, switchboard_id=self.board.id, name=name, **facts)

    def switched(self, **changes: Any) -> cmd.UpdateSwitchboard:
        return cmd.UpdateSwitchboard(app_id=self.app_id, switchboard_id=self.board.id, **changes)

    def changes_place(self, who: str, /, **changes: Any) -> cmd.UpdateSwitchboardIntegration:
        return cmd.UpdateSwitchboardIntegration(
            app_id=self.app_id,
            switchboard_id=self.board.id,
            switchboard_integration_id=self.place(who).id,
            **changes,
        )

    def unseats(self, name: str) -> cmd.DeleteSwitchboardIntegration:
        return cmd.DeleteSwitchboardIntegration(
            app_id=self.app_id,
            switchboard_id=self.board.id,
            switchboard_integration_id=self.place(name).id,
        )

    # Control of a conversation; `by` is the integration of a seat whose key asks

    def passes(self, room: str, target: str, by: str | None = None, **facts: Any) -> cmd.PassControl:
        return cmd.PassControl(
            app_id=self.app_id, conversation_id=room, target=target, by=self._integration(by), **facts
        )

    def offers(self, room: str, target: str, by: str | None = None, **facts: Any) -> cmd.OfferControl:
        return cmd.OfferControl(
            app_id=self.app_id, conversation_id=room, target=target, by=self._integration(by), **facts
        )

    def accepts(self, room: str, by: str | None = None, **facts: Any) -> cmd.AcceptControl:
        return cmd.AcceptControl(app_id=self.app_id, conversation_id=room, by=self._integration(by), **facts)

    def releases(self, room: str, by: str | None = None, **facts: Any) -> cmd.ReleaseControl:
        return cmd.ReleaseControl(app_id=self.app_id, conversation_id=room, by=self._integration(by), **facts)

    def _integration(self, seat: str | None) -> str | None:
        return self.place(seat).integration_id if seat else None

    def control(self, room: str) -> tuple[str | None, str | None]:
        """Who is in control and who was asked to be, by name, as the room was left."""
        held = self.house.rooms[room]
        assert held is not None
        sides = (held.conversation.active, held.conversation.pending)
        active, pending = (it.name if it else None for it in sides)
        return active, pending

    def sent(self) -> set[str]:
        """Whose webhooks are due the newest event: by seat, and `else` for one that sits nowhere."""
        due = audience.webhooks(self.house.office(self.app_id), self.happened[-1])
        names = {it.integration_id: it.name for it in self.board.integrations}
        return {names.get(it.integration_id, "else") for it in due}

    def drops(self) -> cmd.DeleteSwitchboard:
        return cmd.DeleteSwitchboard(app_id=self.app_id, switchboard_id=self.board.id)
