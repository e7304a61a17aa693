"""Request bodies about what calls are signed with."""

from typing import Annotated

from msgspec import Meta

from gateway.domain.signing import GRACE_S, LONGEST_GRACE_S
from gateway.wire.requests.body import Body


class SigningSecretRotate(Body, kw_only=True):
    """For how long the secret that is replaced signs along."""

    grace_seconds: Annotated[int, Meta(ge=0, le=LONGEST_GRACE_S)] = GRACE_S
