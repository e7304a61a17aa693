"""The comparison notices what it says it looks at, and shows what it found."""

from __future__ import annotations

import re
import sys
from dataclasses import replace as changed
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from clients.loadtest.frames import client_frame, scan
from tests.benchmarks.peers import page, publication, report, trial, wires
from tests.benchmarks.peers.comparison import compared
from tests.benchmarks.peers.device import Count, Device
from tests.benchmarks.peers.parts import Part
from tests.benchmarks.peers.result import Found, Idle, Plan, Result, Talk, decoded, encoded
from tests.benchmarks.peers.roster import ROSTER
from tests.benchmarks.peers.servers import floor
from tests.benchmarks.peers.stand import started
from tests.benchmarks.peers.talking import faults
from tests.benchmarks.peers.wires import Seat, Wire

SEAT = Seat("room0", "guest0", "token")
TEXT = b"@%016xxxxx" % 7
HELIOGRAPH = wires.heliograph("web")
FLOOR = next(it for it in ROSTER if it.key == "floor")

EVENTS = [
    (HELIOGRAPH, b'{"type":"event","conversationId":"room0","seq":%d,"event":{"payload":{"text":"' + TEXT + b'"}}}'),
    (wires.SOCKET_IO, b'42["said",{"number":%d,"sender":"guest0","text":"' + TEXT + b'"}]'),
    (wires.PLAIN, b'{"type":"event","number":%d,"sender":"guest0","text":"' + TEXT + b'"}'),
    (wires.BARE, b"+%d,1,guest0," + TEXT),
]
ANSWERS = [
    (HELIOGRAPH, b'{"type":"ok","id":1,"result":{"seq":1}}'),
    (wires.SOCKET_IO, b"431[1]"),
    (wires.PLAIN, b'{"type":"ok","id":1,"number":1}'),
    (wires.BARE, b"=1"),
]


class Ear(Device):
    """A device whose words go nowhere."""

    def __init__(self, wire: Wire, seat: Seat = SEAT) -> None:
        self.count = Count(b"xxxx")
        self.said: list[bytes] = []
        super().__init__(wire, seat, self.count)

    def _send(self, payload: bytes) -> None:
        self.said.append(payload)

    def hear(self, *frames: bytes) -> None:
        for frame in frames:
            self.heard(b"--" + frame + b"--", 2, 2 + len(frame))

    @property
    def faults(self) -> dict[str, int]:
        return faults([self], self.count)


def told(*numbers: int) -> dict[str, int]:
    """What is found wrong when three messages were answered, and these came."""
    ear = Ear(wires.BARE)
    for number in (1, 2, 3):
        ear.say(0)
        ear.hear(b"=%d" % number)
    ear.hear(*(b"+%d,1,guest0,%s" % (number, TEXT) for number in numbers))
    return ear.faults


@pytest.mark.parametrize(("wire", "event"), EVENTS)
def test_an_event_is_read_on_every_wire(wire: Wire, event: bytes) -> None:
    ear = Ear(wire)
    ear.count.from_ns, ear.count.until_ns = 0, 1 << 61
    ear.hear(*(event % number for number in (1, 2, 3)))
    assert (ear.witness.last, ear.count.heard, ear.count.to_delivery.count) == (3, 3, 3)
    assert ear.witness.lost(3) == ear.count.garbled == 0


@pytest.mark.parametrize(("wire", "answer"), ANSWERS)
def test_an_answer_is_read_on_every_wire(wire: Wire, answer: bytes) -> None:
    ear = Ear(wire)
    ear.say(0)
    assert ear.faults == {"never answered": 1}
    ear.hear(answer)
    assert ear.faults == {"lost": 1}  # it was answered, and its own event never came


