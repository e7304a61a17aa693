"""Apps and integrations: what they remember of a change."""

from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.model import App, AppSettings, Grant, Key, Partner, Scope
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


# OAuth clients


def admit(town: Town, partner: Partner, grant_id: str, seconds: float = 60) -> Key:
    grant = Grant(
        id=grant_id,
        partner_id=partner.id,
        app_id=town.app_id,
        redirect_uri="https://example.org",
        until=town.clock.at + int(seconds * 1000),
    )
    return town.do(cmd.Admit(app_id=town.app_id, partner=partner, grant=grant))


def partner(town: Town) -> Partner:
    return town.do(cmd.CreatePartner(name="Bot", redirect_uris=("https://example.org", "https://example.org/2")))


def test_a_partner_has_one_integration_of_an_app_and_one_key() -> None:
    town = Town()
    bot, other = partner(town), partner(town)
    key = admit(town, bot, "1")
    assert admit(town, bot, "2") == key
    assert admit(town, other, "3") != key
    office = town.house.office(town.app_id)
    assert [(it.type, it.display_name, it.connected) for it in office.integrations] == [
        (bot.id, "Bot", True),
        (other.id, "Bot", True),
    ]
    assert (key.scope, key.app_id, key.integration_id) == (
        Scope.INTEGRATION,
        town.app_id,
        office.integrations[0].id,
    )
    assert key.id.startswith("int_")


def test_spent_codes_are_remembered_no_longer_than_they_live() -> None:
    town = Town()
    bot = partner(town)
    for number, seconds in enumerate((60, 1, 60)):
        admit(town, bot, str(number), seconds)
        town.clock.wind(0.999)
    assert [it.id for it in town.house.office(town.app_id).spent_codes] == ["0", "1", "2"]
    town.clock.wind(1)
    admit(town, bot, "3")
    assert [it.id for it in town.house.office(town.app_id).spent_codes] == ["0", "2", "3"]


def test_a_partner_is_sent_back_to_where_it_says_or_to_its_first_address() -> None:
    bot = partner(Town())
    assert bot.redirect(None) == bot.redirect("") == bot.redirect("https://example.org") == "https://example.org"
    assert bot.redirect("https://example.org/2") == "https://example.org/2"
    for foreign in (
        "https://example.org/",
        "https://example.org/3",
        "https://EXAMPLE.org",
        "https://example.org/2?",
    ):
        with pytest.raises(Refused) as refused:
            bot.redirect(foreign)
        assert refused.value.problem == errors.FOREIGN_REDIRECT


def test_a_partner_may_have_webhooks_and_none() -> None:
    town = Town()
    integration = admit(town, partner(town), "1").integration_id or ""
    draft = cmd.WebhookDraft(target="https://example.org", triggers=("user:remove",))
    hook = town.do(cmd.CreateWebhook(app_id=town.app_id, integration_id=integration, draft=draft))
    assert town.house.office(town.app_id).webhooks == (hook,)
    town.do(cmd.DeleteWebhook(app_id=town.app_id, integration_id=integration, webhook_id=hook.id))
    assert town.house.office(town.app_id).webhooks == ()
