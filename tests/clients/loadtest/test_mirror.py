"""What one webhook heard of one conversation, against what was said in it."""

from hypothesis import given
from hypothesis import strategies as st

from clients.loadtest.mirror import Faults, Lane

SAID = [70, 30, 50, 10]  # in the order of the conversation, not of the clock


def having_heard(*came: int, said: list[int] = SAID) -> Faults:
    lane, faults = Lane(), Faults()
    for sent_ns in came:
        lane.hear(sent_ns)
    lane.judge(said, faults)
    return faults


def test_the_conversations_order_is_no_fault() -> None:
    assert having_heard(*SAID) == Faults()


def test_what_is_skipped_is_lost() -> None:
    assert having_heard(70, 50, 10) == Faults(lost=1)


def test_what_comes_after_all_that_came_is_not_delivered_yet() -> None:
    assert having_heard(70, 30) == Faults(undelivered=2)
    assert having_heard() == Faults(undelivered=4)


def test_what_comes_late_is_reordered_but_not_lost() -> None:
    assert having_heard(70, 50, 30, 10) == Faults(reordered=1)


def test_a_repeat_is_counted_and_forgiven() -> None:
    faults = having_heard(70, 30, 70, 30, 50, 10)
    assert faults == Faults(repeated=2)
    assert not faults.grave


def test_what_no_device_heard_is_unknown() -> None:
    assert having_heard(70, 99, 30, 50, 10) == Faults(unknown=1)


def test_it_is_whole_when_each_came_once() -> None:
    lane = Lane()
    for sent_ns in (70, 30, 30, 50):
        lane.hear(sent_ns)
    assert not lane.is_whole(SAID)
    lane.hear(10)
    assert lane.is_whole(SAID)


@given(st.lists(st.integers(0, 19)))
def test_every_event_is_accounted_for(came: list[int]) -> None:
    faults = having_heard(*came, said=list(range(20)))
    assert faults.lost + faults.undelivered == 20 - len(set(came))
    assert faults.repeated == len(came) - len(set(came))
