"""What a type's own check holds it to and JSON Schema can say, but msgspec does not: which of several, which values.

Not said, since JSON Schema cannot: the bytes of metadata, different names of a form's fields, minSize up to maxSize.
"""

from typing import Any, Final

from gateway.domain import limits
from gateway.domain.audience import KNOWN_TRIGGERS
from gateway.wire.v2 import Json

WEB: Final[Json] = {"pattern": "^[hH][tT][tT][pP][sS]?://[^\\s/?#]"}
NULL: Final[Json] = {"type": "null"}


def exactly_one(*names: str) -> Json:
    """Exactly one of these strings; null is as good as absent."""
    return {"oneOf": [_only(name, names) for name in names]}


def _only(name: str, names: tuple[str, ...]) -> Json:
    others = dict.fromkeys((it for it in names if it != name), NULL)
    return {"required": [name], "properties": {name: {"type": "string"}, **others}}


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

RULES: Final[dict[str, Json]] = {  # by the name of the schema they are laid over
    "Metadata": {
        "description": f"A flat object. Keys and values come to {limits.METADATA_BYTES} bytes of UTF-8 at most."
    },
    "ParticipantDraft": USER_NAME,
    "ConversationFilter": USER_NAME,
    "LeaveRequest": exactly_one("userId", "userExternalId", "participantId"),
    "AuthorDraft": {
        "oneOf": [
            fields(type={"const": "business"}, userId=NULL, userExternalId=NULL),
            {**fields(type={"const": "user"}), **USER_NAME},
        ]
    },
    "MessageCreate": {
        "oneOf": [
            {"required": ["schema"], **fields(content=_of_type("template"), schema={"const": "whatsapp"})},
            fields(content={"not": _of_type("template", "formResponse")}, schema=NULL),
        ]
    },
    "WebhookCreate": fields(target=WEB, triggers=TRIGGERS),
    "WebhookUpdate": fields(target=WEB, triggers=TRIGGERS),
    "Text": {
        "anyOf": [
            *(_has(name, type="string", minLength=1) for name in ("text", "htmlText", "markdownText")),
            _has("actions", type="array", minItems=1),
        ],
        "not": {
            "required": ["htmlText", "markdownText"],
            "properties": {"htmlText": {"type": "string"}, "markdownText": {"type": "string"}},
        },
        **fields(actions=ONE_OPENS),
    },
    "Image": fields(mediaUrl=WEB, actions=ONE_OPENS),
    "File": fields(mediaUrl=WEB),
    "Item": fields(mediaUrl=WEB),
    "Field": {
        "oneOf": [
            {"required": ["options"], **fields(type={"const": "select"}, options={"type": "array"})},
            fields(type={"enum": ["text", "email"]}, options=NULL),
        ]
    },
}
