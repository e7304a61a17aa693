"""Events come in order and once, whatever the wire does to them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clients.python import Event, Heard, Lost, Positions
from clients.python.positions import ASKED, Order
from tests.clients.scripted import ROOM, event, seqs


def heard(seq: int | None, room: str | None = ROOM) -> Event:
    return Event.of_frame(event(seq, room))


def standing_at(seq: int) -> Order:
    return Order(Positions("first", {ROOM: seq}))


def welcome(
    listed: dict[str, int] | None = None, epoch: str = "first", recovered: dict[str, bool] | None = None
) -> dict[str, Any]:
    rows = [{"conversation": {"id": room}, "seq": seq} for room, seq in (listed or {}).items()]
    return {"epoch": epoch, "recovered": recovered or {}, "conversations": rows}


def test_the_next_is_told() -> None:
    assert standing_at(4).take(heard(5)) == [heard(5)]


def test_what_was_told_is_not_told_again() -> None:
    order = standing_at(4)
    assert order.take(heard(4)) == order.take(heard(1)) == []
    assert not order.has_hole(ROOM)


def test_an_early_one_waits_for_those_before_it() -> None:
    order = standing_at(4)
    assert order.take(heard(6)) == order.take(heard(7)) == []
    assert order.has_hole(ROOM)
    assert seqs(order.take(heard(5))) == [5, 6, 7]
    assert not order.has_hole(ROOM)


def test_a_conversation_never_heard_of_begins_with_its_first_event() -> None:
    order = Order()
    assert order.take(heard(17)) == [heard(17)]
    assert order.position(ROOM) == 17


def test_what_has_no_place_in_the_order_is_told_as_it_comes() -> None:
    order = standing_at(4)
    assert order.take(heard(None)) == [heard(None)]
    assert order.take(heard(None, None)) == [heard(None, None)]
    assert order.position(ROOM) == 4


def test_an_answer_mends_the_hole() -> None:
    order = standing_at(4)
    order.take(heard(8))
    assert seqs(order.mend(ROOM, [heard(5), heard(6), heard(7)], complete=True)) == [5, 6, 7, 8]
    assert order.position(ROOM) == 8


def test_a_hole_that_remains_in_a_complete_answer_is_not_for_this_user() -> None:
    order = standing_at(4)
    order.take(heard(8))
    assert seqs(order.mend(ROOM, [heard(6)], complete=True)) == [6, 8]
    assert order.take(heard(9)) == [heard(9)]


def test_an_incomplete_answer_says_that_something_is_lost_first() -> None:
    order = standing_at(4)
    order.take(heard(800))
    assert order.mend(ROOM, [], complete=False) == [Lost(ROOM), heard(800)]
    assert order.position(ROOM) == 800


def test_an_answer_after_a_resume_has_mended_it_already_changes_nothing() -> None:
    order = standing_at(4)
    order.take(heard(6))
    order.take(heard(5))
    assert order.mend(ROOM, [heard(5), heard(6)], complete=True) == []
    assert order.position(ROOM) == 6


@given(st.permutations(range(1, 9)), st.lists(st.integers(min_value=1, max_value=8), max_size=8))
def test_any_order_and_any_repetition_is_told_once_in_order(order_of_coming: list[int], again: list[int]) -> None:
    order, told = standing_at(0), list[Heard]()
    for seq in [*order_of_coming, *again]:
        told += order.take(heard(seq))
    assert seqs(told) == list(range(1, 9))


@given(st.lists(st.integers(min_value=1, max_value=30)), st.integers(min_value=0, max_value=30))
def test_whatever_came_a_mended_conversation_is_in_order_and_once(came: list[int], mended_to: int) -> None:
    order, told = standing_at(0), list[Heard]()
    for seq in came:
        told += order.take(heard(seq))
    told += order.mend(ROOM, [heard(seq) for seq in range(1, mended_to + 1)], complete=True)
    numbers = seqs(told)
    assert numbers == sorted(set(numbers))
    assert set(numbers) == set(came) | set(range(1, mended_to + 1))


def test_a_hello_names_the_conversations_heard_from_last() -> None:
    order = Order(Positions("first", {f"room-{number}": 1 for number in range(ASKED + 5)}))
    order.take(heard(2, "room-0"))
    assert order.positions is not None
    asked = order.positions.asked()["seq"]
    assert len(asked) == ASKED
    assert "room-0" in asked
    assert "room-1" not in asked


def test_before_the_first_welcome_there_is_no_position() -> None:
    assert Order().positions is None


def test_a_welcome_says_where_a_conversation_stands() -> None:
    order = Order()
    assert order.welcome(welcome({"a": 3})) == ([], [])
    assert order.positions == Positions("first", {"a": 3})


def test_what_is_recovered_goes_on_from_where_it_was() -> None:
    order = standing_at(4)
    assert order.welcome(welcome({ROOM: 6}, recovered={ROOM: True})) == ([], [])
    assert order.take(heard(5)) == [heard(5)]


def test_what_is_not_recovered_is_lost_and_goes_on_from_the_welcome() -> None:
    order = standing_at(4)
    order.take(heard(6))
    assert order.welcome(welcome({ROOM: 900}, recovered={ROOM: False})) == ([Lost(ROOM)], [])
    assert order.position(ROOM) == 900
    assert not order.has_hole(ROOM)


def test_another_epoch_loses_what_the_hello_could_not_name_too() -> None:
    order = Order(Positions("first", {"a": 1, "b": 2}))
    lost, behind = order.welcome(welcome(epoch="second", recovered={"a": False}))
    assert (lost, behind) == ([Lost("a"), Lost("b")], [])
    assert order.positions == Positions("second", {})


def test_what_the_hello_could_not_name_is_asked_for_unless_nothing_happened_there() -> None:
    order = Order(Positions("first", {"a": 1, "b": 2, "c": 3}))
    assert order.welcome(welcome({"a": 1, "b": 5})) == ([], ["b", "c"])


def test_a_conversation_left_begins_anew() -> None:
    order = standing_at(4)
    order.forget(ROOM)
    assert order.take(heard(40)) == [heard(40)]
