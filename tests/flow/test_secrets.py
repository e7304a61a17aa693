"""What is logged when things go wrong, with the processors of a real gateway: never a secret."""

import asyncio
import io
import sys
from collections.abc import Iterator, Mapping

import pytest
import structlog

from gateway import bootstrap
from gateway.domain import errors
from gateway.domain.commands import CreateAccountKey, CreateKey, WebhookDraft
from gateway.domain.model import Webhook
from gateway.domain.retry import Answered
from gateway.flow.deliver import Deliverer
from gateway.flow.terms import Terms
from gateway.wire import tokens
from tests.flow.building import Building

SECRET = "a-session-token-that-nobody-may-read"
PRIVATE = "what Ann told nobody else"

BROKEN = """
CREATE TRIGGER broken_{0} BEFORE INSERT ON {0} WHEN new.body LIKE '%{1}%'
BEGIN SELECT RAISE(ABORT, 'broken'); END
"""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that a gateway writes to its log, down to the last detail."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    bootstrap.logging_to_stderr("debug")
    yield written
    structlog.reset_defaults()


async def test_a_key_that_cannot_be_written_is_not_logged(building: Building, log: io.StringIO) -> None:
    for table in ("keys", "offices"):
        building.rows(BROKEN.format(table, "doomed"))
    doomed = CreateKey(app_id=building.orders.app_id, display_name="doomed")
    account = CreateAccountKey(display_name="doomed")
    assert await building.at_once(doomed, account) == [errors.UNAVAILABLE] * 2
    assert log.getvalue().count("command failed") == 2
    assert "broken" in log.getvalue()
    assert "secret-" not in log.getvalue()


async def test_neither_a_session_nor_a_word_is_logged(building: Building, log: io.StringIO) -> None:
    web = await building.one(building.orders.integration())
    room = await building.group("ann")
    building.rows(BROKEN.format("people", "doomed"))
    building.rows(BROKEN.format("messages", "told"))
    hello = building.orders.connects(web.id, "doomed", new_session_hash=tokens.digest(SECRET))
    said = building.orders.says(room, PRIVATE)
    assert await building.at_once(hello, said) == [errors.UNAVAILABLE] * 2
    assert log.getvalue().count("command failed") == 2
    for private in (SECRET, tokens.digest(SECRET), PRIVATE):
        assert private not in log.getvalue()


async def nobody(app_id: str, webhook: Webhook) -> None:
    """No endpoint is gone here."""


async def test_a_webhook_that_fails_is_logged_without_its_secret(building: Building, log: io.StringIO) -> None:
    draft = WebhookDraft(
        target="https://name:password@example.org/hook?token=hidden", triggers=("conversation:message",)
    )
    integration = await building.one(building.orders.integration("custom", webhooks=(draft,)))
    (hook,) = integration.webhooks
    room = await building.group("ann")
    await building.one(building.orders.says(room, PRIVATE))

    called = asyncio.Event()

    async def poster(target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        called.set()
        return Answered(500)

    deliverer = Deliverer(building.store, poster, building.tasks, Terms(building.clock.now, lambda: 0.0), nobody)
    await deliverer.start()
    await called.wait()
    await deliverer.drain()
    assert "webhook call failed" in log.getvalue()
    for private in (hook.secret, hook.delivery.signing[0].secret, PRIVATE, "password", "hidden"):
        assert private not in log.getvalue()
