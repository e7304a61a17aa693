"""Request bodies that other services than this gateway would need."""

from typing import Any

from gateway.wire.requests.body import Body


class SyncUser(Body, kw_only=True):
    surviving_zendesk_id: str | None = None


class InteractiveDataRef(Body, kw_only=True):
    url: str
    bid: str
    key: str
    signature: str
    owner: str


class AppleRef(Body, kw_only=True):
    interactive_data_ref: InteractiveDataRef


class DownloadMessageRef(Body, kw_only=True):
    user_id: str
    apple: AppleRef | None = None


class MetaPayload(Body, kw_only=True):
    data: tuple[dict[str, Any], ...]


class MetaEvents(Body, kw_only=True):
    payload: MetaPayload


class ConversionEvents(Body, kw_only=True):
    messenger: MetaEvents | None = None
    instagram: MetaEvents | None = None
    whatsapp: MetaEvents | None = None

    def __post_init__(self) -> None:
        if sum(it is not None for it in (self.messenger, self.instagram, self.whatsapp)) != 1:
            raise ValueError("should have exactly one of messenger, instagram and whatsapp")
