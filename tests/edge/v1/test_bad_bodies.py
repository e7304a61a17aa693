"""Bad bodies over v1.1: refused in one sentence that names the field, and never our own mistake."""

import json
from typing import Any, NamedTuple

import pytest

from gateway.domain.value import Value
from gateway.edge.v1 import app_users, channels, conversation, elsewhere, files, messages
from gateway.edge.v1.route import Route
from gateway.wire.v1 import activities, drafts, notifications, people
from gateway.wire.v1 import channels as v1_channels
from gateway.wire.v1 import files as v1_files
from tests.edge.spoil import spoilt, written
from tests.edge.test_bad_bodies import leaves, replaced, wholes
from tests.house_under_test import Answer, House, Json, basic

MESSAGE: Json = {"role": "appMaker", "type": "text", "text": "Hello", "name": "Cleo", "metadata": {"a": 1}}
LINK: Json = {
    "type": "twilio",
    "phoneNumber": "+12125552368",
    "confirmation": {"type": "prompt", "message": {"type": "text", "text": "Join us?"}},
}
USER: Json = {
    "userId": "bob",
    "givenName": "Bob",
    "signedUpAt": "2018-04-02T14:45:46.505Z",
    "properties": {"a": "b", "c": 1},
}
NOTICE: Json = {
    "destination": {"integrationId": "0" * 24, "destinationId": "+12125552368"},
    "author": {"role": "appMaker"},
    "message": {"type": "text", "text": "Hi"},
}


class Asked(NamedTuple):
    """What has a body: the type it is read into, and a good one."""

    method: str
    path: str
    kind: type[Value]
    example: Json


BODIES = (
    Asked("POST", "/appusers", people.AppUserCreate, USER),
    Asked("PUT", "/appusers/ann", people.AppUserUpdate, USER),
    Asked("POST", "/appusers/merge", people.Merge, {"surviving": {"_id": "x"}, "discarded": {"_id": "y"}}),
    Asked("POST", "/appusers/ann/channels", v1_channels.LinkDraft, LINK),
    Asked("POST", "/appusers/ann/messages", drafts.MessageDraft, MESSAGE),
    Asked("POST", "/appusers/ann/conversation/postback", activities.PostbackDraft, {"actionId": "x"}),
    Asked(
        "POST",
        "/appusers/ann/conversation/activity",
        activities.ActivityDraft,
        {"role": "appMaker", "type": "typing:start", "name": "Cleo"},
    ),
    Asked("POST", "/notifications", notifications.Notification, NOTICE),
    Asked("POST", "/attachments/token", v1_files.TokenDraft, {"paths": ["a"]}),
)
each_body = pytest.mark.parametrize("asked", BODIES, ids=lambda it: f"{it.method} {it.path}")

ODD: tuple[Any, ...] = (
    *("", "\x00", "a\x00b", "\u202e", "\U0010ffff", "🙂" * 64, "x" * 5_000),
    *(-1, 2**53, 2**64, -(10**40), 1e308, True, None, [], [None], {}, {"a": {"b": []}}, {"": ""}),
)

JSON_ROUTES = [
    route
    for module in (app_users, channels, conversation, messages, files, elsewhere)
    for route in module.ROUTES
    if route.method in ("POST", "PUT")
]


@pytest.fixture(autouse=True)
async def _ann(house: House) -> None:
    """Somebody who was greeted."""
    await house.v1("POST", "/appusers", {"userId": "ann"})
    await house.v1("POST", "/appusers/ann/messages", MESSAGE)


async def sends(house: House, method: str, path: str, body: bytes) -> Answer:
    headers = {"Authorization": basic(*house.key), "Content-Type": "application/json"}
    async with house.http.request(method, f"{house.url}/v1.1{path}", data=body, headers=headers) as response:
        return Answer(response.status, await response.json())


@each_body
async def test_every_broken_rule_is_refused_with_its_field(house: House, asked: Asked) -> None:
    for body, word in spoilt(asked.kind, asked.example):
        refused = await sends(house, asked.method, asked.path, written(body))
        assert refused.status == 400, (body, refused)
        assert refused.body["error"]["code"] == "bad_request"
        assert word in refused.error[2] or refused.error[2] == "Number out of range", (body, refused)


@pytest.mark.parametrize("route", JSON_ROUTES, ids=lambda it: f"{it.method} {it.path}")
async def test_what_is_no_object_is_refused(house: House, route: Route) -> None:
    path = route.path.format(userId="ann", channel="viber")
    for body in wholes():
        refused = await sends(house, route.method, path, body)
        assert refused.status in (200, 400), (body[:50], refused)
        assert refused.status == 400 or path.endswith("/read"), "only what reads no body may let one pass"


@each_body
async def test_odd_values_are_taken_or_refused(house: House, asked: Asked) -> None:
    """Never a mistake of ours, wherever they stand."""
    for path in (*leaves(asked.example), *((name,) for name in asked.example)):
        for odd in ODD:
            answer = await sends(house, asked.method, asked.path, written(replaced(asked.example, path, odd)))
            assert answer.status in (200, 201, 400, 404, 409), (path, odd, answer)
            assert answer.status < 400 or answer.body["error"].keys() == {"code", "description"}


@each_body
async def test_unknown_fields_are_let_pass(house: House, asked: Asked) -> None:
    more = {"unknown": {"a": [None]}, "": "", "appId": "x", "conversationStarted": 7}
    with_more = await sends(house, asked.method, asked.path, json.dumps({**asked.example, **more}).encode())
    without = await sends(house, asked.method, asked.path, json.dumps(asked.example).encode())
    assert with_more.status == without.status or (with_more.status, without.status) == (201, 409)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_json_is_read_whatever_it_is_called(house: House, kind: str) -> None:
    headers = {"Authorization": basic(*house.key), "Content-Type": kind}
    url = f"{house.url}/v1.1/appusers/ann/messages"
    async with house.http.post(url, data=json.dumps(MESSAGE).encode(), headers=headers) as response:
        assert response.status == 201


@pytest.mark.parametrize("place", ["text", "email", "avatarUrl", "name"])
async def test_half_a_surrogate_pair_is_refused(house: House, place: str) -> None:
    body = json.dumps({**MESSAGE, place: "half"}).replace("half", "https://x/\\ud800").encode()
    refused = await sends(house, "POST", "/appusers/ann/messages", body)
    assert refused.error[:2] == (400, "bad_request")


async def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    refused = await sends(house, "POST", "/appusers/ann/messages", json.dumps(MESSAGE).encode() + b" " * 100_000)
    assert refused.error[:2] == (413, "payload_too_large")
