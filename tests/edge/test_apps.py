"""Apps and app keys."""

import pytest

from gateway.domain.limits import APP_KEYS
from tests.edge.conftest import Rest
from tests.edge.premises import service_account
from tests.house_under_test import Answer, House

KEY_NOT_FOUND = {
    "GET": (404, "not_found", "Resource not found"),
    "DELETE": (404, "app_not_found", "The app has no key with this id"),  # the API's own word
}


async def make_app(rest: Rest, house: House, name: str = "shop", key: tuple[str, str] | None = None) -> str:
    made = await rest("POST", "/v2/apps", {"displayName": name}, key=key or house.account)
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


@pytest.mark.parametrize("query", ["filter[serviceAccountId]={}", "filter=%7B%22serviceAccountId%22%3A%22{}%22%7D"])
async def test_apps_are_listed_by_the_service_account_that_made_them(rest: Rest, house: House, query: str) -> None:
    agency, key = await service_account(house)
    other, _ = await service_account(house)
    made = await rest("POST", "/v2/apps", {"displayName": "theirs"}, key=key)

    async def listed(of: str, by: tuple[str, str]) -> Answer:
        return await rest("GET", f"/v2/apps?{query.format(of)}", key=by)

    for by in (house.account, key):
        assert (await listed(agency, by)).body["apps"] == [made.body["app"]]
    assert (await listed(other, house.account)).body["apps"] == []
    assert (await rest("GET", "/v2/apps", key=key)).body["apps"] == [made.body["app"]]
    for of, by in (("svc_1", house.account), (other, key), ("", key)):
        refused = await listed(of, by)
        assert (refused.status, refused.code) == (403, "forbidden")
        assert refused.title == "The serviceAccountId provided does not match supplied credentials"


async def test_a_service_accounts_pages_link_to_its_own_apps(rest: Rest, house: House) -> None:
    _, key = await service_account(house)
    ids = [await make_app(rest, house, f"{number}", key) for number in range(3)]
    page = (await rest("GET", "/v2/apps?page[size]=2", key=key)).body
    assert [it["id"] for it in page["apps"]] == ids[:2]
    rest_of_it = (await rest("GET", f"/v2/apps?page[after]={page['meta']['afterCursor']}", key=key)).body
    assert ([it["id"] for it in rest_of_it["apps"]], rest_of_it["meta"]["hasMore"]) == (ids[2:], False)


async def test_to_a_service_account_other_apps_are_not_there(rest: Rest, house: House) -> None:
    _, key = await service_account(house)
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/keys"), ("GET", "/users/ann")):
        refused = await rest(method, path, {"displayName": "mine"} if method == "PATCH" else None, key=key)
        assert (refused.status, refused.code) == (404, "app_not_found")
    own = f"/v2/apps/{await make_app(rest, house, 'own', key)}"
    assert (await rest("POST", f"{own}/users", {"externalId": "ann"}, key=key)).status == 201
    assert (await rest("POST", f"{own}/keys", {"displayName": "x"}, key=key)).status == 201
    assert (await rest("DELETE", own, key=key)).status == 200


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
