"""What a device heard of its room."""

from hypothesis import given
from hypothesis import strategies as st

from clients.loadtest.witness import Witness


def having_seen(*seqs: int, last: int = 0) -> Witness:
    witness = Witness(last)
    for seq in seqs:
        witness.see(seq)
    return witness


def test_all_in_order_is_no_fault() -> None:
    assert having_seen(5, 6, 7, last=4) == Witness(7)


def test_a_hole_is_a_loss() -> None:
    assert having_seen(1, 4).lost(4) == 2


def test_what_never_came_at_the_end_is_a_loss() -> None:
    assert having_seen(1, 2).lost(5) == 3


def test_a_late_one_is_out_of_order_but_not_lost() -> None:
    witness = having_seen(1, 3, 2)
    assert (witness.lost(3), witness.reordered, witness.duplicates) == (0, 1, 0)


def test_a_second_one_is_a_duplicate() -> None:
    witness = having_seen(1, 2, 2, 1)
    assert (witness.lost(2), witness.reordered, witness.duplicates) == (0, 0, 2)


@given(st.lists(st.integers(min_value=1, max_value=40)))
def test_every_event_is_accounted_for(seen: list[int]) -> None:
    witness = having_seen(*seen)
    assert witness.lost(40) == 40 - len(set(seen))
    assert witness.duplicates == len(seen) - len(set(seen))
