"""Bad bodies: refused with a sentence that names the field, and nothing is half done (law 9)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.domain.limits import NESTING, REQUEST_BYTES
from gateway.domain.value import Value
from gateway.edge.call import JSON
from gateway.edge.http import OPERATIONS
from gateway.wire import requests
from tests.domain.town import Orders
from tests.edge.conftest import Rest
from tests.edge.examples import CHANNELS, CONTENTS, ITEM, LINK, LINKED, Json
from tests.edge.premises import HOOK, Premises, furnished, on_disk
from tests.edge.spoil import MALFORMED, spoilt, written
from tests.house_under_test import Answer, House, basic

APP = "/v2/apps/{appId}"
ROOM = f"{APP}/conversations/{{conversationId}}"
BOARD = f"{APP}/switchboards/{{switchboardId}}"
HOOKS = f"{APP}/integrations/{{integrationId}}/webhooks"
REF = dict.fromkeys(("url", "bid", "key", "signature", "owner"), "x")
PROFILE = {"givenName": "Ann", "email": "a@example.com", "avatarUrl": "https://example.com/a.png", "locale": "en"}


class Asked(NamedTuple):
    """An operation's body: the type it is read into, and a good one."""

    method: str
    path: str
    kind: type[Value]
    example: Json


BODIES = (
    Asked("POST", "/v2/apps", requests.AppCreate, {"displayName": "x", "settings": {}, "metadata": {"a": "b"}}),
    Asked("PATCH", APP, requests.AppUpdate, {"displayName": "x", "metadata": {"a": "b"}}),
    Asked("PATCH", BOARD, requests.SwitchboardUpdate, {"enabled": False, "defaultSwitchboardIntegrationId": None}),
    Asked(
        "POST",
        f"{BOARD}/switchboardIntegrations",
        requests.SwitchboardIntegrationCreate,
        {"name": "x", "integrationType": "custom", "deliverStandbyEvents": True, "messageHistoryCount": 5},
    ),
    Asked(
        "PATCH",
        f"{BOARD}/switchboardIntegrations/{{switchboardIntegrationId}}",
        requests.SwitchboardIntegrationUpdate,
        {"name": "x", "deliverStandbyEvents": False, "messageHistoryCount": None},
    ),
    *(
        Asked("POST", f"{ROOM}/{action}", kind, {**facts, "metadata": {"a": "b"}})
        for action, kind, facts in (
            ("passControl", requests.PassControl, {"switchboardIntegration": "bot", "reason": "ticketClosed"}),
            ("offerControl", requests.OfferControl, {"switchboardIntegration": "desk"}),
            ("acceptControl", requests.AcceptControl, {}),
            ("releaseControl", requests.ReleaseControl, {"reason": "transferToEmail"}),
        )
    ),
    Asked("POST", f"{APP}/keys", requests.KeyCreate, {"displayName": "x"}),
    Asked(
        "POST",
        f"{APP}/integrations",
        requests.IntegrationHead,
        {"type": "custom", "displayName": "x", "webhooks": [HOOK]},
    ),
    *(
        Asked("POST", f"{APP}/integrations", requests.FIELDS[kind], {"type": kind, **fields})
        for kind, fields in CHANNELS.items()
    ),
    Asked("PATCH", f"{APP}/integrations/{{integrationId}}", requests.NameChange, {"displayName": "x"}),
    Asked("POST", f"{APP}/integrations/{{integrationId}}/keys", requests.KeyCreate, {"displayName": "x"}),
    Asked("POST", HOOKS, requests.WebhookCreate, {**HOOK, "includeFullUser": True}),
    Asked("PATCH", f"{HOOKS}/{{webhookId}}", requests.WebhookUpdate, HOOK),
    Asked(
        "PATCH",
        f"{HOOKS}/{{webhookId}}/delivery",
        requests.DeliveryUpdate,
        {"onePerCall": True, "standardWebhooks": True, "schedule": "long"},
    ),
    Asked("POST", f"{HOOKS}/{{webhookId}}/signingSecret/rotate", requests.SigningSecretRotate, {"graceSeconds": 60}),
    Asked("POST", f"{HOOKS}/{{webhookId}}/replay", requests.Replay, {"since": "2020-01-01T00:00:00Z"}),
    Asked(
        "POST",
        f"{APP}/users",
        requests.UserCreate,
        {"externalId": "x", "signedUpAt": "2020-01-01T00:00:00Z", "profile": PROFILE, "metadata": {"a": "b"}},
    ),
    Asked(
        "PATCH",
        f"{APP}/users/{{userIdOrExternalId}}",
        requests.UserUpdate,
        {"profile": PROFILE, "metadata": {"a": "b"}},
    ),
    Asked("POST", f"{APP}/users/{{userIdOrExternalId}}/clients", requests.ClientCreate, LINKED),
    Asked(
        "POST",
        f"{APP}/conversations",
        requests.ConversationCreate,
        {"type": "sdkGroup", "participants": [{"userExternalId": "ann"}], "displayName": "x", "iconUrl": "https://x.y"},
    ),
    Asked("PATCH", ROOM, requests.ConversationUpdate, {"displayName": "x", "description": "y", "metadata": {"a": "b"}}),
    Asked("POST", f"{ROOM}/join", requests.ParticipantDraft, {"userExternalId": "ann", "subscribeSDKClient": True}),
    Asked("POST", f"{ROOM}/leave", requests.LeaveRequest, {"userExternalId": "ann"}),
    Asked(
        "POST",
        f"{ROOM}/messages",
        requests.MessageCreate,
        {
            "author": {"type": "business", "displayName": "x"},
            "content": {**CONTENTS["list"], "items": [{**ITEM, "actions": [LINK]}]},
            "metadata": {"a": "b"},
            "references": [{"uri": "https://x.y", "title": "x"}],
        },
    ),
    Asked(
        "POST",
        f"{APP}/attachments/remove",
        requests.AttachmentRemove,
        {"mediaUrl": f"https://x.y/attachments/v2/{'a' * 40}/x.png"},
    ),
    Asked(
        "POST", f"{ROOM}/activity", requests.ActivityCreate, {"author": {"type": "business"}, "type": "typing:start"}
    ),
    Asked(
        "PUT",
        f"{APP}/moderation",
        requests.ModerationPut,
        {"target": "https://x.y", "unanswered": "refuse", "timeoutMs": 500},
    ),
)
BODILESS = {("POST", f"{APP}/switchboards")}

