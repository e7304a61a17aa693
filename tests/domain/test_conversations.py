"""Conversations and who sits in them."""

import pytest

from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Speaker
from gateway.domain.content import Text
from gateway.domain.model import AppSettings, Source
from tests.domain.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


def test_guests_sit_in_the_order_they_came(town: Town) -> None:
    room = town.group("bob", "ann")
    town.do(town.orders.joins(room, town.user("cat")))
    town.do(town.orders.leaves(room, "bob"))
    town.do(town.orders.joins(room, "bob"))
    assert town.seated(room) == ["ann", "cat", "bob"]


def test_an_empty_group_can_be_opened(town: Town) -> None:
    assert town.seated(town.group()) == []


def test_joining_twice_is_answered_with_the_seat_there_is(town: Town) -> None:
    room = town.group("ann")
    happened = len(town.happened)
    again = town.do(town.orders.joins(room, "ann"))
    assert again.participant == again.room.participants[0]
    assert len(town.happened) == happened


def test_the_tenth_seat_is_free_again_when_its_guest_has_left(town: Town) -> None:
    guests = [f"guest{it}" for it in range(10)]
    room = town.group(*guests)
    town.do(town.orders.leaves(room, guests[3]))
    assert town.refusal(town.orders.joins(room, town.user("late"))) is None
    assert len(town.seated(room)) == 10


def test_whoever_joins_has_nothing_unread(town: Town) -> None:
    room = town.group("ann")
    town.do(town.orders.says(room))
    town.do(town.orders.joins(room, town.user("bob")))
    assert (town.unread(room, "ann"), town.unread(room, "bob")) == (1, 0)


def test_a_joiner_is_told_with_everybody_and_so_is_who_leaves(town: Town) -> None:
    room = town.group("ann")
    ann, bob = town.user("ann"), town.user("bob")
    town.do(town.orders.joins(room, "bob"))
    joined = town.last(ev.Joined)
    assert joined.audience == (ann, bob)
    assert [it.user_id for it in joined.participants] == [ann, bob]
    assert [it.id for it in joined.users] == [ann, bob]
    town.do(town.orders.leaves(room, "bob"))
    assert town.last(ev.Left).audience == (ann, bob)
    town.do(town.orders.says(room))
    assert town.last(ev.MessagePosted).audience == (ann,)


def test_a_participant_leaves_by_the_id_of_the_seat(town: Town) -> None:
    room = town.group("ann", "bob")
    seat = town.house.room(town.app_id, room).participants[0]
    town.do(cmd.Leave(app_id=town.app_id, conversation_id=room, participant_id=seat.id))
    assert town.seated(room) == ["bob"]
    assert town.last(ev.Left).participant.id == seat.id


def test_the_first_personal_conversation_is_the_default(town: Town) -> None:
    first, second = town.personal("ann"), town.personal("ann")
    ann = town.house.guest(town.user("ann")).user
    assert ann.default_conversation_id == first
    assert ann.conversations == 2
    assert town.refusal(town.orders.removes(second)) is None
    assert town.house.guest(ann.id).user.conversations == 1


def test_a_group_is_nobodys_default(town: Town) -> None:
    town.group("ann")
    assert town.house.guest(town.user("ann")).user.default_conversation_id is None


def test_counters_follow_joins_and_leaves(town: Town) -> None:
    room = town.group("ann")
    town.do(town.orders.joins(room, town.user("bob")))
    town.do(town.orders.leaves(room, "ann"))
    counts = [town.house.guest(town.user(it)).user.conversations for it in ("ann", "bob")]
    assert counts == [0, 1]
    town.do(town.orders.removes(room))
    assert town.house.guest(town.user("bob")).user.conversations == 0


def test_without_multi_convo_the_one_seat_can_be_changed() -> None:
    town = Town(AppSettings())
    first, second = town.group("ann"), town.group("bob")
    town.do(town.orders.leaves(first, "ann"))
    assert town.refusal(town.orders.joins(second, "ann")) is None


def test_a_device_opens_its_users_first_conversation_with_words(town: Town) -> None:
    web = town.device("ann")
    opened = town.do(
        town.orders.personal(
            "ann",
            opened_by=Speaker(user=town.orders.ref("ann")),
            reason="startConversation",
            integration_id=web.integration_id,
            source=web,
            messages=(Text(text="one"), Text(text="two")),
        )
    )
    created = town.last(ev.ConversationCreated)
    said = [it for it in town.happened if isinstance(it, ev.MessagePosted)]
    assert (created.reason, created.source) == ("startConversation", web)
    assert [it.seq for it in said] == [2, 3]
    assert {it.message.author.user_id for it in said} == {town.user("ann")}
    assert opened.conversation.posted == 2
    assert town.unread(opened.conversation.id, "ann") == 0


def test_a_device_opens_more_where_its_integration_lets_it(town: Town) -> None:
    town.personal("ann")
    web = town.do(town.orders.integration(fields={"canUserCreateMoreConversations": True}))
    opener = Speaker(user=town.orders.ref("ann"))
    opening = town.orders.personal("ann", opened_by=opener, integration_id=web.id)
    assert town.refusal(opening) is None


def test_subscribing_makes_the_sdk_client_once(town: Town) -> None:
    town.user("ann")
    ref = town.orders.ref("ann")
    town.do(town.orders.group("ann", subscribers=(ref,)))
    town.do(town.orders.group("ann", subscribers=(ref,)))
    assert [type(it) for it in town.happened].count(ev.ClientAdded) == 1
    assert town.house.guest(town.user("ann")).client is not None


def test_a_change_that_changes_nothing_is_no_news(town: Town) -> None:
    room = town.group("ann", display_name="Crew")
    happened = len(town.happened)
    town.do(town.orders.alters(room, display_name="Crew", description=None))
    assert len(town.happened) == happened


def test_null_takes_a_fact_away_and_absence_leaves_it(town: Town) -> None:
    room = town.group("ann", display_name="Crew", metadata={"order": 7})
    changed = town.do(town.orders.alters(room, display_name=None, by=town.user("ann")))
    assert (changed.display_name, changed.metadata) == (None, {"order": 7})


def test_a_removed_room_is_told_to_those_who_sat_there_and_is_no_more(town: Town) -> None:
    room = town.group("ann", "bob")
    town.do(town.orders.removes(room))
    assert town.last(ev.ConversationRemoved).audience == (town.user("ann"), town.user("bob"))
    assert town.house.rooms[room] is None


def test_times_increase_strictly_while_the_clock_stands_still(town: Town) -> None:
    room = town.group("ann")
    for _ in range(3):
        town.do(town.orders.says(room))
    town.do(town.orders.alters(room, display_name="Crew"))
    here = [it for it in town.happened if isinstance(it, ev.ConversationEvent)]
    assert [it.seq for it in here] == [1, 2, 3, 4, 5]
    assert [it.at - here[0].at for it in here] == [0, 1, 2, 3, 4]
    assert all(it.at == it.conversation.clock for it in here)


def test_times_never_run_backwards_with_the_clock(town: Town) -> None:
    room = town.group("ann")
    town.clock.wind(-3600)
    later = town.do(town.orders.says(room)).message
    assert later.received == town.happened[-2].at + 1


def test_who_opened_is_left_out_where_the_business_did(town: Town) -> None:
    town.group("ann")
    created = town.last(ev.ConversationCreated)
    assert (created.reason, created.source) == ("none", Source(type="api:conversations"))
