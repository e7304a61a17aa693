"""Commands keep to the gateway's limit."""

from hypothesis import given
from hypothesis import strategies as st

from clients.python.pace import Pace


class Clock:
    """Wound by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@given(st.lists(st.floats(min_value=0, max_value=0.5), max_size=60))
async def test_there_are_never_too_many_in_any_second(pauses: list[float]) -> None:
    clock = Clock()
    pace = Pace(10, clock)
    taken = []
    for pause in pauses:
        clock.now_s += max(pause, pace.wait_s())
        await pace.turn()
        taken.append(clock.now_s)
    assert all(later - earlier >= 0.99 for earlier, later in zip(taken, taken[9:], strict=False))


async def test_the_first_ones_need_not_wait() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    for _ in range(9):
        assert pace.wait_s() == 0
        await pace.turn()
    assert pace.wait_s() == 1