NEVER = (  # refused in the end, however good the body is
    Asked("POST", f"{APP}/users/{{zendeskId}}/sync", requests.SyncUser, {"survivingZendeskId": "1"}),
    Asked(
        "POST", f"{ROOM}/download", requests.DownloadMessageRef, {"userId": "x", "apple": {"interactiveDataRef": REF}}
    ),
    Asked("POST", f"{ROOM}/conversionEvents", requests.ConversionEvents, {"messenger": {"payload": {"data": [{}]}}}),
    Asked("POST", f"{APP}/moderation/signingSecret/rotate", requests.SigningSecretRotate, {"graceSeconds": 60}),
    Asked("POST", "/oauth/token", requests.TokenRequest, {"grant_type": "authorization_code", "code": "x"}),
)


def each(bodies: tuple[Asked, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("asked", bodies, ids=lambda it: f"{it.method} {it.path} {it.kind.__name__}")


each_body, each_good_body = each((*BODIES, *NEVER)), each(BODIES)


def test_every_operation_with_a_body_is_in_the_table() -> None:
    reading = [it for it in OPERATIONS if it.method in ("POST", "PATCH", "PUT") and it.reads and JSON in it.media]
    expecting = {(it.method, it.path) for it in reading}
    assert {(it.method, it.path) for it in (*BODIES, *NEVER)} == expecting - BODILESS
    assert {it.kind for it in BODIES} >= set(requests.FIELDS.values()) - {requests.Body}


class Desk:
    """One operation of a furnished app, and a look at the disk behind it."""

    def __init__(self, rest: Rest, house: House, premises: Premises, asked: Asked, data: Path) -> None:
        self._rest = rest
        self._asked = asked
        self._path = asked.path.format(**premises.parts)
        self._parts = premises.parts
        self._header = basic(*(house.account if asked.path in ("/v2/apps", f"{APP}/keys") else house.key))
        self._data = data
        self._before = on_disk(data)

    async def send(self, body: bytes, **headers: str) -> Answer:
        headers = {"Authorization": self._header, **headers}
        for name in ("personalId", "twilioId"):  # which an example cannot know
            body = body.replace(b"{%b}" % name.encode(), self._parts[name].encode())
        return await self._rest(self._asked.method, self._path, data=body, headers=headers)

    def untouched(self) -> bool:
        return on_disk(self._data) == self._before


@pytest.fixture
async def desk(rest: Rest, house: House, tmp_path: Path, asked: Asked) -> Desk:
    premises = await furnished(house, house.app_id, house.key, "ann")
    premises.parts["twilioId"] = (await house.flow.corridor.execute(Orders(house.app_id).integration("twilio"))).id
    return Desk(rest, house, premises, asked, tmp_path / "data")


@each_body
async def test_every_spoilt_field_is_named(desk: Desk, asked: Asked) -> None:
    for body, word in spoilt(asked.kind, asked.example):
        refused = await desk.send(written(body))
        assert refused.status == 400, (body, refused)
        assert word in refused.title, body
    assert desk.untouched()


def wholes() -> Iterator[bytes]:
    """Bodies that are wrong as a whole."""
    yield from (b"[]", b"null", b"5", b"-", b'"x"', b"true", b"NaN", b"{", b"}", b"{]", b'{"a"}', b'{"a":}', b"{,}")
    yield from (b"{}{}", b"{} x", b"{'a': 1}", b"\xef\xbb\xbf{}", b"\x00", b"{}\x00", b"\xff", b'{"a": "\xff"}')
    yield from (
        b'{"a": "\xed\xa0\x80"}',
        '{"a": "é"}'.encode("utf-16"),
        b'{"a": "\x01"}',
        b'{"a": "\\x"}',
        b'{"a": 01}',
    )
    yield from (b"[" * 90_000, b'{"a":' * 19_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000)
    yield from (b'{"x":' + b"[" * depth + b"]" * depth + b"}" for depth in (NESTING, 500, 900, 960, 980, 1_000, 40_000))


@each_body
async def test_what_is_no_object_is_refused(desk: Desk, asked: Asked) -> None:
    for body in wholes():
        refused = await desk.send(body)
        assert refused.status == 400, (body[:50], refused)
    assert desk.untouched()


@each_good_body
async def test_bodies_of_another_kind_are_refused(desk: Desk, asked: Asked) -> None:
    body = json.dumps(asked.example).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data"):
        refused = await desk.send(body, **{"Content-Type": kind})
        assert (refused.status, refused.code) == (415, "unsupported_media_type")
    assert desk.untouched()


@each_body
async def test_bodies_that_are_too_large_are_refused(desk: Desk, asked: Asked) -> None:
    large = json.dumps(asked.example).encode() + b" " * REQUEST_BYTES
    refused = await desk.send(large)
    assert (refused.status, refused.code) == (413, "payload_too_large")
    assert desk.untouched()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the strings are."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], leaf: str) -> Any:
    if not path:
        return leaf
    copy = value.copy()
    copy[path[0]] = replaced(copy[path[0]], path[1:], leaf)
    return copy


STRANGE = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\n",
    "\u202e",
    "\ufeff",
    "\U0010ffff",
    "e\u0301",
    "%00",
    "'; --",
    "$.a",
    "🙂" * 64,
)


@each_good_body
async def test_strange_strings_are_taken_or_refused(desk: Desk, asked: Asked) -> None:
    for path in leaves(asked.example):
        for strange in STRANGE:
            answer = await desk.send(written(replaced(asked.example, path, strange)))
            assert answer.status in (200, 201, 202, 400, 404, 409), (path, strange, answer)


@each_good_body
async def test_unknown_fields_are_let_pass(desk: Desk, asked: Asked) -> None:
    answer = await desk.send(written({**asked.example, "unknown": {"a": [None]}, "": "", "appId": "0" * 24}))
    assert answer.status in (200, 201, 202) or answer.title.startswith("Unsupported media URL")


async def test_of_a_field_said_twice_the_last_counts(rest: Rest) -> None:
    made = await rest("POST", "/users", data=b'{"externalId": "ann", "externalId": "bob"}')
    assert made.body["user"]["externalId"] == "bob"
    refused = await rest("POST", "/users", data=b'{"externalId": "ann", "externalId": 5}')
    assert refused.status == 400


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_what_json_may_be_called(rest: Rest, kind: str) -> None:
    made = await rest("POST", "/users", data=b"{}", headers={"Content-Type": kind})
    assert made.status == 201


@pytest.mark.parametrize("number", [-1, 2**53, 2**64, -(2**63) - 1, 10**40, 1e308, -1e-308, 0.1])
async def test_a_number_is_kept_as_it_is(rest: Rest, house: House, number: float) -> None:
    made = await rest("POST", "/users", {"metadata": {"number": number}})
    assert made.body["user"]["metadata"] == {"number": number}
    assert await rest("GET", f"/users/{made.body['user']['id']}") == (200, made.body)


def nested(levels: int) -> Json:
    """A message of so many levels."""
    options: Any = 1
    for _ in range(levels - 4):  # the body, its content, the actions, and one of them
        options = {"a": options}
    content = {"type": "text", "actions": [{**LINK, "extraChannelOptions": options}]}
    return {"author": {"type": "business"}, "content": content}


async def test_what_is_nested_as_deep_as_may_be_goes_all_the_way(rest: Rest, house: House) -> None:
    """In, to the disk, out again, and to a device."""
    room = await house.group("ann")
    ann = await house.device("ann")
    posted = await house.rest("POST", f"/conversations/{room}/messages", nested(NESTING))
    assert posted.status == 201
    assert await house.messages(room) == posted.body["messages"]
    pushed = await ann.event("conversation:message")
    assert pushed["event"]["payload"]["message"] == posted.body["messages"][0]
    refused = await rest("POST", f"/conversations/{room}/messages", nested(NESTING + 1))
    assert (refused.status, refused.title) == (400, "JSON may be nested 100 levels deep")


async def test_brackets_inside_strings_do_not_nest(rest: Rest) -> None:
    made = await rest("POST", "/users", {"metadata": {"a": "[" * 500, "b": '\\"[{' * 500}})
    assert made.status == 201


async def test_a_body_just_as_large_as_may_be(rest: Rest, house: House) -> None:
    made = await rest("POST", "/users", data=b"{}".ljust(REQUEST_BYTES))
    assert made.status == 201


async def test_what_is_no_json_blames_no_field(rest: Rest) -> None:
    refused = await rest("POST", "/users", data=b"{")
    assert MALFORMED in refused.title
