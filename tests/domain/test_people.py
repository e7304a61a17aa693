"""Users, their SDK client and their devices."""

import pytest

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.model import Integration
from tests.domain.town import NOBODY, Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def web(town: Town) -> Integration:
    return town.do(town.orders.integration())


def kinds(town: Town, since: int) -> list[str]:
    return [type(it).__name__ for it in town.happened[since:]]


def test_a_user_is_known_by_either_id(town: Town) -> None:
    ann = town.user("ann")
    for ref in (cmd.Ref(town.app_id, ann, "id"), cmd.Ref(town.app_id, "ann", "external"), cmd.Ref(town.app_id, ann)):
        assert town.house.person(ref).user.id == ann
    assert town.house.find(cmd.Ref(town.app_id, "ann", "id")) is None


def test_a_user_without_external_id_signs_up_now(town: Town) -> None:
    someone = town.do(cmd.CreateUser(app_id=town.app_id))
    assert (someone.external_id, someone.signed_up_at) == (None, town.clock.at)


def test_a_change_names_only_what_changes(town: Town) -> None:
    town.user("ann")
    town.do(town.orders.changes("ann", metadata={"a": 1}))
    changed = town.do(town.orders.changes("ann", profile={"surname": "Lee", "given_name": None}))
    assert (changed.profile.surname, changed.profile.given_name, changed.metadata) == ("Lee", None, {"a": 1})
    emptied = town.do(town.orders.changes("ann", metadata=None, signed_up_at=None, to_be_retained=True))
    assert (emptied.metadata, emptied.signed_up_at, emptied.to_be_retained) == ({}, None, True)


def test_metadata_is_added_to_or_replaced(town: Town) -> None:
    town.user("ann")
    town.do(town.orders.changes("ann", metadata={"a": 1, "b": 2}))
    added = town.do(town.orders.changes("ann", metadata_changes={"b": None, "c": True, "none": None}))
    assert added.metadata == {"a": 1, "c": True}
    anew = town.do(town.orders.changes("ann", metadata=None, metadata_changes={"d": ""}))
    assert anew.metadata == {"d": ""}


def test_a_change_that_changes_nothing_is_no_news(town: Town) -> None:
    town.user("ann")
    happened = len(town.happened)
    town.do(town.orders.changes("ann", profile={"given_name": "Ann"}))
    assert len(town.happened) == happened


def test_a_new_name_is_told_to_the_users_own_devices_alone(town: Town) -> None:
    ann = town.user("ann")
    town.do(town.orders.changes("ann", profile={"surname": "Lee"}))
    told = town.last(ev.UserUpdated)
    assert (told.audience, told.reason, told.lane) == ((ann,), None, ann)


def test_whoever_goes_leaves_groups_and_takes_personal_conversations_along(town: Town) -> None:
    group, own = town.group("ann", "bob"), town.personal("ann")
    ann, since = town.user("ann"), len(town.happened)
    town.do(town.orders.forgets("ann"))
    assert sorted(kinds(town, since)[:-1]) == ["ConversationRemoved", "Left"]
    assert town.last(ev.UserRemoved).audience == (ann,)
    assert town.last(ev.Left).audience == (ann, town.user("bob"))
    assert town.seated(group) == ["bob"]
    assert town.house.rooms[own] is None
    assert town.refusal(town.orders.changes("ann")) == errors.USER_NOT_FOUND


def test_the_name_of_somebody_who_went_is_free(town: Town) -> None:
    before = town.user("ann")
    town.do(town.orders.forgets("ann"))
    assert town.user("ann") != before


def test_a_verified_newcomer_is_made_with_client_and_device(town: Town, web: Integration) -> None:
    since = len(town.happened)
    ann = town.do(town.orders.connects(web.id, external_id="ann"))
    assert (ann.user.external_id, ann.user.authenticated, ann.user.session_hashes) == ("ann", True, ())
    assert kinds(town, since) == ["UserCreated", "ClientAdded", "DeviceSeen"]
    assert ann == town.house.guest(ann.user.id)


def test_an_anonymous_newcomer_is_known_by_the_session(town: Town, web: Integration) -> None:
    someone = town.do(town.orders.connects(web.id, new_session_hash="right"))
    again = town.do(town.orders.connects(web.id, user_id=someone.user.id, session_hash="right"))
    assert (someone.user.authenticated, again.user) == (False, someone.user)


@pytest.mark.parametrize("session_hash", ["wrong", None])
def test_an_identified_user_cannot_be_had_by_id_alone(town: Town, web: Integration, session_hash: str | None) -> None:
    """Not even where no session is remembered and none is shown."""
    ann = town.do(town.orders.connects(web.id, external_id="ann"))
    shown = town.orders.connects(web.id, user_id=ann.user.id, session_hash=session_hash)
    assert town.refusal(shown) == errors.INVALID_AUTH


