"""A town with a switchboard, in which custom integrations sit under names of their own."""

from typing import Any

from gateway.domain import commands as cmd
from gateway.domain.audience import TRIGGERS
from gateway.domain.commands import Command
from gateway.domain.errors import Problem
from gateway.domain.model import Switchboard, SwitchboardIntegration
from tests.domain.town import NOBODY, Town


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

    def drops(self) -> cmd.DeleteSwitchboard:
        return cmd.DeleteSwitchboard(app_id=self.app_id, switchboard_id=self.board.id)


def refused(command: Command[Any], town: Town) -> Problem:
    """Why it is not taken; it has to be refused."""
    problem = town.refusal(command)
    assert problem is not None
    return problem


__all__ = ["NOBODY", "Exchange", "refused"]
