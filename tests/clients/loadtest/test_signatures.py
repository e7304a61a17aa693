"""Signatures as another's library makes them."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from clients.loadtest.calls import Call
from clients.loadtest.signatures import is_signed, key_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = b'{"events":[]}'
NOW = datetime.now(UTC)


def call(*secrets: str, at: datetime = NOW, body: bytes = BODY) -> Call:
    signatures = " ".join(Webhook(secret).sign("e", at, body.decode()) for secret in secrets)
    head = f"POST / HTTP/1.1\r\nWebhook-ID: e\r\nwebhook-timestamp: {int(at.timestamp())}\r\n"
    return Call(f"{head}webhook-signature: {signatures}\r\n".encode(), body)


def test_one_of_the_signatures_has_to_be_right() -> None:
    assert is_signed(call(SECRET), key_of(SECRET))
    assert is_signed(call(OTHER, SECRET), key_of(SECRET))
    assert not is_signed(call(OTHER), key_of(SECRET))
    assert not is_signed(call(), key_of(SECRET))


def test_it_is_the_body_that_is_signed() -> None:
    assert not is_signed(call(SECRET)._replace(body=BODY + b" "), key_of(SECRET))


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_call_of_another_time_is_not_now(hours: int) -> None:
    assert not is_signed(call(SECRET, at=NOW + timedelta(hours=hours)), key_of(SECRET))


def test_a_call_without_the_headers_is_not_signed() -> None:
    assert not is_signed(Call(b"POST / HTTP/1.1\r\nHost: here\r\n", BODY), key_of(SECRET))
