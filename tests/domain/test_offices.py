"""Apps and integrations: what they remember of a change."""

from typing import Any

from gateway.domain import commands as cmd
from gateway.domain.model import App, AppSettings
from tests.domain.town import START_MS, Town


def changed(town: Town, **settings: Any) -> App:
    town.clock.wind(1)
    return town.do(cmd.UpdateApp(app_id=town.app_id, settings=settings))


def test_an_app_knows_since_when_it_keeps_messages_that_long() -> None:
    town = Town(AppSettings(multi_convo_enabled=True, conversation_retention_seconds=60))
    assert changed(town, echo_postback=True).retention_since == START_MS
    assert changed(town, conversation_retention_seconds=60).retention_since == START_MS
    assert changed(town, conversation_retention_seconds=61).retention_since == START_MS + 3_000
    assert changed(town, echo_postback=False).retention_since == START_MS + 3_000
    assert changed(town, conversation_retention_seconds=0).retention_since == START_MS + 5_000


def test_a_key_of_an_integration_goes_with_it() -> None:
    town = Town()
    bots = [town.do(town.orders.custom("user:remove")).id for _ in range(2)]
    keys = [town.do(cmd.CreateKey(app_id=town.app_id, display_name="x", integration_id=it)) for it in bots]
    app_key = town.do(town.orders.key())
    town.do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=bots[0]))
    assert town.house.office(town.app_id).keys == (keys[1], app_key)
