"""The double life in the words of both versions of webhooks: every trigger of either, field by field."""

from typing import Any, Final, NamedTuple

from tests.house_under_test import Json

NO_PICTURE: Final = "https://www.gravatar.com/avatar/00000000000000000000000000000000.png?s=200&d=mm"

# The nouns, in v2's words and in v1.1's.
NEWCOMER: Final = {"id": "ann", "authenticated": False}
ANN: Final = {"id": "ann", "authenticated": True, "externalId": "ann"}
BOB: Final = {"id": "bob", "authenticated": False, "externalId": "bob"}
EVE: Final = {"id": "eve", "authenticated": False, "externalId": "eve"}
AUTHOR: Final = {"type": "user", "userId": "ann", "displayName": "Ann", "user": ANN}
WEB: Final = {"type": "web", "integrationId": "the web integration"}
PHONE: Final = {"type": "whatsapp", "integrationId": "the whatsapp integration"}
API: Final = {"type": "api:conversations"}
HERE: Final = {"id": "the conversation", "type": "personal"}
DESK: Final = {
    "id": "the desk",
    "name": "desk",
    "integrationId": "the desk's integration",
    "integrationType": "custom",
}
BOT: Final = {"id": "the bot", "name": "bot", "integrationId": "the bot's integration", "integrationType": "custom"}
GROUP: Final = {"id": "the group", "type": "sdkGroup", "metadata": {"table": 7}}
WITH_DESK: Final = {**GROUP, "activeSwitchboardIntegration": DESK}
LINK: Final = {"id": "the link", **PHONE, "status": "pending", "externalId": "+12125552368"}
CANCELLED: Final = {"code": "link_cancelled", "message": "The link was cancelled over the API"}
NO_LINE: Final = {
    "code": "no_connector",
    "message": "No connector serves the channel whatsapp here; the message was not sent over it",
}
BUTTON: Final = {"type": "postback", "text": "Yes", "payload": "YES", "metadata": {"answer": True}}
V1_BUTTON: Final = {"_id": "the button", **BUTTON}
V1_QUESTION: Final = {
    "_id": "the question",
    "role": "appMaker",
    "authorId": "an author id",
    "name": "Desk",
    "received": "seconds",
    "source": {"type": "api"},
    "type": "text",
    "text": "Milk?",
    "actions": [{**V1_BUTTON, "uri": ""}],
}


class Row(NamedTuple):
    """What happens, and what each version says of it: its name and the rest. None where v1.1 says nothing."""

    what: str
    v2: tuple[str, Json]
    v1: tuple[str, Json] | None = None


def typing(where: Json, what: str) -> Json:
    return {"conversation": where, "activity": {"type": what, "author": AUTHOR, "source": WEB}}


def said(where: Json, **message: Any) -> Json:
    return {"conversation": where, "message": {"received": "time", **message}}


def text(words: str, **more: Any) -> Json:
    return {"content": {"type": "text", "text": words, **more}}


def delivery(message: str, destination: Json, **more: Any) -> Json:
    return {
        "conversation": HERE,
        "user": ANN,
        "message": {"id": message},
        "destination": destination,
        "isFinalEvent": True,
        **more,
    }


def v1_delivery(message: str, destination: Json, **more: Any) -> Json:
    shown = {"message": {"_id": message}, "destination": destination, "isFinalEvent": True, "timestamp": "seconds"}
    return {**shown, **more}


def failed(code: str, message: str) -> Json:
    return {"error": {"code": code, "message": message}, "conversation": WITH_DESK}


