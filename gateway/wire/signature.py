"""What a webhook call is signed with, as Standard Webhooks define it (v1, symmetric)."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import lru_cache

from gateway.domain.model import SigningSecret
from gateway.domain.signing import PREFIX
from gateway.wire.v2 import Json, time, without_none


def shown(it: SigningSecret) -> Json:
    return without_none(secret=it.secret, until=time(it.until))


def headers(call_id: str, at_ms: int, secrets: Sequence[str], body: bytes) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` and `webhook-signature`, with a signature for each secret; nothing for none."""
    if not secrets:
        return {}
    at = str(at_ms // 1000)
    signed = b"%b.%b.%b" % (call_id.encode(), at.encode(), body)
    return {
        "webhook-id": call_id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join("v1," + _signature(it, signed) for it in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    return b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


@lru_cache(maxsize=1024)
def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(PREFIX))


def call_id(event_ids: Sequence[str]) -> str:
    """What the same call is known by whenever it is made again: with other events it is another call."""
    if len(event_ids) == 1:
        return event_ids[0]
    return "batch_" + hashlib.sha256(",".join(event_ids).encode()).hexdigest()[:32]
