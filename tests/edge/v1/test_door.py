"""The door to v1.1: two families of paths, names in any case, ids as they are, and one `error`."""

import json

import jwt as pyjwt
import pytest

from tests.house_under_test import House, basic


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_both_families_lead_to_the_same_user(house: House, family: str) -> None:
    made = await house.v1("POST", "/appusers", {"userId": f"steveb-{family}"}, family=family)
    assert made.status == 201
    found = await house.v1("GET", f"/appusers/steveb-{family}", family=family)
    assert found.body == made.body


@pytest.mark.parametrize("path", ["/appUsers", "/appusers", "/APPUSERS"])
async def test_names_in_a_path_are_read_in_any_case(house: House, path: str) -> None:
    assert (await house.v1("POST", path, {"userId": path})).status == 201


@pytest.mark.parametrize("name", ["steveb@channel5.com", "a b", "50%", "x+y", "ünï", "a:b;c,d"])
async def test_ids_stand_in_paths_as_they_are(house: House, name: str) -> None:
    await house.v1("POST", "/appusers", {"userId": name})
    found = await house.v1("GET", f"/appusers/{name.replace(' ', '%20').replace('ü', '%C3%BC').replace('ï', '%C3%AF')}")
    assert found.body["appUser"]["userId"] == name


async def test_what_is_not_there_is_one_error(house: House) -> None:
    assert (await house.v1("GET", "/appusers/nobody")).error == (404, "user_not_found", "User not found")
    assert (await house.v1("GET", "/nothing")).error == (404, "not_found", "Resource not found")
    assert (await house.v1("PATCH", "/appusers")).error == (405, "method_not_allowed", "Method not allowed")
    assert (await house.v1("GET", "/appusers/x", key=("app_x", "wrong"))).error[:2] == (401, "unauthorized")


async def test_bad_json_is_refused_with_the_field(house: House) -> None:
    assert (await house.v1("POST", "/appusers", {})).error == (
        400,
        "bad_request",
        "should have required property 'userId'",
    )
    assert (await house.v1("POST", "/appusers", {"userId": 7})).error[2].startswith("userId: expected `str`")
    assert (await house.v1("POST", "/appusers", [])).error[:2] == (400, "bad_request")


async def test_an_account_names_the_app(house: House) -> None:
    assert (await house.v1("POST", "/appusers", {"userId": "a"}, key=house.account)).status == 201
    answer = await house.v1("GET", "/appusers/a", key=house.account, family="implied")
    assert answer.error == (400, "bad_request", "The path should name an app, since an account's key belongs to none")


async def test_another_apps_key_opens_nothing(house: House) -> None:
    made = await house.rest("POST", "/v2/apps", {"displayName": "other"}, key=house.account)
    key = (
        await house.rest("POST", f"/v2/apps/{made.body['app']['id']}/keys", {"displayName": "k"}, key=house.account)
    ).body["key"]
    assert (await house.v1("GET", "/appusers/a", key=(key["id"], key["secret"]))).error[:2] == (404, "app_not_found")


def old_token(house: House, **claims: object) -> str:
    return pyjwt.encode({"iat": 1, **claims}, house.key[1], algorithm="HS256", headers={"kid": house.key[0]})


async def test_tokens_without_an_end_open_what_their_scope_says(house: House) -> None:
    app = old_token(house, scope="app")
    await house.v1("POST", "/appusers", {"userId": "ann"}, token=app)
    own = old_token(house, scope="appUser", userId="ann")
    assert (await house.v1("GET", "/appusers/ann", token=own)).status == 200
    assert (await house.v1("POST", "/appusers", {"userId": "bob"}, token=own)).error[:2] == (403, "forbidden")


async def test_a_users_token_reaches_nobody_else(house: House) -> None:
    for name in ("ann", "bob"):
        await house.v1("POST", "/appusers", {"userId": name})
    own = old_token(house, scope="appUser", userId="ann")
    assert (await house.v1("GET", "/appusers/bob", token=own)).error[:2] == (403, "forbidden")
    said = {"role": "appMaker", "type": "text", "text": "I am the business"}
    assert (await house.v1("POST", "/appusers/ann/messages", said, token=own)).error[:2] == (403, "forbidden")


async def test_a_users_id_is_a_string(house: House) -> None:
    wrong = old_token(house, scope="appUser", userId=7)
    assert (await house.v1("GET", "/appusers/7", token=wrong)).error[:2] == (401, "unauthorized")


async def test_only_users_may_call_from_pages(house: House) -> None:
    """A browser shows a page of another origin what a user's token opens, and nothing that a key does."""
    await house.v1("POST", "/appusers", {"userId": "ann"})
    url = f"{house.url}/v1.1/appusers/ann"
    for shown, origin in (
        (f"Bearer {old_token(house, scope='appUser', userId='ann')}", "*"),
        (basic(*house.key), None),
    ):
        async with house.http.get(url, headers={"Authorization": shown, "Origin": "https://shop.example"}) as response:
            assert response.headers.get("Access-Control-Allow-Origin") == origin
    async with house.http.options(url) as response:
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (204, "*")


async def test_answers_are_not_to_be_kept(house: House) -> None:
    async with house.http.get(f"{house.url}/v1.1/appusers/x", headers={"Authorization": basic(*house.key)}) as response:
        assert response.headers["Cache-Control"] == "private, no-cache, no-store, must-revalidate"
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert list(json.loads(await response.read())) == ["error"]


async def test_devices_may_show_tokens_of_v1(house: House) -> None:
    token = old_token(house, scope="appUser", userId="ann")
    device = await house.device(auth={"jwt": token})
    assert device.welcome["user"]["externalId"] == "ann"
