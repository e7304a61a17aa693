"""What calls to backends are signed with."""

from gateway.domain.value import Value


class SigningSecret(Value, kw_only=True):
    """`whsec_` and base64, as Standard Webhooks write it. One that was replaced signs along until `until`, in ms."""

    secret: str
    until: int | None = None
