"""The places where a guest finds things are where the gateway puts them."""

import orjson
import pytest

from clients.loadtest import talk
from gateway.wire import frames, socket

ROOM = "6b0147441318ea989c2acfc5"


def test_the_gateway_reads_a_message_as_it_was_meant() -> None:
    read = frames.parse(talk.message(7, ROOM, "guest", 0xABC, "filler"))
    assert isinstance(read, frames.Send)
    assert (read.id, read.conversation_id, read.client_message_id) == (7, ROOM, "guest-7")


@pytest.mark.parametrize("more", [{}, {"duplicate": True}])
def test_an_answer_is_read_without_decoding(more: dict[str, bool]) -> None:
    sent = socket.ok(7, {"message": {"id": "m", "content": {"text": "hi"}}, "seq": 43, **more})
    start, stop = 2, len(sent)
    assert sent.startswith(talk.OK, start)
    assert talk.answered(sent, start) == 7
    assert talk.answered_seq(sent, start, stop) == 43


def test_an_answer_without_a_seq_has_none() -> None:
    sent = socket.ok(7, {})
    assert talk.answered_seq(sent, 2, len(sent)) == 0


def test_the_time_is_found_in_the_text() -> None:
    said = orjson.loads(talk.message(7, ROOM, "guest", 123_456_789, "filler"))
    told = orjson.dumps({"type": "event", "message": {"content": said["content"], "source": {"type": "web"}}})
    assert talk.stamp(told, 0, len(told)) == 123_456_789


def test_other_texts_have_no_time() -> None:
    told = orjson.dumps({"content": {"type": "text", "text": "hello"}})
    assert talk.stamp(told, 0, len(told)) is None
