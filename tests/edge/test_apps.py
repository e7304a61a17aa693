"""Apps and app keys."""

import pytest

from gateway.domain.limits import APP_KEYS
from tests.edge.conftest import Rest
from tests.house_under_test import House

KEY_NOT_FOUND = {
    "GET": (404, "not_found", "Resource not found"),
    "DELETE": (404, "app_not_found", "The app has no key with this id"),  # the API's own word
}


async def make_app(rest: Rest, house: House, name: str = "shop") -> str:
    made = await rest("POST", "/v2/apps", {"displayName": name}, key=house.account)
    assert made.status == 201
    return str(made.body["app"]["id"])


async def test_an_app_from_birth_to_death(rest: Rest, house: House) -> None:
    asked = {"displayName": "shop", "settings": {"useAnimalNames": True}, "metadata": {"tier": 3}}
    made = await rest("POST", "/v2/apps", asked, key=house.account)
    assert made.status == 201
    app = made.body["app"]
    assert app == {
        "id": app["id"],
        "displayName": "shop",
        "metadata": {"tier": 3},
        "settings": {
            "conversationRetentionSeconds": 0,
            "maskCreditCardNumbers": True,
            "useAnimalNames": True,
            "echoPostback": False,
            "ignoreAutoConversationStart": False,
            "multiConvoEnabled": False,
            "appLocalizationEnabled": True,
            "endSessionEnabled": False,
            "disableConversationReopen": False,
        },
    }
    one = f"/v2/apps/{app['id']}"
    assert await rest("GET", one, key=house.account) == (200, {"app": app})

    changed = await rest("PATCH", one, {"displayName": "store", "metadata": None}, key=house.account)
    assert changed == (200, {"app": {**app, "displayName": "store", "metadata": {}}})
    assert await rest("GET", one, key=house.account) == changed

    assert await rest("DELETE", one, key=house.account) == (200, {})
    gone = await rest("GET", one, key=house.account)
    assert (gone.status, gone.code, gone.title) == (404, "app_not_found", "App not found")


async def test_a_change_leaves_the_other_fields_alone(rest: Rest, house: House) -> None:
    await rest("PATCH", "", {"settings": {"echoPostback": True}, "metadata": {"a": 1}})
    changed = (await rest("PATCH", "", {"settings": {"useAnimalNames": True}})).body["app"]
    assert changed["settings"]["echoPostback"] is True
    assert changed["settings"]["useAnimalNames"] is True
    assert changed["metadata"] == {"a": 1}
    assert await rest("PATCH", "", {}) == (200, {"app": changed})


async def test_multi_convo_stays_on(rest: Rest, house: House) -> None:
    app = await make_app(rest, house)
    on = await rest("PATCH", f"/v2/apps/{app}", {"settings": {"multiConvoEnabled": True}}, key=house.account)
    assert on.body["app"]["settings"]["multiConvoEnabled"] is True
    off = await rest("PATCH", f"/v2/apps/{app}", {"settings": {"multiConvoEnabled": False}}, key=house.account)
    assert (off.status, off.title) == (400, "multiConvoEnabled cannot be switched off again")
    assert await rest("GET", f"/v2/apps/{app}", key=house.account) == (200, on.body)


@pytest.mark.parametrize("extra", [{}, {"settings": None, "metadata": None}])
async def test_nulls_on_create_say_nothing(rest: Rest, house: House, extra: dict[str, None]) -> None:
    made = await rest("POST", "/v2/apps", {"displayName": "shop", **extra}, key=house.account)
    assert made.status == 201
    assert made.body["app"]["metadata"] == {}


async def test_metadata_of_more_than_4096_bytes(rest: Rest, house: House) -> None:
    fits, over = {"key": "x" * 4093}, {"key": "x" * 4094}
    assert (await rest("PATCH", "", {"metadata": fits})).status == 200
    for method, path in (("PATCH", ""), ("POST", "/v2/apps")):
        body = {"displayName": "shop", "metadata": over}
        refused = await rest(method, path, body, key=house.account if method == "POST" else None)
        assert (refused.status, refused.code) == (400, "bad_request")
        assert refused.title == "App metadata is limited to 4096 bytes in size."