def test_what_is_said_carries_id_time_and_text_on_every_wire() -> None:
    for wire in (HELIOGRAPH, wires.SOCKET_IO, wires.PLAIN, wires.BARE):
        ear = Ear(wire)
        ear.say(7)
        assert TEXT in ear.said[0]
        assert re.search(rb"\b(42)?1\b", ear.said[0])


def test_all_that_came_once_and_in_order_is_faultless() -> None:
    assert told(1, 2, 3) == {}


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ((1, 2), {"lost": 1}),
        ((1, 3), {"lost": 1}),
        ((), {"lost": 3}),
        ((1, 2, 2, 3), {"repeated": 1}),
        ((2, 1, 3), {"out of order": 1}),
    ],
)
def test_what_was_lost_repeated_or_out_of_order_is_told_apart(numbers: tuple[int, ...], wrong: dict[str, int]) -> None:
    assert told(*numbers) == wrong


def test_what_one_of_many_never_heard_is_lost() -> None:
    """Everybody in a room has to hear what any of them said, and nobody in another."""
    seats = [Seat(room, name) for room in ("room0", "room1") for name in ("ann", "bob")]
    ears = [Ear(wires.BARE, seat) for seat in seats]
    ears[0].say(0)
    ears[0].hear(b"=1", b"+1,1,ann,%s" % TEXT)
    assert faults(ears, ears[0].count) == {"lost": 1}
    ears[1].hear(b"+1,1,ann,%s" % TEXT)
    assert faults(ears, ears[0].count) == {}


def test_a_text_that_is_not_whole_and_a_frame_that_nobody_knows_are_faults() -> None:
    ear = Ear(wires.BARE)
    ear.say(0)
    ear.hear(b"=1", b"+1,1,guest0,@000000000000000xxx", b"whatever")
    assert ear.faults == {"garbled": 1, "whatever": 1}


def test_pings_of_socket_io_are_answered() -> None:
    ear = Ear(wires.SOCKET_IO)
    ear.hear(b'0{"sid":"a"}', b"2")
    assert ear.said == [b"40", b"3"]


async def test_rooms_talk_over_real_sockets_and_all_of_it_is_measured() -> None:
    plan = Plan(sockets=20, warm_seconds=0.05, seconds=0.2, rate=200)
    with FLOOR.start() as stand:
        found = await trial.talk(FLOOR, stand, plan)
    assert found.faults == {}
    assert found.deliveries_per_second > plan.rate
    assert found.messages_per_second == pytest.approx(found.deliveries_per_second / 10, rel=0.2)
    assert found.frame_bytes > plan.text_bytes
    assert found.p50_ms is not None
    assert found.p99_ms is not None
    assert 0 < found.p50_ms <= found.p99_ms


def test_a_server_that_does_not_start_takes_no_part_and_its_last_words_say_why() -> None:
    broken = (sys.executable, "-c", "raise SystemExit('out of paper')")
    peer = changed(FLOOR, start=lambda: started(broken, {}, keeps_rows=False))
    (found,) = compared(Plan(), [peer], lambda said: None)
    assert found.skipped == "It did not start: out of paper"
    assert found.rounds == ()


def test_without_node_who_needs_it_takes_no_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    peer = changed(FLOOR, needs=(Part("npm", tmp_path, ("ws@>=8",)),))
    (found,) = compared(Plan(), [peer], lambda said: None)
    assert found.skipped == "There is no `node` on the PATH."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [3, 125, 126, 300])
def test_the_floor_reads_and_writes_frames_as_the_rfc_says(size: int) -> None:
    payload = bytes(at % 251 for at in range(size))
    mask = b"\x01\xfe\x80\x07"
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    assert floor.unmasked(masked, mask) == payload
    assert floor.unmasked(payload, bytes(4)) == payload
    written = floor.text_frame(payload)
    assert written == Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert scan(written)[0] == [(1, len(written) - size, len(written))]


