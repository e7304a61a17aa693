"""A code lets a device in as a user, with a session of its own."""

from typing import Any

import pytest

from gateway.domain import errors, limits
from gateway.domain.commands import MergeUsers, Ref
from gateway.domain.errors import Refused
from gateway.domain.model import AuthCode
from gateway.flow.auth_codes import auth_code
from gateway.wire import tokens
from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver


async def code(house: House, who: str) -> str:
    return await auth_code(house.flow, Ref(house.app_id, who))


async def signed(house: House, user_id: str, **facts: Any) -> str:
    """A code written by hand, with the app's key."""
    key = await house.flow.store.key(house.key[0])
    assert key is not None
    until = house.flow.now() + limits.AUTH_CODE_S * 1000
    return tokens.auth_code(key, AuthCode(**{"app_id": house.app_id, "user_id": user_id, "until": until, **facts}))


def session(device: Device) -> Json:
    return {"userId": device.welcome["user"]["id"], "sessionToken": device.welcome["sessionToken"]}


async def turned_away(house: House, auth: Json) -> int:
    device = await house.plug(guid="phone")
    await device.say("hello", device={"guid": "phone"}, auth=auth)
    return (await device.goodbye())[1]


async def test_a_device_comes_in_as_the_user_of_a_code(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "client:add")
    room = await house.group("ann")
    shown = await code(house, "ann")
    assert shown.startswith("ac_")
    phone = await house.device(guid="phone", auth={"authCode": shown})
    assert phone.welcome["user"]["id"] == await house.user("ann")
    assert [it["conversation"]["id"] for it in phone.welcome["conversations"]] == [room]
    (added,) = await receiver.until(lambda: receiver.heard("client:add"))
    assert added["payload"]["reason"] == "authCode"
    await phone.close()
    again = await house.device(guid="phone", auth=session(phone))
    await again.sends(room, "It is me")


async def test_sessions_and_tokens_of_before_are_as_good_as_ever(house: House) -> None:
    first, ann = await house.device(guid="first"), await house.device("ann")
    for known in (first, ann):
        who = known.welcome["user"]["id"]
        second = await house.device(guid="second", auth={"authCode": await code(house, who)})
        assert second.welcome["user"]["id"] == who
    await house.device(guid="first", auth=session(first))
    await house.device("ann")
    third = await house.device(guid="third", auth={"authCode": await code(house, "ann")})
    await house.device("ann")
    await house.device(guid="third", auth=session(third))


async def test_a_login_of_the_device_ends_its_session(house: House) -> None:
    await house.user("ann")
    phone, other = [await house.device(guid=it, auth={"authCode": await code(house, "ann")}) for it in ("phone", "o")]
    assert (await phone.ask("login", jwt=house.token("ann")))["type"] == "ok"
    assert await turned_away(house, session(phone)) == 4501
    await house.device(guid="o", auth=session(other))


async def test_a_merge_ends_the_sessions_of_whoever_has_a_name(house: House) -> None:
    phones = {}
    for name in ("ann", "bob"):
        await house.user(name)
        phones[name] = await house.device(guid=name, auth={"authCode": await code(house, name)})
    refs = [Ref(house.app_id, it) for it in phones]
    late = await code(house, "bob")
    await house.flow.corridor.execute(MergeUsers(app_id=house.app_id, surviving=refs[0], discarded=refs[1]))
    assert (await phones["bob"].goodbye())[1] == 4502
    for auth in (session(phones["ann"]), session(phones["bob"]), {"authCode": late}):
        assert await turned_away(house, auth) == 4501


async def test_a_code_that_is_no_code_opens_nothing(house: House) -> None:
    ann = await house.user("ann")
    right = await signed(house, ann)
    wrong = [
        "ac_",
        "ac_nonsense",
        right[:-2],
        house.token("ann"),
        await signed(house, ann, until=house.flow.now() - 1_000),
        await signed(house, ann, app_id="0" * 24),
        await signed(house, "0" * 24),
    ]
    for shown in wrong:
        assert await turned_away(house, {"authCode": shown}) == 4501, shown
    assert await turned_away(house, {"authCode": right, "jwt": house.token("ann")}) == 4500
    assert (await house.device(guid="phone", auth={"authCode": right})).welcome["user"]["id"] == ann


async def test_a_code_opens_nothing_else(house: House) -> None:
    shown = (await code(house, await house.user("ann"))).removeprefix("ac_")
    answer = await house.rest("GET", "/users/ann", headers={"Authorization": f"Bearer {shown}"})
    assert answer.status == 401
    assert await turned_away(house, {"jwt": shown}) == 4501


async def test_a_code_is_for_somebody(house: House) -> None:
    with pytest.raises(Refused) as refused:
        await code(house, "nobody")
    assert refused.value.problem == errors.USER_NOT_FOUND


async def test_a_code_ends_with_the_key_that_signed_it(house: House) -> None:
    await house.user("ann")
    shown = await code(house, "ann")
    path = f"/v2/apps/{house.app_id}/keys/{house.key[0]}"
    assert (await house.rest("DELETE", path, key=house.account)).status == 200
    assert await turned_away(house, {"authCode": shown}) == 4501
    with pytest.raises(Refused) as refused:
        await code(house, "ann")
    assert refused.value.problem == errors.NO_APP_KEY
