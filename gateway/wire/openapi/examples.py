"""Examples for readers: parts of paths, and bodies by their type."""

from typing import Any, Final

from gateway.wire import requests
from gateway.wire.v2 import Json

ID: Final[Json] = {"type": "string", "pattern": "^[0-9a-f]{24}$"}


def _part(description: str, example: str, schema: Json | None = None) -> Json:
    return {"description": description, "schema": schema or {"type": "string"}, "example": example}


ANY_PART: Final[Json] = {"schema": {"type": "string"}}
PARTS: Final[dict[str, Json]] = {
    "appId": _part("The app.", "5d8cff3cd55b040010928b5b", ID),
    "keyId": _part("The key.", "app_5d8cff3cd55b040010928b5c", {"type": "string"}),
    "integrationId": _part("The integration. `me` is the one whose key is shown.", "5e4af71a81966cfff3ef6550"),
    "webhookId": _part("The webhook.", "5e554d1a81966cfff3ef6661", ID),
    "userIdOrExternalId": _part("The user's id, or the external id that the business gave them.", "steve"),
    "conversationId": _part("The conversation.", "029c31f25a21b47effd7be90", ID),
    "messageId": _part("The message.", "5e6a2f1a81966cfff3ef6772", ID),
    "clientId": _part("The client.", "5e7b301a81966cfff3ef6883", ID),
    "deviceId": _part("The device.", "5e8c411a81966cfff3ef6994", ID),
    "zendeskId": _part("The user's id in the support system.", "35436"),
    "eventId": _part("The event, as webhooks are told of it.", "5e4af71a81966cfff3ef6cc7", ID),
    "switchboardId": _part("The switchboard.", "5e9d521a81966cfff3ef6aa5", ID),
    "switchboardIntegrationId": _part("The switchboard's integration.", "5eae631a81966cfff3ef6bb6", ID),
}

STEVE: Final[Json] = {"userExternalId": "steve", "subscribeSDKClient": True}
BUSINESS: Final[Json] = {"type": "business", "displayName": "Ada", "avatarUrl": "https://example.com/ada.png"}
ORDER: Final[Json] = {"type": "postback", "text": "Order again", "payload": "ORDER_42"}
SITE: Final[Json] = {"type": "link", "text": "See it", "uri": "https://example.com/espresso"}


def _says(**content: Any) -> Json:
    return {"author": BUSINESS, "content": content}


EXAMPLES: Final[dict[Any, dict[str, Json]]] = {
    requests.AppCreate: {"app": {"displayName": "Coffee shop", "settings": {"multiConvoEnabled": True}}},
    requests.AppUpdate: {"metadata": {"metadata": {"city": "Montréal"}}},
    requests.KeyCreate: {"key": {"displayName": "Back office"}},
    requests.UserCreate: {
        "user": {
            "externalId": "steve",
            "signedUpAt": "2026-05-04T09:30:00.000Z",
            "profile": {"givenName": "Steve", "surname": "Bean", "email": "steve@example.com", "locale": "en-CA"},
            "metadata": {"loyalty": 7},
        }
    },
    requests.UserUpdate: {"profile": {"profile": {"givenName": "Stephen"}, "metadata": {"loyalty": 8}}},
    requests.ConversationCreate: {
        "personal": {"type": "personal", "participants": [STEVE]},
        "group": {"type": "sdkGroup", "displayName": "Tasting night", "participants": [STEVE]},
    },
    requests.ConversationUpdate: {"name": {"displayName": "Tasting night, second try"}},
    requests.ParticipantDraft: {"user": STEVE},
    requests.LeaveRequest: {"user": {"userExternalId": "steve"}},
    requests.MessageCreate: {
        "text": _says(type="text", text="Your coffee is ready."),
        "buttons": _says(type="text", text="The same again?", actions=[ORDER, SITE]),
        "image": _says(type="image", mediaUrl="https://example.com/espresso.png", altText="An espresso"),
        "carousel": _says(
            type="carousel",
            items=[{"title": "Espresso", "description": "Short", "size": "compact", "actions": [ORDER]}],
        ),
        "form": _says(type="form", fields=[{"type": "email", "name": "email", "label": "Where may we write to you?"}]),
        "user": {
            "author": {"type": "user", "userExternalId": "steve"},
            "content": {"type": "text", "text": "Thank you!"},
        },
    },
    requests.ActivityCreate: {
        "typing": {"author": {"type": "business"}, "type": "typing:start"},
        "read": {"author": {"type": "user", "userExternalId": "steve"}, "type": "conversation:read"},
    },
    requests.WebhookCreate: {
        "webhook": {"target": "https://example.com/hook", "triggers": ["conversation:message", "conversation:read"]}
    },
    requests.WebhookUpdate: {"triggers": {"triggers": ["conversation:message"]}},
    requests.DeliveryUpdate: {"alone": {"onePerCall": True, "standardWebhooks": True, "schedule": "long"}},
    requests.Replay: {
        "event": {"eventId": "5e4af71a81966cfff3ef6cc7"},
        "failed": {"failed": True},
        "since": {"since": "2026-05-04T09:30:00.000Z"},
    },
    requests.IntegrationCreate: {
        "custom": {
            "type": "custom",
            "displayName": "Back office",
            "webhooks": [{"target": "https://example.com/hook", "triggers": ["conversation:message"]}],
        },
        "web": {"type": "web", "brandColor": "65758e", "businessName": "Coffee shop"},
    },
    requests.ClientCreate: {
        "phone": {
            "matchCriteria": {
                "type": "twilio",
                "integrationId": "5e4af71a81966cfff3ef6550",
                "phoneNumber": "+1 212-555-2368",
            },
            "confirmation": {"type": "prompt", "message": {"content": {"type": "text", "text": "Shall we text you?"}}},
            "target": {"conversationId": "029c31f25a21b47effd7be90"},
        }
    },
    requests.ModerationPut: {
        "moderation": {"target": "https://example.com/judge", "timeoutMs": 1500, "unanswered": "accept"}
    },
    requests.SigningSecretRotate: {"hour": {"graceSeconds": 3600}},
    requests.SwitchboardUpdate: {"off": {"enabled": False}},
    requests.SwitchboardIntegrationCreate: {
        "bot": {"name": "bot", "integrationType": "custom", "deliverStandbyEvents": False, "messageHistoryCount": 5}
    },
    requests.SwitchboardIntegrationUpdate: {"history": {"messageHistoryCount": 10}},
    requests.PassControl: {"next": {"switchboardIntegration": "next", "metadata": {"topic": "refund"}}},
    requests.OfferControl: {"bot": {"switchboardIntegration": "bot"}},
    requests.AcceptControl: {"accept": {"metadata": {"topic": "refund"}}},
    requests.ReleaseControl: {"release": {"metadata": {"topic": "refund"}}},
    requests.AttachmentRemove: {"file": {"mediaUrl": "https://example.com/v2/attachments/cat.png"}},
    requests.IntegrationUpdate: {"name": {"displayName": "Back office, new"}},
}
