"""Somebody writes down what was said, so that webhooks can be held to it."""

import orjson

from clients.loadtest.guest import Scene
from clients.loadtest.plan import Target
from clients.loadtest.scribe import Scribe
from clients.loadtest.tally import Tally

TARGET = Target("http://127.0.0.1", "a", "k", "s", "i")
ROOM = "6b0147441318ea989c2acfc5"


def scribe() -> Scribe:
    return Scribe(Scene(TARGET, "", Tally()), "guest", "jwt", ROOM)


def event(seq: int, text: str) -> bytes:
    payload = {"message": {"content": {"type": "text", "text": text}}}
    return orjson.dumps({"type": "event", "conversationId": ROOM, "seq": seq, "event": {"payload": payload}})


def having_heard(*told: tuple[int, str]) -> list[int]:
    who = scribe()
    for frame in (event(*it) for it in told):
        who.heard(frame, 0, len(frame))
    return who.minutes


def test_the_minutes_are_in_the_order_of_the_conversation() -> None:
    assert having_heard((1, f"@{70:016x}"), (3, f"@{10:016x}"), (2, f"@{30:016x}")) == [70, 30, 10]


def test_what_is_heard_twice_is_written_once() -> None:
    assert having_heard((1, f"@{70:016x}"), (1, f"@{70:016x}")) == [70]


def test_what_is_not_the_generators_is_left_out() -> None:
    assert having_heard((1, "hello"), (2, f"@{30:016x}")) == [30]
