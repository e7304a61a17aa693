"""The secrets that webhook calls are signed with, which are never sent."""

from base64 import b64encode
from typing import Final

from gateway.domain.model import SigningSecret
from gateway.domain.value import Stamp

PREFIX: Final = "whsec_"
KEY_BYTES: Final = 64  # "between 24 bytes (192 bits) and 64 bytes (512 bits)"
GRACE_S: Final = 86_400  # a secret that was replaced signs along for a day
LONGEST_GRACE_S: Final = 30 * 86_400
SECRETS: Final = 5  # that sign at a time, the newest of them


def new_secret(stamp: Stamp) -> SigningSecret:
    """A key with 64 characters of the stamp's dice, 384 random bits."""
    return SigningSecret(secret=PREFIX + b64encode(stamp.new_secret()[-KEY_BYTES:].encode()).decode())


def rotated(secrets: tuple[SigningSecret, ...], stamp: Stamp, grace_s: int) -> tuple[SigningSecret, ...]:
    """With a new secret at the head; those before it sign along for `grace_s`, unless they end sooner anyway."""
    until = stamp.at + grace_s * 1000
    former = (SigningSecret(secret=it.secret, until=min(it.until or until, until)) for it in secrets)
    return (new_secret(stamp), *(it for it in former if it.until is not None and it.until > stamp.at))[:SECRETS]


def valid(secrets: tuple[SigningSecret, ...], now: int) -> tuple[str, ...]:
    """Those that sign at a time, in milliseconds."""
    return tuple(it.secret for it in secrets if it.until is None or now < it.until)