def test_a_client_frame_is_one_that_servers_take() -> None:
    reader = StreamReader()
    reader.feed_data(client_frame(b"hello"))
    with pytest.raises(StopIteration) as read:
        next(Frame.parse(reader.read_exact, mask=True))
    assert read.value.value.data == b"hello"


TALK = Talk(
    deliveries_per_second=98_765.4,
    messages_per_second=9876.5,
    cpu_us=9.04,
    generator=0.5,
    frame_bytes=770,
    p50_ms=1.0,
    p99_ms=3.21,
    steady_cpu_us=20.0,
)
SLOW = replace(TALK, deliveries_per_second=9_000.0, cpu_us=60.0, p50_ms=None, p99_ms=None)
ONE = Found("a", "A <&>", "product", "everything", ("A 1", "Python 3"), (SLOW, TALK), Idle(7.5))
OTHER = Found("b", "B", "durable", "a row", ("Python 3",), (SLOW, SLOW))
RESULT = Result("2026-01-02T03:04:05+00:00", "2 cores", 0.1, "./dev peers", Plan(), 200.0, (ONE, OTHER))


def text(result: Result) -> str:
    return "\n".join(report.markdown(result))


def test_the_table_has_the_best_round_and_says_what_was_not_reached() -> None:
    lines = text(RESULT).splitlines()
    assert "| A <&> | everything | 98,800 | 9.0 | 1.0 / 3.2 | 7.5 | 770 |" in lines
    assert "| B | a row | 9,000 | 60.0 | does not reach it | – | 770 |" in lines
    assert "A 1, Python 3." in lines
    assert "best of 2 rounds" in text(RESULT)
    assert "once, in order and whole" in text(RESULT)


def test_whatever_was_wrong_is_said() -> None:
    faulty = replace(OTHER, rounds=(replace(SLOW, faults={"lost": 2}), replace(SLOW, faults={"lost": 1})))
    away = Found("c", "C", "bare", "nothing", skipped="There is no `node` on the PATH.")
    said = text(replace(RESULT, peers=(ONE, faulty, away), load=7.0))
    assert "B: 3 lost." in said
    assert "once, in order and whole" not in said
    assert "C did not take part: There is no `node` on the PATH." in said
    assert "load 7.0" in said
    assert not replace(RESULT, peers=(ONE, faulty)).ok
    assert not replace(RESULT, peers=(replace(ONE, skipped="It ended while it was loaded."), OTHER)).ok
    assert RESULT.ok


def test_a_figure_that_the_generator_limited_is_marked() -> None:
    limited = replace(ONE, rounds=(replace(TALK, generator=0.97),))
    assert "≥ 98,800" in text(replace(RESULT, peers=(limited,)))
    assert "≥ 98,800" in page.html(replace(RESULT, peers=(limited,)), "")
    assert "≥" not in text(RESULT)


def test_a_result_is_the_same_after_it_was_kept() -> None:
    assert decoded(encoded(RESULT)) == RESULT


class Reader(HTMLParser):
    """Collects what a page has, and whether every element is closed that has to be."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attributes |= set(given)
        if given.get("role") == "img":
            self.labels.append(given.get("aria-label") or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else_and_says_every_chart_in_words() -> None:
    reader = Reader()
    written = page.html(RESULT, "digest")
    reader.feed(written)
    assert reader.open == []
    assert not {"src", "href"} & reader.attributes
    assert "url(" not in written
    assert len(reader.labels) == 4
    assert all("A <&>" in label for label in reader.labels)
    assert "A <&> 98,800; B 9,000" in reader.labels[0]
    assert "prefers-color-scheme: dark" in written


def test_what_the_readme_shows_was_made_from_the_figures_that_are_kept() -> None:
    """When this fails: ./dev peers --draw tests/benchmarks/peers.json --write"""
    assert publication.PAGE.read_text() == page.html(publication.kept(), publication.digest())
    assert publication.notes()["Result"] == publication.digest()
    assert publication.PICTURE.stat().st_size < 150_000
