"""Signatures, as the receiver's own library reads them: standardwebhooks."""

import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from gateway.domain.signing import PREFIX, new_secret
from gateway.wire.signature import call_id, headers
from tests.domain.town import HandWound

BODY = '{"events":[{"id":"a"}],"text":"½ ☃"}'.encode()
STAMP = HandWound()
SECRET, OTHER = new_secret(STAMP).secret, new_secret(STAMP).secret


def now_ms() -> int:
    return int(time.time() * 1000)


def verify(secret: str, body: bytes, said: dict[str, str]) -> None:
    Webhook(secret).verify(body, said)


def test_the_library_verifies_it() -> None:
    verify(SECRET, BODY, headers("id", now_ms(), (SECRET,), BODY))
    assert SECRET.startswith(PREFIX)


def test_every_secret_signs() -> None:
    said = headers("id", now_ms(), (OTHER, SECRET), BODY)
    assert len(said["webhook-signature"].split()) == 2
    for secret in (SECRET, OTHER):
        verify(secret, BODY, said)
        assert secret not in str(said)


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda said: {**said, "webhook-id": "other"},
        lambda said: {**said, "webhook-timestamp": str(int(said["webhook-timestamp"]) - 1)},
        lambda said: {**said, "webhook-timestamp": "1"},
        lambda said: headers("id", now_ms(), (OTHER,), BODY),
        lambda said: headers("id", now_ms(), (SECRET,), BODY + b" "),
        lambda said: headers("id", now_ms() - 301_000, (SECRET,), BODY),
    ],
)
def test_nothing_else_verifies(spoiled) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WebhookVerificationError):
        verify(SECRET, BODY, spoiled(headers("id", now_ms(), (SECRET,), BODY)))


def test_without_a_secret_nothing_is_signed() -> None:
    assert headers("id", now_ms(), (), BODY) == {}


def test_a_call_with_other_events_is_another_call() -> None:
    ids = {call_id(it) for it in (("a",), ("b",), ("a", "b"), ("b", "a"), ("a,b",), ("a", "b", "c"))}
    assert len(ids) == 6
    assert call_id(("a",)) == "a"
    assert call_id(("a", "b")) == call_id(["a", "b"])
