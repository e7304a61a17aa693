"""Card numbers in what people write, masked but for the last four digits."""

import re
from typing import Final

_GAP: Final = r"(?:[ \-\u00a0]|&nbsp;)"
_RUN: Final = re.compile(rf"[0-9](?:{_GAP}?[0-9]){{12,}}")
_GROUP: Final = re.compile(r"[0-9]+")
_ID: Final = r"\b(?:[a-f]+[0-9]+|[0-9]+)[a-f][0-9a-f]*\b"  # hexadecimal: digits and letters mixed
_IN_TEXT: Final = re.compile(rf"[a-z]+://\S+|{_ID}|(?P<run>{_RUN.pattern})", re.IGNORECASE)
_IN_HTML: Final = re.compile(rf"<[^>]*>|[a-z]+://[^\s<]+|{_ID}|(?P<run>{_RUN.pattern})", re.IGNORECASE)
_DIGITS: Final = range(13, 20)
_NO_DIGITS: Final = bytes(it for it in range(256) if it not in b"0123456789")
_SHORTEST_GROUP: Final = 3  # "10 20 30 40 50 60 70" is no card


def masked(text: str) -> str:
    """Text without its card numbers. URLs and ids stay as they are, or they would lead elsewhere."""
    return _IN_TEXT.sub(_replacement, text) if _may_hold_one(text) else text


def masked_html(html: str) -> str:
    """The same of HTML, whose tags stay as they are."""
    return _IN_HTML.sub(_replacement, html) if _may_hold_one(html) else html


def _may_hold_one(text: str) -> bool:
    """A quick look: most texts have too few digits, and most long numbers are no cards, wherever they stand."""
    if len(text) < _DIGITS.start:
        return False
    digits = text.encode("ascii", "ignore").translate(None, _NO_DIGITS)
    return len(digits) >= _DIGITS.start and any(_without_cards(it) != it for it in _RUN.findall(text))


def _replacement(found: re.Match[str]) -> str:
    return _without_cards(found["run"]) if found["run"] else found[0]


def _without_cards(run: str) -> str:
    """A run of digit groups, in which a card number is one group or several neighbours."""
    groups = [it.span() for it in _GROUP.finditer(run)]
    first = 0
    while first < len(groups):
        last = _card(run, groups, first)
        if last is not None:
            run = _hidden(run, groups[first][0], groups[last][1])
            first = last
        first += 1
    return run


def _card(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of the longest card number that begins with the group `first`; None where none does."""
    found = None
    digits = ""
    for place in range(first, len(groups)):
        group = run[slice(*groups[place])]
        digits += group
        if len(digits) >= _DIGITS.stop or len(group) < _SHORTEST_GROUP:
            break
        if len(digits) in _DIGITS and _is_card(digits):
            found = place
    return found


def _is_card(digits: str) -> bool:
    """Whether an issuer's first digit and the check digit (Luhn) are right."""
    if digits[0] not in "23456":
        return False
    doubled = (sum(divmod(2 * int(it), 10)) for it in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _hidden(run: str, start: int, end: int) -> str:
    shown = [at for at in range(start, end) if run[at].isdigit()][-4:]
    kept = "".join("*" if it.isdigit() and at < shown[0] else it for at, it in enumerate(run[start:end], start))
    return run[:start] + kept + run[end:]
