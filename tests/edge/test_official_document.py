"""A whole life over REST: every operation once at least, each answer as the official document describes it."""

from typing import Any

import pytest
from aiohttp import FormData

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS
from gateway.wire.openapi.examples import EXAMPLES
from tests.documented import operation_of
from tests.edge.official import DOCUMENT, WHY_NOT, unlike_official
from tests.edge.premises import Premises, admitted, furnished
from tests.house_under_test import Answer, House, Json, basic

pytestmark = pytest.mark.skipif(DOCUMENT is None, reason=WHY_NOT)

QUERIES = {"listConversations": "?filter[userExternalId]=steve", "listUsers": "?filter[identities.email]=x@example.com"}
BY_BROWSER = {"authorize", "consentToAccess"}  # pages: tests/edge/test_oauth.py
REFUSED = {"syncUser", "downloadMessageRef", "postConversionEvents"}  # there is nobody at the other end
TWILIO = {"type": "twilio", "accountSid": "AC1", "authToken": "t", "messagingServiceSid": "MG1"}


class Witness:
    """Holds every answer to the official document; `seen` are the operations that succeeded."""

    def __init__(self, house: House) -> None:
        self.seen: set[str] = set()
        self.problems: list[str] = []
        self._ask = house.rest

    async def rest(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        answer = await self._ask(method, path, body, **options)
        self.hears(method, path, answer)
        return answer

    def hears(self, method: str, path: str, answer: Answer) -> None:
        operation = operation_of(method, path)
        assert operation is not None
        if answer.status == operation.status:
            self.seen.add(operation.id)
            self.problems += [f"{operation.id}: {it}" for it in _unlike(operation, answer)]


def _unlike(operation: Operation, answer: Answer) -> list[str]:
    assert DOCUMENT is not None
    if operation.path not in DOCUMENT["paths"] or operation.method.lower() not in DOCUMENT["paths"][operation.path]:
        return []  # newer than the copy
    return unlike_official(operation.method, operation.path, *answer)


@pytest.fixture
def witness(house: House, monkeypatch: pytest.MonkeyPatch) -> Witness:
    witness = Witness(house)
    monkeypatch.setattr(house, "rest", witness.rest)
    return witness


async def test_a_life_is_as_the_official_document_has_it(house: House, witness: Witness) -> None:
    """Twice over, since what is tried first may need what is made later."""
    premises = await _new_app(house)
    asking = [it for it in OPERATIONS if it.method != "DELETE" and it.id not in BY_BROWSER]
    for operation in asking * 2:
        for body in _bodies(operation, premises.parts):
            path = premises.path(operation) + QUERIES.get(operation.id, "")
            await house.rest(
                operation.method, path, body, key=house.account if operation.tag != "OAuth" else premises.key
            )
    await _share_a_file(house, witness, premises)
    token = await admitted(house, premises.key)
    await house.rest("DELETE", "/oauth/authorization", headers={"Authorization": f"Bearer {token}"})
    await _switch_off(house, premises)
    for operation in reversed([it for it in OPERATIONS if it.method == "DELETE"]):
        await house.rest("DELETE", premises.path(operation), key=house.account)
    assert witness.problems == []
    assert {it.id for it in OPERATIONS} - witness.seen == BY_BROWSER | REFUSED


async def _share_a_file(house: House, witness: Witness, premises: Premises) -> None:
    path = f"/v2/apps/{premises.parts['appId']}/attachments"
    form = FormData()
    form.add_field("source", b"hello", filename="hello.txt", content_type="text/plain")
    headers = {"Authorization": basic(*premises.key)}
    async with house.http.post(f"{house.url}{path}?access=public", data=form, headers=headers) as uploaded:
        answer = Answer(uploaded.status, await uploaded.json())
    witness.hears("POST", path, answer)
    body = {"mediaUrl": answer.body["attachment"]["mediaUrl"]}
    await house.rest("POST", f"{path}/remove", body, key=premises.key)


async def _switch_off(house: House, premises: Premises) -> None:
    """What is a default cannot be deleted."""
    path = f"/v2/apps/{premises.parts['appId']}/switchboards/{premises.parts['switchboardId']}"
    off = {"enabled": False, "defaultSwitchboardIntegrationId": None}
    await house.rest("PATCH", path, off, key=premises.key)


async def _new_app(house: House) -> Premises:
    """With one of everything, and a channel that clients can be asked for on."""
    wanted = {"displayName": "life", "settings": {"multiConvoEnabled": True}}
    app_id = (await house.rest("POST", "/v2/apps", wanted, key=house.account)).body["app"]["id"]
    made = await house.rest("POST", f"/v2/apps/{app_id}/keys", {"displayName": "life"}, key=house.account)
    key = made.body["key"]
    premises = await furnished(house, app_id, (key["id"], key["secret"]), "steve")
    channel = await house.rest("POST", f"/v2/apps/{app_id}/integrations", TWILIO, key=house.account)
    premises.parts["twilioId"] = channel.body["integration"]["id"]
    return premises


def _bodies(operation: Operation, parts: dict[str, str]) -> tuple[Json | None, ...]:
    """The examples of the document; for what depends on what there is, bodies of our own."""
    phone = {"type": "twilio", "integrationId": parts["twilioId"], "phoneNumber": "+1 212-555-2368"}
    own: dict[str, tuple[Json, ...]] = {
        "createUser": ({"externalId": "new"}, {}),
        "createClient": (
            {
                "matchCriteria": phone,
                "confirmation": {"type": "immediate"},
                "target": {"conversationId": parts["personalId"]},
            },
        ),
        "updateSwitchboard": ({"enabled": True},),
        "createSwitchboardIntegration": ({"name": "human", "integrationId": parts["integrationId"]},),
        "passControl": ({"switchboardIntegration": "bot"},),
        "offerControl": ({"switchboardIntegration": "desk"},),
        "updateSwitchboardIntegration": ({"messageHistoryCount": 5},),
    }
    if operation.id in own:
        return own[operation.id]
    return tuple(EXAMPLES.get(operation.asked[0], {}).values()) if operation.asked else (None,)
