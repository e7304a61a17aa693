"""Two users who turn out to be one person: what becomes of them, and of where they sit."""

from typing import Any

import pytest
from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.audience import goes_along
from gateway.domain.content import metadata_bytes
from gateway.domain.model import Identity, Integration, Participant, Person, Profile, Room
from tests.domain.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def web(town: Town) -> Integration:
    return town.do(town.orders.integration())


def since(town: Town, command: cmd.Command[Any]) -> list[ev.Event]:
    """What a command makes happen."""
    before = len(town.happened)
    town.do(command)
    return town.happened[before:]


def merged(town: Town, surviving: str = "ann", discarded: str = "bob") -> ev.UserMerged:
    town.do(town.orders.merges(surviving, discarded))
    return town.last(ev.UserMerged)


def seat(town: Town, room: str, name: str) -> Participant:
    found = town.house.room(town.app_id, room).seat(town.user(name))
    assert found is not None
    return found


def held(town: Town, room: str) -> Room:
    return town.house.room(town.app_id, room)


def anonymous(town: Town, web: Integration, session_hash: str = "right", guid: str = "guid") -> Person:
    return town.do(town.orders.connects(web.id, guid, new_session_hash=session_hash))


# Who is left


def test_the_discarded_one_is_nobody(town: Town) -> None:
    ann, bob = town.user("ann"), town.user("bob")
    event = merged(town)
    assert (event.user.id, event.discarded.id, event.reason, event.union) == (ann, bob, "api", None)
    assert town.house.people[bob] is None
    for who in ("bob", bob):
        assert town.refusal(town.orders.changes(who)) == errors.USER_NOT_FOUND


def test_the_name_of_the_discarded_one_is_free(town: Town) -> None:
    town.user("ann")
    bob = town.user("bob")
    merged(town)
    assert town.user("bob") != bob


def test_a_nameless_survivor_takes_name_and_brand(town: Town) -> None:
    ann = town.do(cmd.CreateUser(app_id=town.app_id)).id
    town.do(town.orders.user("bob", brand_id="north"))
    town.do(town.orders.merges(ann, "bob"))
    found = town.house.person(cmd.Ref(town.app_id, "bob", "external")).user
    assert (found.id, found.external_id, found.brand_id) == (ann, "bob", "north")


def test_own_values_win_and_gaps_are_filled(town: Town) -> None:
    town.do(town.orders.user("ann", profile=Profile(given_name="Ann"), metadata={"a": 1, "b": 1}, signed_up_at=7))
    theirs = Profile(given_name="Bob", surname="Lee")
    town.do(town.orders.user("bob", profile=theirs, metadata={"b": 2, "c": 2}, signed_up_at=3, to_be_retained=True))
    user = merged(town).user
    assert user.profile == Profile(given_name="Ann", surname="Lee")
    assert user.metadata == {"a": 1, "b": 1, "c": 2}
    assert (user.signed_up_at, user.to_be_retained) == (3, True)
    assert town.last(ev.UserMerged).discarded_metadata is None


def test_what_there_is_no_room_for_is_told(town: Town) -> None:
    town.do(town.orders.user("ann", metadata={"own": "x" * 2_000}))
    town.do(town.orders.user("bob", metadata={"large": "y" * 3_000, "small": 1, "own": "z"}))
    event = merged(town)
    assert event.user.metadata == {"own": "x" * 2_000, "small": 1}
    assert event.discarded_metadata == {"large": "y" * 3_000}
    assert metadata_bytes(event.user.metadata) <= limits.METADATA_BYTES


def test_an_address_fills_a_gap_alone(town: Town, web: Integration) -> None:
    for name in ("ann", "bob"):
        town.do(town.orders.connects(web.id, name, external_id=name, email=f"{name}@example.org"))
    town.do(town.orders.connects(web.id, "cat", external_id="cat"))
    assert [it.value for it in merged(town).user.identities] == ["ann@example.org"]
    cat = merged(town, "cat", "ann").user
    assert cat.identities == (Identity(type="email", value="ann@example.org", verification="sso"),)


