"""What is asked about menus: the app's own or, where one is named, an integration's."""

from gateway.domain.commands.command import Command
from gateway.domain.model import Menu


class PutMenu(Command[Menu], kw_only=True):
    """Whatever menu was there before is gone."""

    menu: Menu
    integration_id: str | None = None


class DeleteMenu(Command[None], kw_only=True):
    integration_id: str | None = None
