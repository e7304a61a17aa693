"""Which goodbyes a device comes back from."""

import pytest

from clients.python import Goodbye


@pytest.mark.parametrize("code", [1001, 1006, 1011, 4000, 4008, 4010, 4029, 4499])
def test_these_are_followed_by_a_reconnect(code: int) -> None:
    assert Goodbye.of_close(code).come_back


@pytest.mark.parametrize("code", [1000, 4009, 4500, 4501, 4502, 4503, 4504, 4505, 4999])
def test_these_are_final(code: int) -> None:
    assert not Goodbye.of_close(code).come_back


def test_a_frame_says_when_to_come_back() -> None:
    frame = {"type": "goodbye", "code": 4008, "reason": "slow", "comeBack": True, "afterSeconds": 1.7}
    assert Goodbye.of_frame(frame) == Goodbye(4008, "slow", come_back=True, after_s=1.7)


def test_a_connection_that_just_broke_says_nothing_of_when() -> None:
    assert Goodbye.of_close(1006).after_s is None