def test_devices_and_client_stay_together(town: Town, web: Integration) -> None:
    town.user("ann")
    for at, (name, guid) in enumerate([("bob", "shared"), ("bob", "phone")]):
        town.clock.wind(at)
        town.do(town.orders.connects(web.id, guid, external_id=name))
    bob = town.house.person(town.orders.ref("bob"))
    ann = merged(town).user.id
    person = town.house.guest(ann)
    assert [it.guid for it in person.devices] == ["shared", "phone"]
    assert person.client == bob.client
    town.do(town.orders.connects(web.id, "shared", external_id="cat"))
    merged(town, "ann", "cat")
    devices = town.house.guest(ann).devices
    assert sorted(it.guid for it in devices) == ["phone", "shared"]
    assert len({it.id for it in devices}) == 2
    assert town.house.guest(ann).client == bob.client


def test_of_too_many_devices_the_newest_stay(town: Town, web: Integration) -> None:
    for number in range(limits.DEVICES):
        town.clock.wind(1)
        for name in ("ann", "bob"):
            town.do(town.orders.connects(web.id, f"{name} {number}", external_id=name))
    merged(town)
    kept = {it.guid for it in town.house.guest(town.user("ann")).devices}
    half = range(limits.DEVICES // 2, limits.DEVICES)
    assert kept == {f"{name} {number}" for name in ("ann", "bob") for number in half}


def test_a_link_goes_to_the_surviving_conversation(town: Town) -> None:
    own, other = town.personal("ann"), town.personal("bob")
    link = town.do(town.orders.links("bob", other, town.do(town.orders.integration("twilio")).id))
    merged(town)
    (kept,) = town.house.guest(town.user("ann")).links
    assert kept.id == link.id
    assert kept.attached_to(own)
    assert not kept.attached_to(other)


# Where they sit


def test_a_seat_in_a_group_goes_over(town: Town) -> None:
    room = town.group("bob", "cat")
    town.user("ann")
    town.do(town.orders.says(room))
    town.do(town.orders.reads(room, "bob"))
    town.do(town.orders.says(room))
    before = seat(town, room, "bob")
    left, joined, event = since(town, town.orders.merges("ann", "bob"))
    assert isinstance(left, ev.Left)
    assert isinstance(joined, ev.Joined)
    assert isinstance(event, ev.UserMerged)
    ann, cat = town.user("ann"), town.user("cat")
    assert (left.seq, joined.seq, left.audience, set(joined.audience)) == (5, 6, (cat,), {ann, cat})
    assert joined.participant == structs.replace(before, user_id=ann)
    assert [it.id for it in joined.users] == [cat, ann]
    assert town.seated(room) == ["cat", "ann"]
    assert town.unread(room, "ann") == 1
    assert town.house.guest(ann).user.conversations == event.user.conversations == 1


def test_whoever_sat_twice_keeps_one_seat_with_the_furthest_marks(town: Town) -> None:
    room = town.group("ann", "bob", "cat")
    town.do(town.orders.says(room, by="bob"))
    before, read = seat(town, room, "ann"), seat(town, room, "bob").last_read
    left, event = since(town, town.orders.merges("ann", "bob"))
    assert isinstance(left, ev.Left)
    assert (left.heir, type(event)) == (seat(town, room, "ann"), ev.UserMerged)
    assert seat(town, room, "ann") == structs.replace(before, read=1, last_read=read)
    assert town.seated(room) == ["ann", "cat"]
    assert town.house.guest(town.user("ann")).user.conversations == 1


def test_a_full_group_is_never_fuller(town: Town) -> None:
    room = town.group(*(f"guest{it}" for it in range(10)))
    town.user("late")
    for event in since(town, town.orders.merges("late", "guest3")):
        if isinstance(event, ev.Joined):
            assert len(event.participants) == limits.PARTICIPANTS
    assert town.seated(room) == [*(f"guest{it}" for it in range(10) if it != 3), "late"]


def test_a_personal_conversation_changes_hands_in_private(town: Town) -> None:
    """The first becomes the default of a survivor who has none."""
    town.do(town.orders.custom("conversation:join", "conversation:leave"))
    default, second = town.personal("bob"), town.personal("bob")
    ann = town.user("ann")
    *joins, event = since(town, town.orders.merges("ann", "bob"))
    assert [(type(it), it.audience) for it in joins] == [(ev.Joined, (ann,))] * 2
    assert isinstance(event, ev.UserMerged)
    user = town.house.guest(ann).user
    assert user == event.user
    assert (user.default_conversation_id, user.conversations) == (default, 2)
    assert [town.seated(it) for it in (default, second)] == [["ann"], ["ann"]]


# Two default conversations


def test_two_default_conversations_become_one(town: Town) -> None:
    own, other = town.personal("ann"), town.personal("bob", metadata={"order": 7}, display_name="Bob's")
    second = town.personal("bob")
    town.do(town.orders.says(own, "one", by="ann"))
    town.clock.wind(1)
    town.do(town.orders.says(other, "two"))
    town.do(town.orders.says(other, "three"))
    joined, event = since(town, town.orders.merges("ann", "bob"))
    assert isinstance(joined, ev.Joined)
    assert isinstance(event, ev.UserMerged)
    assert event.union is not None
    assert (event.union.surviving.id, event.union.discarded.id, event.union.numbered_from) == (own, other, 2)
    after = held(town, own).conversation
    assert (after.seq, after.recoverable_from, after.posted, after.cleared) == (5, 5, 3, 0)
    assert (after.display_name, after.metadata) == ("Bob's", {"order": 7})
    assert after.clock == after.last_updated_at == after.business_last_read == event.union.discarded.clock
    assert town.house.rooms[other] is None
    user = event.user
    assert (user.default_conversation_id, user.conversations) == (own, 2)
    assert joined.conversation.id == second
    assert town.refusal(town.orders.says(other)) == errors.CONVERSATION_NOT_FOUND


@pytest.mark.parametrize("cleared", ["ann", "bob", None])
def test_what_is_unread_adds_up(town: Town, cleared: str | None) -> None:
    rooms = {"ann": town.personal("ann"), "bob": town.personal("bob")}
    for count, (name, room) in enumerate(rooms.items(), 2):
        town.do(town.orders.says(room, by=name))
        for _ in range(count):
            town.do(town.orders.says(room))
    if cleared:
        town.do(town.orders.clears(rooms[cleared]))
    expected = sum(town.unread(room, name) for name, room in rooms.items())
    last_read = seat(town, rooms["bob"], "bob").last_read
    merged(town)
    assert town.unread(rooms["ann"], "ann") == expected == {"ann": 3, "bob": 2, None: 5}[cleared]
    assert seat(town, rooms["ann"], "ann").last_read == last_read
    town.do(town.orders.says(rooms["ann"]))
    assert town.unread(rooms["ann"], "ann") == expected + 1


def test_an_empty_conversation_leaves_the_other_as_it_was(town: Town) -> None:
    own, other = town.personal("ann"), town.personal("bob")
    town.do(town.orders.says(own))
    before = held(town, own).conversation
    event = merged(town)
    assert event.union is not None
    assert (event.union.numbered_from, event.union.discarded.id) == (None, other)
    assert held(town, own).conversation == structs.replace(before, clock=max(before.clock, event.union.discarded.clock))


# Logging in


def test_an_anonymous_user_is_merged_into_who_they_are(town: Town, web: Integration) -> None:
    someone = anonymous(town, web).user
    ann = town.user("ann")
    room = town.personal(someone.id)
    login = town.orders.connects(web.id, external_id="ann", user_id=someone.id, session_hash="right")
    kinds = [type(it).__name__ for it in since(town, login)]
    assert kinds == ["UserUpdated", "Joined", "UserMerged"]
    event = town.last(ev.UserMerged)
    assert (event.reason, event.user.id, event.discarded.id) == ("sdkLogin", ann, someone.id)
    assert (event.user.session_hashes, event.user.authenticated) == ((), True)
    assert town.seated(room) == ["ann"]
    assert [it.guid for it in town.house.guest(ann).devices] == ["guid"]
    again = town.orders.connects(web.id, user_id=someone.id, session_hash="right")
    assert town.refusal(again) == errors.INVALID_AUTH


def test_the_answer_to_a_login_is_who_is_left(town: Town, web: Integration) -> None:
    someone = anonymous(town, web).user
    town.personal(someone.id)
    town.personal("ann")
    login = town.orders.connects(web.id, external_id="ann", user_id=someone.id, session_hash="right")
    person = town.do(login)
    assert person == town.house.guest(town.user("ann"))


def test_a_login_of_an_identified_user_switches(town: Town, web: Integration) -> None:
    """Whoever is somebody already is not merged into whom the device belongs to next."""
    ann = town.do(town.orders.connects(web.id, external_id="ann")).user
    before = len(town.happened)
    town.user("bob")
    town.do(town.orders.connects(web.id, external_id="bob", user_id=ann.id, session_hash="any"))
    assert not any(isinstance(it, ev.UserMerged) for it in town.happened[before:])
    assert town.house.guest(ann.id).user == ann


@pytest.mark.parametrize(
    ("surviving", "discarded", "left_open"),
    [
        ("first", "second", ("first hash",)),
        ("first", "ann", ()),
        ("ann", "first", ()),
    ],
)
def test_sessions_end_but_for_those_of_an_anonymous_survivor(
    town: Town, web: Integration, surviving: str, discarded: str, left_open: tuple[str, ...]
) -> None:
    who = {name: anonymous(town, web, f"{name} hash", name).user.id for name in ("first", "second")}
    who["ann"] = town.user("ann")
    assert merged(town, who[surviving], who[discarded]).user.session_hashes == left_open


def test_only_a_login_holds_more_than_a_hello(town: Town, web: Integration) -> None:
    """A plain hello of a known device must not get slower."""
    orders = town.orders
    plain = (
        orders.connects(web.id, external_id="ann"),
        orders.connects(web.id, user_id="1", session_hash="right"),
        orders.connects(web.id, new_session_hash="right"),
    )
    assert not any(it.needs().rooms_of_people or it.needs().guests for it in plain)
    login = orders.connects(web.id, external_id="ann", user_id="1", session_hash="right")
    assert login.needs().rooms_of_people


# Whose devices they are


@pytest.mark.parametrize(
    ("surviving", "discarded", "by_session", "by_token"),
    [
        (None, None, True, True),
        ("ann", None, False, False),
        ("ann", "bob", False, False),
        (None, "bob", False, True),
    ],
)
def test_a_device_goes_along_where_what_it_showed_is_worth_something(
    town: Town, surviving: str | None, discarded: str | None, by_session: bool, by_token: bool
) -> None:
    ids = [town.do(cmd.CreateUser(app_id=town.app_id, external_id=it)).id for it in (surviving, discarded)]
    event = merged(town, *ids)
    assert goes_along(event, by_session=True) is by_session
    assert goes_along(event, by_session=False) is by_token


def test_another_session_is_for_the_anonymous(town: Town, web: Integration) -> None:
    someone = anonymous(town, web, "first").user
    opened = cmd.OpenSession(app_id=town.app_id, user=town.orders.ref(someone.id), session_hash="second")
    assert town.do(opened).user.session_hashes == ("first", "second")
    for session_hash in ("first", "second"):
        shown = town.orders.connects(web.id, user_id=someone.id, session_hash=session_hash)
        assert town.do(shown).user.id == someone.id
    assert town.last(ev.SessionsChanged).audience == ()


def test_of_too_many_sessions_the_newest_stay(town: Town, web: Integration) -> None:
    someone = anonymous(town, web, "0").user
    for number in range(limits.SESSIONS):
        town.do(cmd.OpenSession(app_id=town.app_id, user=town.orders.ref(someone.id), session_hash=f"{number + 1}"))
    hashes = town.house.guest(someone.id).user.session_hashes
    assert hashes == tuple(f"{number + 1}" for number in range(limits.SESSIONS))
