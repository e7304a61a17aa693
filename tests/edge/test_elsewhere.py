"""What other services would do is refused in a sentence that names them, after the request was checked."""

import pytest

from tests.edge.conftest import Rest
from tests.house_under_test import House, Json

REF = dict.fromkeys(("url", "bid", "key", "signature", "owner"), "x")
EVENTS: Json = {"payload": {"data": [{"event_name": "Purchase"}]}}


@pytest.mark.parametrize("body", [None, {}, {"survivingZendeskId": "35436"}, {"survivingZendeskId": None}])
async def test_no_user_is_synchronized(rest: Rest, house: House, body: Json | None) -> None:
    await house.user("35436")
    refused = await rest("POST", "/users/35436/sync", body)
    assert (refused.status, refused.code) == (404, "user_not_found")
    assert "Zendesk Support" in refused.title


async def test_nothing_is_downloaded_from_apple(rest: Rest, house: House) -> None:
    room, ann = await house.personal("ann"), await house.user("ann")
    path = f"/conversations/{room}/download"
    refused = await rest("POST", path, {"userId": ann, "apple": {"interactiveDataRef": REF}})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert "Apple Messages for Business" in refused.title
    for wrong, word in (({}, "userId"), ({"userId": ann, "apple": {}}, "interactiveDataRef")):
        refused = await rest("POST", path, wrong)
        assert (refused.status, word in refused.title) == (400, True)
    for where, who, code in (
        (path, "0" * 24, "user_not_found"),
        (path.replace(room, "0" * 24), ann, "conversation_not_found"),
    ):
        refused = await rest("POST", where, {"userId": who})
        assert (refused.status, refused.code) == (404, code)


@pytest.mark.parametrize("channel", ["messenger", "instagram", "whatsapp"])
async def test_no_events_go_to_meta(rest: Rest, house: House, channel: str) -> None:
    path = f"/conversations/{await house.personal('ann')}/conversionEvents"
    refused = await rest("POST", path, {channel: EVENTS})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert "Meta" in refused.title
    two = {"messenger": EVENTS, "whatsapp": EVENTS}
    wrongs: list[Json] = [{}, {channel: {}}, {channel: {"payload": {}}}, two]
    for wrong in wrongs:
        refused = await rest("POST", path, wrong)
        assert refused.status == 400
        assert "Meta" not in refused.title
    nowhere = await rest("POST", f"/conversations/{'0' * 24}/conversionEvents", {channel: EVENTS})
    assert (nowhere.status, nowhere.code) == (404, "conversation_not_found")
