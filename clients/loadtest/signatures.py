"""Whether a webhook call was signed as Standard Webhooks say, with the secret that the receiver knows."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from time import time
from typing import Final

from clients.loadtest.calls import Call

HEADERS: Final = re.compile(rb"\r\nwebhook-(id|timestamp|signature): *([^\r]*)(?=\r\n)", re.IGNORECASE)
PREFIX: Final = "whsec_"
TOLERANCE_S: Final = 300


def key_of(secret: str) -> bytes:
    """What `whsec_…` stands for."""
    return b64decode(secret.removeprefix(PREFIX))


def is_signed(call: Call, key: bytes) -> bool:
    """Whether one of its signatures is right, and its time is now."""
    said = {name.lower(): value for name, value in HEADERS.findall(call.head)}
    at = said.get(b"timestamp", b"")
    if not at.isdigit() or abs(time() - int(at)) > TOLERANCE_S:
        return False
    signed = b"%b.%b.%b" % (said.get(b"id", b""), at, call.body)
    right = b"v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    return right in said.get(b"signature", b"").split(b" ")