def test_a_login_makes_the_anonymous_user_the_identified_one(town: Town, web: Integration) -> None:
    someone = town.do(town.orders.connects(web.id, new_session_hash="right")).user
    login = town.orders.connects(web.id, external_id="ann", user_id=someone.id, session_hash="right")
    ann = town.do(login).user
    assert (ann.id, ann.external_id, ann.authenticated, ann.session_hashes) == (someone.id, "ann", True, ())
    assert town.last(ev.UserUpdated).reason == "authentication"
    assert town.refusal(town.orders.connects(web.id, user_id=someone.id, session_hash="right")) == errors.INVALID_AUTH


def test_a_user_made_by_a_backend_is_identified_by_the_first_login(town: Town, web: Integration) -> None:
    ann = town.user("ann")
    town.do(town.orders.connects(web.id, external_id="ann"))
    assert town.house.guest(ann).user.authenticated
    since = len(town.happened)
    town.do(town.orders.connects(web.id, "second", external_id="ann"))
    assert kinds(town, since) == ["DeviceSeen"]


def test_a_device_seen_again_soon_is_not_written(town: Town, web: Integration) -> None:
    hello = town.orders.connects(web.id, external_id="ann")
    town.do(hello)
    since = len(town.happened)
    town.clock.wind(59)
    town.do(hello)
    assert kinds(town, since) == []
    town.clock.wind(1)
    ann = town.do(hello)
    assert kinds(town, since) == ["DeviceSeen"]
    assert ann.devices[0].last_seen == town.clock.at


def test_the_device_seen_longest_ago_makes_room(town: Town, web: Integration) -> None:
    for number in range(limits.DEVICES):
        town.clock.wind(1)
        town.do(town.orders.connects(web.id, f"guid{number}", external_id="ann"))
    town.clock.wind(1)
    town.do(town.orders.connects(web.id, "guid0", external_id="ann"))
    town.clock.wind(100)
    town.do(town.orders.connects(web.id, "guid0", external_id="ann"))
    newest = town.do(town.orders.connects(web.id, "one more", external_id="ann"))
    kept = {it.guid for it in town.house.guest(newest.user.id).devices}
    assert len(kept) == limits.DEVICES
    assert "guid1" not in kept
    assert {"guid0", "one more"} <= kept


def test_a_device_says_how_it_is(town: Town, web: Integration) -> None:
    ann = town.do(town.orders.connects(web.id, external_id="ann"))
    change = cmd.UpdateDevice(
        app_id=town.app_id, user=town.orders.ref("ann"), guid="guid", state="background", push_token="token"
    )
    device = town.do(change).device("guid")
    assert device is not None
    assert (device.state, device.push_token, device.status) == ("background", "token", "active")
    assert town.house.guest(ann.user.id).device("guid") == device


def test_a_person_of_another_app_is_a_stranger(town: Town) -> None:
    town.user("ann")
    assert town.house.find(cmd.Ref(NOBODY, "ann")) is None


def test_a_name_is_unique_within_its_brand(town: Town) -> None:
    """Also among those who are made in one group of commands."""
    north, south = (town.do(town.orders.user("ann", brand_id=brand)) for brand in ("north", "south"))
    assert town.refusal(town.orders.user("ann", brand_id="north")) == errors.USER_EXISTS
    assert town.house.find(cmd.Ref(town.app_id, "ann")) is None
    plain = town.do(town.orders.user("ann"))
    found = {brand: town.house.find(cmd.Ref(town.app_id, "ann", brand=brand)) for brand in ("north", "south", "", None)}
    assert {brand: it and it.user for brand, it in found.items()} == {
        "north": north,
        "south": south,
        "": plain,
        None: plain,
    }


def test_a_brands_only_ann_is_ann(town: Town, web: Integration) -> None:
    north = town.do(town.orders.user("ann", brand_id="north"))
    assert town.do(town.orders.connects(web.id, external_id="ann")).user.id == north.id


def test_a_verified_email_is_news_and_said_again_is_none(town: Town, web: Integration) -> None:
    town.do(town.orders.connects(web.id, external_id="ann"))
    login = town.orders.connects(web.id, external_id="ann", email="ann@example.com", name="Ann Lee")
    town.do(login)
    told = town.last(ev.UserUpdated)
    assert (told.reason, [it.value for it in told.user.identities]) == ("authentication", ["ann@example.com"])
    assert told.user.profile.given_name == "Ann Lee"
    since = len(town.happened)
    town.do(login)
    assert kinds(town, since) == []


def test_a_name_alone_identifies_nobody(town: Town, web: Integration) -> None:
    town.do(town.orders.connects(web.id, external_id="ann"))
    town.do(town.orders.connects(web.id, external_id="ann", name="Ann"))
    assert town.last(ev.UserUpdated).reason is None
