"""What backends ask over REST v2: request bodies hold themselves to the limits."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from gateway.domain import limits
from gateway.domain.errors import Refused
from gateway.wire import requests
from gateway.wire.json import read

Json = dict[str, Any]
Kind = type[requests.Body]

URL: Final = "https://example.org/"
HOOK: Final = {"target": URL, "triggers": ["user:remove"]}
BUSINESS: Final = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}


def url(size: int) -> str:
    return URL + "x" * (size - len(URL))


def profile(name: str) -> Callable[[int], Json]:
    return lambda n: {"profile": {name: url(n) if name == "avatarUrl" else "x" * n}}


def author(**facts: Any) -> Json:
    return {**BUSINESS, "author": {"type": "business", **facts}}


def history_count(count: int) -> Json:
    return {"messageHistoryCount": count}


MINIMAL: Final[dict[Kind, Json]] = {
    requests.AppCreate: {"displayName": "app"},
    requests.AppUpdate: {},
    requests.KeyCreate: {"displayName": "key"},
    requests.WebhookCreate: HOOK,
    requests.WebhookUpdate: {},
    requests.WebFields: {},
    requests.IntegrationHead: {"type": "web"},
    requests.IntegrationChanges: {},
    requests.SwitchboardUpdate: {},
    requests.SwitchboardIntegrationCreate: {"name": "bot", "integrationId": "i"},
    requests.SwitchboardIntegrationUpdate: {},
    requests.PassControl: {"switchboardIntegration": "bot"},
    requests.OfferControl: {"switchboardIntegration": "bot"},
    requests.AcceptControl: {},
    requests.ReleaseControl: {},
    requests.UserCreate: {},
    requests.UserUpdate: {},
    requests.ParticipantDraft: {"userId": "u"},
    requests.ConversationCreate: {"type": "personal"},
    requests.ConversationUpdate: {},
    requests.LeaveRequest: {"participantId": "p"},
    requests.MessageCreate: BUSINESS,
    requests.ActivityCreate: {"author": {"type": "business"}, "type": "conversation:read"},
}

LONGEST: Final[list[tuple[str, Kind, str, Callable[[int], Json]]]] = [
    ("NAME", requests.AppCreate, "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", requests.AppUpdate, "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", requests.KeyCreate, "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", requests.IntegrationHead, "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", requests.IntegrationChanges, "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", requests.ConversationCreate, "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", requests.ConversationUpdate, "displayName", lambda n: {"displayName": "x" * n}),
    ("DESCRIPTION", requests.ConversationCreate, "description", lambda n: {"description": "x" * n}),
    ("DESCRIPTION", requests.ConversationUpdate, "description", lambda n: {"description": "x" * n}),
    ("URL", requests.ConversationCreate, "iconUrl", lambda n: {"iconUrl": url(n)}),
    ("URL", requests.WebhookCreate, "target", lambda n: {"target": url(n)}),
    ("URL", requests.WebhookUpdate, "target", lambda n: {"target": url(n)}),
    ("URL", requests.WebFields, "businessIconUrl", lambda n: {"businessIconUrl": url(n)}),
    ("LABEL", requests.WebFields, "businessName", lambda n: {"businessName": "x" * n}),
    (
        "FIELDS",
        requests.WebFields,
        "prechatCapture.fields",
        lambda n: {"prechatCapture": {"fields": [{"type": "text", "name": "n", "label": "l"}] * n}},
    ),
    ("SWITCHBOARD_NAME", requests.SwitchboardIntegrationCreate, "name", lambda n: {"name": "x" * n}),
    ("SWITCHBOARD_NAME", requests.SwitchboardIntegrationUpdate, "name", lambda n: {"name": "x" * n}),
    ("MESSAGE_HISTORY", requests.SwitchboardIntegrationCreate, "messageHistoryCount", history_count),
    ("MESSAGE_HISTORY", requests.SwitchboardIntegrationUpdate, "messageHistoryCount", history_count),
    ("EXTERNAL_ID", requests.UserCreate, "externalId", lambda n: {"externalId": "x" * n}),
    ("PROFILE", requests.UserCreate, "profile.givenName", profile("givenName")),
    ("PROFILE", requests.UserCreate, "profile.surname", profile("surname")),
    ("PROFILE", requests.UserCreate, "profile.email", profile("email")),
    ("URL", requests.UserCreate, "profile.avatarUrl", profile("avatarUrl")),
    ("LOCALE", requests.UserCreate, "profile.locale", profile("locale")),
    ("PROFILE", requests.UserUpdate, "profile.givenName", profile("givenName")),
    ("LABEL", requests.MessageCreate, "author.displayName", lambda n: author(displayName="x" * n)),
    ("URL", requests.MessageCreate, "author.avatarUrl", lambda n: author(avatarUrl=url(n))),
    ("REFERENCES", requests.MessageCreate, "references", lambda n: {"references": [{"uri": URL}] * n}),
]

METADATA: Final = [
    requests.AppCreate,
    requests.AppUpdate,
    requests.UserCreate,
    requests.UserUpdate,
    requests.ConversationCreate,
    requests.ConversationUpdate,
    requests.MessageCreate,
    requests.PassControl,
    requests.OfferControl,
    requests.AcceptControl,
    requests.ReleaseControl,
]

REFUSED: Final[list[tuple[Kind, Json, str]]] = [
    (requests.AppCreate, {"displayName": ""}, "displayName"),
    (requests.AppCreate, {"settings": {"conversationRetentionSeconds": -1}}, "settings.conversationRetentionSeconds"),
    (requests.WebhookCreate, {"target": "ftp://example.org"}, "target should be an http or https URL"),
    (requests.WebhookUpdate, {"target": "javascript:x"}, "target should be an http or https URL"),
    (requests.WebhookCreate, {"triggers": []}, "triggers"),
    (requests.IntegrationHead, {"webhooks": [HOOK, HOOK]}, "webhooks"),
    (requests.WebFields, {"originWhitelist": ["example.org"]}, "originWhitelist[0]"),
    (requests.WebFields, {"originWhitelist": ["https://example.org/path"]}, "originWhitelist[0]"),
    (requests.WebFields, {"brandColor": "red"}, "brandColor"),
    (requests.WebFields, {"displayStyle": "window"}, "displayStyle"),
    *(
        (kind, facts, word)
        for kind in (requests.SwitchboardIntegrationCreate, requests.SwitchboardIntegrationUpdate)
        for facts, word in (
            ({"name": ""}, "name"),
            ({"name": "a b"}, "name"),
            ({"name": "é"}, "name"),
            ({"name": "bot\n"}, "name"),
            ({"name": "next"}, "name should not be 'next'"),
            ({"messageHistoryCount": 0}, "messageHistoryCount"),
            ({"integrationId": "i", "integrationType": "t"}, "one of integrationId and integrationType"),
        )
    ),
    (requests.SwitchboardIntegrationCreate, {"integrationId": None}, "exactly one of integrationId"),
    (requests.PassControl, {"switchboardIntegration": ""}, "switchboardIntegration"),
    (requests.PassControl, {"reason": "bored"}, "reason"),
    (requests.ReleaseControl, {"reason": ""}, "reason"),
    (requests.UserCreate, {"externalId": ""}, "externalId"),
    (requests.UserCreate, {"externalId": "a\x00b"}, "externalId"),
    (requests.UserCreate, {"signedUpAt": "yesterday"}, "signedUpAt"),
    (requests.UserCreate, {"signedUpAt": "2024-01-01T00:00:00"}, "signedUpAt"),
    (requests.UserCreate, {"signedUpAt": 1_700_000_000}, "signedUpAt"),
    (requests.UserCreate, {"signedUpAt": "0001-01-01T00:00:00+14:00"}, "signedUpAt should be between"),
    (requests.UserUpdate, {"signedUpAt": "9999-12-31T23:59:59-14:00"}, "signedUpAt should be between"),
    (requests.UserCreate, {"profile": {"givenName": ""}}, "profile.givenName"),
    (requests.ParticipantDraft, {"userExternalId": "e"}, "exactly one of userId and userExternalId"),
    (requests.ConversationCreate, {"type": "group"}, "type"),
    (requests.ConversationCreate, {"participants": [{"userId": "u"}] * 101}, "participants"),
    (requests.LeaveRequest, {"userId": "u"}, "exactly one of userId, userExternalId and participantId"),
    (requests.MessageCreate, {"author": {"type": "user"}}, "author: an author of type user should have exactly one"),
    (requests.MessageCreate, author(userId="u"), "author: userId and userExternalId are for authors of type user"),
    (requests.MessageCreate, author(subtypes=["bot"]), "author.subtypes"),
    (requests.MessageCreate, {"references": []}, "references"),
    (requests.MessageCreate, {"content": {"type": "text"}}, "content: should have one of text"),
    (requests.ActivityCreate, {"type": "conversation:endedByUser"}, "type"),
]


def body(kind: Kind, **fields: Any) -> requests.Body:
    made: requests.Body = read(orjson.dumps({**MINIMAL[kind], **fields}), kind)
    return made


def refusal(kind: Kind, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        body(kind, **fields)
    return refused.value.problem.title


@pytest.mark.parametrize("kind", MINIMAL, ids=lambda it: str(it.__name__))
def test_a_body_needs_no_more_than_this_and_ignores_what_is_new(kind: Kind) -> None:
    assert body(kind) == body(kind, somethingNew={"a": [1]})


@pytest.mark.parametrize(
    ("limit", "kind", "field", "fields"), LONGEST, ids=[f"{it[1].__name__} {it[2]}" for it in LONGEST]
)
def test_the_limit_is_accepted_and_one_more_is_refused(
    limit: str, kind: Kind, field: str, fields: Callable[[int], Json]
) -> None:
    most = getattr(limits, limit)
    body(kind, **fields(most))
    assert refusal(kind, **fields(most + 1)).startswith(f"{field}: expected")


@pytest.mark.parametrize("kind", METADATA, ids=lambda it: str(it.__name__))
def test_metadata_is_held_to_its_size(kind: Kind) -> None:
    body(kind, metadata={"k": "x" * (limits.METADATA_BYTES - 1)})
    assert "etadata is limited to 4096 bytes in size." in refusal(kind, metadata={"k": "x" * limits.METADATA_BYTES})


def test_every_limit_of_requests_is_tried() -> None:
    used = set(re.findall(r"limits\.([A-Z_]+)", Path(requests.__file__).read_text()))
    assert used <= {it[0] for it in LONGEST}


@pytest.mark.parametrize(("kind", "fields", "why"), REFUSED, ids=[f"{it[0].__name__} {it[2]}" for it in REFUSED])
def test_what_does_not_fit_is_refused(kind: Kind, fields: Json, why: str) -> None:
    assert why in refusal(kind, **fields)


@pytest.mark.parametrize(
    ("kind", "nulls"),
    [
        (requests.AppCreate, ("settings", "metadata")),
        (requests.AppUpdate, ("settings", "metadata")),
        (requests.UserCreate, ("externalId", "signedUpAt", "toBeRetained", "profile", "metadata")),
        (requests.UserUpdate, ("signedUpAt", "toBeRetained", "profile", "metadata")),
        (
            requests.ConversationCreate,
            ("participants", "displayName", "description", "iconUrl", "metadata"),
        ),
        (requests.ConversationUpdate, ("displayName", "description", "iconUrl", "metadata")),
        (requests.MessageCreate, ("destination", "metadata", "override", "schema", "references")),
        (
            requests.SwitchboardIntegrationCreate,
            ("integrationType", "deliverStandbyEvents", "nextSwitchboardIntegrationId", "messageHistoryCount"),
        ),
        (
            requests.SwitchboardIntegrationUpdate,
            ("integrationId", "integrationType", "nextSwitchboardIntegrationId", "messageHistoryCount"),
        ),
        (requests.PassControl, ("reason", "metadata")),
        (requests.ReleaseControl, ("reason", "metadata")),
        (requests.WebhookCreate, ("includeFullUser", "includeFullSource")),
        (requests.IntegrationHead, ("displayName", "webhooks")),
    ],
    ids=lambda it: str(getattr(it, "__name__", "")),
)
def test_null_is_taken_where_clients_write_it(kind: Kind, nulls: tuple[str, ...]) -> None:
    body(kind, **dict.fromkeys(nulls))


def test_the_fields_that_were_sent() -> None:
    sent = body(requests.ConversationUpdate, displayName=None, iconUrl=URL)
    assert requests.changes(sent) == {"display_name": None, "icon_url": URL}
    web = body(requests.WebFields, brandColor="#fff", canUserCreateMoreConversations=True)
    assert requests.api_fields(web) == {"brandColor": "#fff", "canUserCreateMoreConversations": True}


def test_a_subscription_is_spelt_as_the_api_spells_it() -> None:
    draft = body(requests.ParticipantDraft, subscribeSDKClient=True)
    assert isinstance(draft, requests.ParticipantDraft)
    assert draft.subscribe_sdk_client is True