ROWS: Final = (
    Row(
        "a device comes, which is what v1.1 calls a client",
        (
            "client:add",
            {
                "user": NEWCOMER,
                "client": {"id": "ann's client", "type": "sdk", "status": "active", "linkedAt": "time"},
                "reason": "sdkLogin",
                "source": WEB,
            },
        ),
        (
            "client:add",
            {
                "appUser": {"_id": "ann", "conversationStarted": False},
                "client": {
                    "id": "phone",
                    "platform": "web",
                    "integrationId": "the web integration",
                    "status": "active",
                    "active": True,
                    "lastSeen": "time",
                    "info": {},
                },
                "timestamp": "seconds",
            },
        ),
    ),
    Row("they log in", ("user:update", {"user": ANN, "reason": "authentication", "source": WEB})),
    Row(
        "they start a conversation",
        (
            "conversation:create",
            {"conversation": HERE, "creationReason": "startConversation", "source": WEB, "user": ANN},
        ),
        ("conversation:start", {"source": {"type": "web"}, "timestamp": "seconds"}),
    ),
    Row(
        "they type",
        ("conversation:typing", typing(HERE, "typing:start")),
        ("typing:appUser", {"activity": {"type": "typing:start"}, "timestamp": "seconds"}),
    ),
    Row(
        "and stop",
        ("conversation:typing", typing(HERE, "typing:stop")),
        ("typing:appUser", {"activity": {"type": "typing:stop"}, "timestamp": "seconds"}),
    ),
    Row(
        "they speak",
        (
            "conversation:message",
            said(HERE, id="ann's message", author=AUTHOR, source=WEB, **text("Have you got tea?")),
        ),
        (
            "message:appUser",
            {
                "messages": [
                    {
                        "_id": "ann's message",
                        "role": "appUser",
                        "authorId": "ann",
                        "name": "Ann",
                        "received": "seconds",
                        "source": {"type": "web"},
                        "type": "text",
                        "text": "Have you got tea?",
                    }
                ]
            },
        ),
    ),
    Row(
        "the business speaks",
        (
            "conversation:message",
            said(
                HERE,
                id="the question",
                author={"type": "business", "displayName": "Desk", "avatarUrl": NO_PICTURE},
                source=API,
                **text("Milk?", actions=[{"id": "the button", **BUTTON}]),
            ),
        ),
        ("message:appMaker", {"messages": [V1_QUESTION]}),
    ),
    Row(
        "it is sent",
        ("conversation:message:delivery:channel", delivery("the question", WEB, isFinalEvent=False)),
        ("message:delivery:channel", v1_delivery("the question", WEB, isFinalEvent=False)),
    ),
    Row(
        "it arrives",
        ("conversation:message:delivery:user", delivery("the question", WEB)),
        ("message:delivery:user", v1_delivery("the question", WEB)),
    ),
    Row(
        "a button is pressed",
        (
            "conversation:postback",
            {
                "postback": {"payload": "YES", "metadata": {"answer": True}},
                "conversation": HERE,
                "user": ANN,
                "source": WEB,
            },
        ),
        ("postback", {"postbacks": [{"message": V1_QUESTION, "action": V1_BUTTON}], "timestamp": "seconds"}),
    ),
    Row(
        "they read",
        ("conversation:read", typing(HERE, "conversation:read")),
        ("conversation:read", {"source": {"type": "web"}, "timestamp": "seconds"}),
    ),
    Row(
        "a link is asked for",
        (
            "client:add",
            {"conversation": HERE, "user": ANN, "client": LINK, "reason": "channelLinking", "source": API},
        ),
    ),
    Row(
        "the business speaks without a name",
        (
            "conversation:message",
            said(
                HERE,
                id="the answer",
                author={"type": "business", "avatarUrl": NO_PICTURE},
                source=API,
                **text("On its way"),
            ),
        ),
        (
            "message:appMaker",
            {
                "messages": [
                    {
                        "_id": "the answer",
                        "role": "appMaker",
                        "authorId": "an author id",
                        "name": "app",
                        "received": "seconds",
                        "source": {"type": "api"},
                        "type": "text",
                        "text": "On its way",
                    }
                ]
            },
        ),
    ),
    Row(
        "one way of it fails",
        ("conversation:message:delivery:failure", delivery("the answer", PHONE, error=NO_LINE)),
        ("message:delivery:failure", v1_delivery("the answer", PHONE, error=NO_LINE)),
    ),
    Row(
        "another does not",
        ("conversation:message:delivery:channel", delivery("the answer", WEB, isFinalEvent=False)),
        ("message:delivery:channel", v1_delivery("the answer", WEB, isFinalEvent=False)),
    ),
    Row(
        "so it arrives",
        ("conversation:message:delivery:user", delivery("the answer", WEB)),
        ("message:delivery:user", v1_delivery("the answer", WEB)),
    ),
    Row(
        "the link is cancelled",
        (
            "client:remove",
            {
                "conversation": HERE,
                "user": ANN,
                "client": LINK,
                "reason": "linkCancelled",
                "error": CANCELLED,
                "source": API,
            },
        ),
        ("link:failure", {"channel": "whatsapp", "criteria": {"phoneNumber": "+1 212-555-2368"}, "error": CANCELLED}),
    ),
    Row("a group is made", ("conversation:create", {"conversation": GROUP, "creationReason": "none", "source": API})),
    Row("another joins it", ("conversation:join", {"conversation": GROUP, "user": BOB})),
    Row("and leaves it", ("conversation:leave", {"conversation": GROUP, "user": BOB})),
    Row(
        "they speak in it",
        ("conversation:message", said(GROUP, id="an id", author=AUTHOR, source=WEB, **text("Anybody?"))),
    ),
    Row("they type in it", ("conversation:typing", typing(GROUP, "typing:start"))),
    Row(
        "the business reads it",
        (
            "conversation:read",
            {
                "conversation": GROUP,
                "activity": {"type": "conversation:read", "author": {"type": "business"}, "source": API},
            },
        ),
    ),
    Row(
        "nothing was offered",
        (
            "switchboard:acceptControl:failure",
            failed("switchboard_invalid_action", "There is no pendingSwitchboardIntegration"),
        ),
    ),
    Row(
        "who has control is offered it",
        (
            "switchboard:offerControl:failure",
            failed("switchboard_invalid_target", "Cannot offer control to the active switchboard integration."),
        ),
    ),
    Row(
        "nobody is passed control",
        ("switchboard:passControl:failure", failed("switchboard_invalid_target", "Switchboard invalid target")),
    ),
    Row(
        "control is offered",
        (
            "switchboard:offerControl",
            {"conversation": {**WITH_DESK, "pendingSwitchboardIntegration": BOT}, "metadata": {"why": "tea"}},
        ),
    ),
    Row(
        "it is accepted",
        ("switchboard:acceptControl", {"conversation": {**GROUP, "activeSwitchboardIntegration": BOT}}),
    ),
    Row("it is passed", ("switchboard:passControl", {"conversation": WITH_DESK})),
    Row("it is released", ("switchboard:releaseControl", {"conversation": GROUP})),
    Row("the group is removed", ("conversation:remove", {"conversation": WITH_DESK})),
    Row(
        "they turn out to be somebody else besides",
        ("user:merge", {"mergedUsers": {"surviving": ANN, "discarded": EVE}, "reason": "api"}),
        (
            "merge:appUser",
            {
                "surviving": {"_id": "ann", "userId": "ann", "conversationStarted": True},
                "discarded": [{"_id": "eve", "userId": "eve", "conversationStarted": False}],
            },
        ),
    ),
    Row(
        "the conversation goes with its user",
        ("conversation:remove", {"conversation": {**HERE, "activeSwitchboardIntegration": DESK}}),
    ),
    Row("the user goes", ("user:remove", {"user": ANN}), ("appUser:delete", {})),
)


# What else every call of v1.1 says, but for those of triggers that say less.
ENVELOPE: Final = {
    "appUser": {"_id": "ann", "userId": "ann", "conversationStarted": True},
    "conversation": {"_id": "the conversation"},
}
LESS: Final[dict[str, Json]] = {"client:add": {}, "merge:appUser": {}}


def v1_call(trigger: str, fields: Json) -> Json:
    head = {"trigger": trigger, "app": {"_id": "the app"}, "version": "v1.1"}
    return {**head, **LESS.get(trigger, ENVELOPE), **fields}
