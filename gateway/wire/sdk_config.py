"""What an SDK is told before it says hello: of the app, the integration it comes through, and where to go."""

from typing import Final

from gateway.domain.model import Integration, Office
from gateway.domain.offers import offered
from gateway.wire.v2 import Json, without_none

PLATFORMS: Final = ("web", "android", "ios")
RETRIES: Final = {"intervals": {"regular": 60, "aggressive": 15}, "backoffMultiplier": 2, "maxRetries": 5}  # in seconds
STYLE: Final = (
    "brandColor", "conversationColor", "actionColor", "displayStyle", "fixedIntroPane", "businessName",
    "businessIconUrl", "backgroundImageUrl", "buttonIconUrl", "buttonWidth", "buttonHeight",
)  # fmt: skip


def config(office: Office, integration: Integration, base: str, filled: Json) -> Json:
    """`base` is the address that all paths of this gateway follow; `filled` what was not chosen of the integration."""
    app, fields = office.app, {**filled, **integration.fields}
    told = {
        "app": {
            "_id": app.id,
            "name": app.display_name,
            "status": "active",
            "settings": {"multiConvoEnabled": app.settings.multi_convo_enabled},
        },
        "baseUrl": dict.fromkeys(PLATFORMS, f"{base}/sdk"),
        "restRetryPolicy": RETRIES,
        "integration": {
            "_id": integration.id,
            "type": integration.type,
            "canUserCreateMoreConversations": bool(fields.get("canUserCreateMoreConversations")),
        },
        "integrations": [_channel(it) for it in offered(office, integration)] if integration.type == "web" else [],
    }
    if integration.type == "web":
        told["style"] = {name: fields[name] for name in STYLE if name in fields}
    return {"config": told}


def _channel(it: Integration) -> Json:
    return without_none(_id=it.id, type=it.type, displayName=it.display_name)