async def test_a_deleted_app_takes_everything_with_it(rest: Rest, house: House) -> None:
    room = await house.group("ann")
    device = await house.device("ann")
    assert await rest("DELETE", f"/v2/apps/{house.app_id}", key=house.account) == (200, {})
    _, code = await device.goodbye()
    assert code == 4503
    for path in ("", "/users/ann", f"/conversations/{room}", f"/conversations/{room}/messages", "/integrations"):
        refused = await rest("GET", path, key=house.account)
        assert (refused.status, refused.code) == (404, "app_not_found"), path
    assert (await rest("GET", "")).status == 401
    listed = await rest("GET", "/v2/apps", key=house.account)
    assert house.app_id not in [it["id"] for it in listed.body["apps"]]


async def test_a_key_from_birth_to_death(rest: Rest, house: House) -> None:
    keys = f"/v2/apps/{house.app_id}/keys"
    made = await rest("POST", keys, {"displayName": "backend"}, key=house.account)
    assert made.status == 201
    key = made.body["key"]
    assert key["id"].startswith("app_")
    assert key["displayName"] == "backend"
    assert len(key["secret"]) == 86
    assert await rest("GET", f"{keys}/{key['id']}", key=house.account) == (200, made.body)
    listed = await rest("GET", keys, key=house.account)
    assert [it["id"] for it in listed.body["keys"]] == [house.key[0], key["id"]]
    assert listed.body["keys"][1] == key

    pair = (key["id"], key["secret"])
    assert (await rest("GET", "", key=pair)).status == 200
    assert await rest("DELETE", f"{keys}/{key['id']}", key=house.account) == (200, {})
    assert (await rest("GET", "", key=pair)).status == 401
    for method in ("GET", "DELETE"):
        gone = await rest(method, f"{keys}/{key['id']}", key=house.account)
        assert (gone.status, gone.code, gone.title) == KEY_NOT_FOUND[method]


async def test_no_eleventh_key(rest: Rest, house: House) -> None:
    keys = f"/v2/apps/{house.app_id}/keys"
    for number in range(APP_KEYS - 1):
        assert (await rest("POST", keys, {"displayName": f"key {number}"}, key=house.account)).status == 201
    refused = await rest("POST", keys, {"displayName": "one more"}, key=house.account)
    assert (refused.status, refused.title) == (400, "At most 10 keys per app")
    assert len((await rest("GET", keys, key=house.account)).body["keys"]) == APP_KEYS


async def test_no_service_account_has_credentials_here(rest: Rest, house: House) -> None:
    for query in ("filter[serviceAccountId]=svc_1", "filter=%7B%22serviceAccountId%22%3A%22svc_1%22%7D"):
        refused = await rest("GET", f"/v2/apps?{query}", key=house.account)
        assert (refused.status, refused.code) == (403, "forbidden")
        assert refused.title == "The serviceAccountId provided does not match supplied credentials"


async def test_all_settings_are_taken_and_shown(rest: Rest, house: House) -> None:
    chosen = {
        "conversationRetentionSeconds": 3600,
        "maskCreditCardNumbers": False,
        "useAnimalNames": True,
        "echoPostback": True,
        "ignoreAutoConversationStart": True,
        "multiConvoEnabled": True,
        "appLocalizationEnabled": False,
        "endSessionEnabled": True,
        "disableConversationReopen": True,
    }
    made = await rest("POST", "/v2/apps", {"displayName": "x", "settings": chosen}, key=house.account)
    assert made.body["app"]["settings"] == chosen
    changed = await rest("PATCH", "", {"settings": chosen})
    assert changed.body["app"]["settings"] == chosen
