"""Card numbers are hidden before they are kept, whoever writes them; other numbers are left alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert, to_builtins

from gateway.domain import cards
from gateway.domain.cards import masked, masked_html
from gateway.domain.content import Content
from gateway.domain.model import AppSettings, Source
from tests.domain.town import Town

CARD = "4111 1111 1111 1111"
HIDDEN = "**** **** **** 1111"
WEB = Source(type="web", integration_id="0" * 24)


@pytest.mark.parametrize(
    ("number", "hidden"),
    [
        (CARD, HIDDEN),
        ("4111-1111-1111-1111", "****-****-****-1111"),
        ("4111111111111111", "************1111"),
        ("4111\u00a01111\u00a01111\u00a01111", "****\u00a0****\u00a0****\u00a01111"),
        ("378282246310005", "***********0005"),
        ("3782 822463 10005", "**** ****** *0005"),
        ("4222222222222", "*********2222"),  # 13 digits
        ("6304000000000000000", "***************0000"),  # 19 digits
        ("visa4111111111111111exp12/27", "visa************1111exp12/27"),
        (f"12 {CARD} 99", f"12 {HIDDEN} 99"),
        (f"{CARD} {CARD}", f"{HIDDEN} {HIDDEN}"),
        (f"no:{CARD},exp 12/27", f"no:{HIDDEN},exp 12/27"),
    ],
)
def test_a_card_number_shows_its_last_four_digits(number: str, hidden: str) -> None:
    assert masked(f"It is {number}!") == f"It is {hidden}!"
    assert masked_html(f"<b>{number}</b>") == f"<b>{hidden}</b>"


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1112",  # the check digit is wrong
        "422222222222",  # 12 digits
        "42222222222227",  # 14, wrong
        "63040000000000000000",  # 20 digits
        "1700000000000",  # a time in milliseconds
        "0000 0000 0000 0000",
        "10 20 30 40 50 60 70 80",
        "+49 170 1234567",
        "https://example.org/4111111111111111",
        "4111  1111  1111  1111",
        "1a1ff50010919904969a9cc0",  # an id, with a right check digit
        "f50010919904969a",
    ],
)
def test_other_numbers_are_left_alone(number: str) -> None:
    assert masked(f"It is {number}!") == f"It is {number}!"


def test_addresses_in_html_are_left_alone() -> None:
    link = '<a href="https://example.org/4111111111111111">'
    assert masked_html(f"{link}{CARD}</a> 4111&nbsp;1111 1111 1111") == f"{link}{HIDDEN}</a> ****&nbsp;**** **** 1111"


SAID: list[dict[str, Any]] = [
    {"type": "text", "text": CARD},
    {"type": "text", "text": CARD, "payload": "4111111111111112"},
    {"type": "text", "text": "a", "htmlText": f"<b>{CARD}</b>"},
    {"type": "text", "markdownText": f"**{CARD}**"},
    {"type": "text", "htmlText": CARD},
    {"type": "image", "mediaUrl": "https://example.org/", "text": CARD},
    {"type": "file", "mediaUrl": "https://example.org/", "htmlText": CARD},
    {"type": "form", "fields": [{"type": "email", "name": "n", "label": "l"}], "text": CARD},
    *(
        {
            "type": kind,
            "items": [{"title": CARD, "description": CARD, "actions": [{"type": "buy", "text": "b", "amount": 1}]}],
        }
        for kind in ("carousel", "list")
    ),
]


def kept(content: dict[str, Any], settings: AppSettings) -> str:
    town = Town(settings)
    room = town.personal("ann")
    return str(to_builtins(town.do(town.orders.posts(room, convert(content, Content))).message))


@pytest.mark.parametrize("content", SAID, ids=lambda it: "-".join(map(str, it)))
def test_it_is_hidden_wherever_it_is_said(content: dict[str, Any]) -> None:
    said = kept(content, AppSettings())
    assert HIDDEN in said
    assert CARD not in said
    assert CARD in kept(content, AppSettings(mask_credit_card_numbers=False))


def test_what_users_say_is_hidden_too() -> None:
    town = Town()
    room = town.group("ann")
    said = town.do(town.orders.says(room, CARD, by="ann", source=WEB)).message
    assert HIDDEN in str(said)


PIECES = [
    "4111 1111 1111 1111",
    "4111111111111111",
    "5500-0000-0000-0004",
    *("1", "4", "a", "f", "0", "9", "41", "11", "12ab", "x"),
    *(" ", "-", "\n", "&nbsp;", "\u00a0", "http://x/", "<b>", ">"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_the_quick_look_overlooks_nothing(text: str) -> None:
    assert cards.masked(text) == cards._IN_TEXT.sub(cards._replacement, text)
    assert cards.masked_html(text) == cards._IN_HTML.sub(cards._replacement, text)
