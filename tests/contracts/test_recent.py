"""What a store remembers is bounded: what was written longest ago is forgotten first."""

from gateway.domain.recent import Recent


def test_what_was_written_longest_ago_is_forgotten() -> None:
    recent: Recent[str, int] = Recent(2)
    for number, key in enumerate("abc"):
        recent[key] = number
    assert recent == {"b": 1, "c": 2}


def test_writing_again_makes_it_recent() -> None:
    recent: Recent[str, int] = Recent(2)
    for number, key in enumerate("abac"):
        recent[key] = number
    assert recent == {"a": 2, "c": 3}


def test_what_was_taken_out_makes_room() -> None:
    recent: Recent[str, int] = Recent(2)
    recent["a"] = 1
    recent["b"] = 2
    recent.pop("a")
    recent["c"] = 3
    assert recent == {"b": 2, "c": 3}
