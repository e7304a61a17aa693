"""What a type's own check holds it to and JSON Schema can say, but msgspec does not: which of several, which values.

Not said, since JSON Schema cannot: the bytes of metadata, different names of a form's fields, minSize up to maxSize.
"""

from typing import Any, Final

from gateway.domain import limits
from gateway.domain.triggers import KNOWN_TRIGGERS
from gateway.wire.requests import switchboards
from gateway.wire.v2 import Json

WEB: Final[Json] = {"pattern": "^[hH][tT][tT][pP][sS]?://[^\\s/?#]"}
NULL: Final[Json] = {"type": "null"}


def exactly_one(*names: str, kind: str = "string") -> Json:
    """Exactly one of these fields; null is as good as absent."""
    return {"oneOf": [_only(name, names, kind) for name in names]}


def _only(name: str, names: tuple[str, ...], kind: str) -> Json:
    others = dict.fromkeys((it for it in names if it != name), NULL)
    return {"required": [name], "properties": {name: {"type": kind}, **others}}


def _has(name: str, **said: Any) -> Json:
    return {"required": [name], "properties": {name: said}}


def _of_type(*names: str) -> Json:
    return {"properties": {"type": {"enum": list(names)}}}


def fields(**said: Json) -> Json:
    return {"properties": said}


USER_NAME: Final = exactly_one("userId", "userExternalId")
TRIGGERS: Final[Json] = {"items": {"enum": sorted(KNOWN_TRIGGERS)}}
ONE_OPENS: Final[Json] = {
    "contains": {
        "required": ["openOnReceive"],
        "properties": {"type": {"const": "webview"}, "openOnReceive": {"const": True}},
    },
    "minContains": 0,
    "maxContains": 1,
}

ONE_RICH_TEXT: Final[Json] = {
    "not": {
        "required": ["htmlText", "markdownText"],
        "properties": {"htmlText": {"type": "string"}, "markdownText": {"type": "string"}},
    }
}
SIGNED_UP: Final[Json] = {"pattern": "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-"}
REPLAYS: Final = {"eventId": "string", "failed": "boolean", "since": "string"}
SCRIPTS: Final = ("javascript", "data", "vbscript")
PHONE: Final = fields(phoneNumber={"pattern": rf"^\+[ .()-]*([0-9][ .()-]*){{{limits.PHONE_LEAST},{limits.PHONE}}}$"})
LINKS_ONLY: Final = fields(actions={"items": fields(type={"const": "link"})})
SAFE: Final[Json] = {  # to follow, as `content.check_link` has it
    "pattern": ":",
    "not": {
        "pattern": "|".join(r"^\s*" + r"\s*".join(f"[{it}{it.upper()}]" for it in name) + r"\s*:" for name in SCRIPTS)
    },
}

NAMES: Final[Json] = {"name": {"not": {"const": switchboards.NEXT}}}
INTEGRATION: Final = exactly_one("integrationId", "integrationType")
BUSINESS: Final = fields(type={"const": "business"})
USER: Final = fields(type={"const": "user"})
NO_ACTIONS: Final = fields(actions={"type": ["array", "null"], "maxItems": 0})

RULES: Final[dict[str, Json]] = {  # by the name of the schema they are laid over
    "Metadata": {
        "description": f"A flat object. Keys and values come to {limits.METADATA_BYTES} bytes of UTF-8 at most."
    },
    "PageQuery": {"not": {"required": ["after", "before"]}},
    "ParticipantDraft": USER_NAME,
    "ConversationFilter": {"oneOf": [{"required": ["userId"]}, {"required": ["userExternalId"]}]},
    "LeaveRequest": exactly_one("userId", "userExternalId", "participantId"),
    "AuthorDraft": {
        "oneOf": [
            fields(type={"const": "business"}, userId=NULL, userExternalId=NULL),
            {**USER, **USER_NAME},
        ]
    },
    "MessageCreate": {
        "oneOf": [
            {
                "required": ["schema"],
                **fields(author=BUSINESS, content=_of_type("template"), schema={"const": "whatsapp"}),
            },
            fields(author=BUSINESS, content={"not": _of_type("template", "formResponse")}, schema=NULL),
            fields(
                author=USER, content={"allOf": [_of_type("text", "image", "file", "location"), NO_ACTIONS]}, schema=NULL
            ),
        ]
    },
    "UserCreate": fields(signedUpAt=SIGNED_UP),
    "UserUpdate": fields(signedUpAt=SIGNED_UP),
    "ByAddress": fields(address={"pattern": r"^[^\s\x1c-\x1f\x85]+@[^\s\x1c-\x1f\x85@]+$"}),
    "ByMessagebird": PHONE,
    "ByTwilio": PHONE,
    "ByWhatsapp": PHONE,
    "Question": fields(author=BUSINESS, content=LINKS_ONLY),
    "TwilioIntegrationCreate": {"anyOf": [_has(it, type="string") for it in ("messagingServiceSid", "phoneNumberSid")]},
    "LinkAction": fields(uri=SAFE),
    "WebviewAction": fields(uri=SAFE, fallback=SAFE),
    "SwitchboardIntegrationCreate": {**INTEGRATION, "properties": NAMES},
    "SwitchboardIntegrationUpdate": {
        "anyOf": [fields(integrationId=NULL), fields(integrationType=NULL)],
        "properties": NAMES,
    },
    "ConversionEvents": exactly_one("messenger", "instagram", "whatsapp", kind="object"),
    "WebhookCreate": fields(target=WEB, triggers=TRIGGERS),
    "ModerationPut": fields(target=WEB),
    "WebhookUpdate": fields(target=WEB, triggers=TRIGGERS),
    "Replay": {
        "properties": {"failed": {"type": ["boolean", "null"], "enum": [True, None]}, "since": SIGNED_UP},
        "oneOf": [
            {"required": [name], "properties": {name: {"type": kind}, **dict.fromkeys({*REPLAYS} - {name}, NULL)}}
            for name, kind in REPLAYS.items()
        ],
    },
    "Text": {
        "anyOf": [
            *(_has(name, type="string", minLength=1) for name in ("text", "htmlText", "markdownText")),
            _has("actions", type="array", minItems=1),
        ],
        **ONE_RICH_TEXT,
        **fields(actions=ONE_OPENS),
    },
    "Image": {**ONE_RICH_TEXT, **fields(mediaUrl=WEB, actions=ONE_OPENS)},
    "File": {**ONE_RICH_TEXT, **fields(mediaUrl=WEB)},
    "Item": fields(mediaUrl=WEB),
    "Field": {
        "oneOf": [
            {"required": ["options"], **fields(type={"const": "select"}, options={"type": "array"}, format=NULL)},
            fields(type={"const": "text"}, options=NULL),
            fields(type={"const": "email"}, options=NULL, format=NULL),
        ]
    },
}
