"""Shorthand: what it stands for, and that whatever is not quite shorthand stays text."""

from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert, json, to_builtins

from gateway.domain import limits
from gateway.domain.commands import Part
from gateway.domain.content import Content, LinkAction, Text, actions_of
from gateway.domain.errors import Refused
from gateway.domain.model import Source
from gateway.domain.shorthand import spelled_out
from tests.domain.town import Town

Json = dict[str, Any]

WEB = Source(type="web", integration_id="0" * 24)
A, B = "https://example.org/a.png", "https://example.org/b.png"


def link(text: str, uri: str) -> Json:
    return {"type": "link", "text": text, "uri": uri}


def reply(text: str, payload: str) -> Json:
    return {"type": "reply", "text": text, "payload": payload}


def postback(text: str, payload: str) -> Json:
    return {"type": "postback", "text": text, "payload": payload}


def buy(text: str, amount: int) -> Json:
    return {"type": "buy", "text": text, "amount": amount, "currency": "usd"}


def said(by: str | None = None, source: Source | None = None, **content: Any) -> list[Json]:
    """The contents that a text became, without the ids of buttons."""
    town = Town()
    order = town.orders.posts(town.personal("ann"), convert({"type": "text", **content}, Content), by)
    posted = town.do(order if source is None else convert({**to_builtins(order), "source": source}, type(order)))
    shown = [json.decode(json.encode(it.content)) for it in posted.messages]
    for action in (it for content in shown for it in content.get("actions", ())):
        del action["id"]
    return shown


def text(words: str | None, *actions: Json) -> Json:
    shown: Json = {"type": "text"}
    if words is not None:
        shown["text"] = words
    return {**shown, "actions": list(actions)} if actions else shown


def captioned(kind: str, by: str | None = None, **facts: Any) -> list[Json]:
    """The contents that an image or a file became, without ids and files' addresses where they are its own."""
    town = Town()
    content = convert({"type": kind, "mediaUrl": B, **facts}, Content)
    posted = town.do(town.orders.posts(town.personal("ann"), content, by, captions=True))
    shown = [json.decode(json.encode(it.content)) for it in posted.messages]
    for action in (it for content in shown for it in content.get("actions", ())):
        del action["id"]
    return shown


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Look %[here](https://example.org)", text("Look", link("here", "https://example.org"))),
        ("%[a](http://e.x)%[b](tel:112)", text(None, link("a", "http://e.x"), link("b", "tel:112"))),
        ("Tea? %[Yes](reply:YES) %[No](reply:NO)", text("Tea?", reply("Yes", "YES"), reply("No", "NO"))),
        ("Tea %[Buy](postback:BUY now) or not", text("Tea or not", postback("Buy", "BUY now"))),
        ("One\n%[a](reply:A)\n\nTwo", text("One\n\nTwo", reply("a", "A"))),
        ("%[a](reply:A) %[a](reply:A)", text(None, reply("a", "A"))),
        ("%[w](https://e.x/a_(b)_c)", text(None, link("w", "https://e.x/a_(b)_c"))),
        ("%[a](reply:b:c)", text(None, reply("a", "b:c"))),
        ("Where? %[Here](location)", text("Where?", {"type": "locationRequest", "text": "Here"})),
        ("Tea $[Buy](25.00)", text("Tea", buy("Buy", 2500))),
        ("$[a]($10.00)$[b](7)$[c](0.5)", text(None, buy("a", 1000), buy("b", 700), buy("c", 50))),
    ],
)
def test_buttons_are_taken_out_of_the_text(written: str, meant: Json) -> None:
    assert said(text=written) == [meant]


@pytest.mark.parametrize(
    "written",
    [
        "100%[sic] (of it)",
        "%[](https://example.org)",
        "%[a]()",
        "%[a](reply:)",
        "%[a](javascript:alert(1))",
        "%[a](example.org)",
        "%[a](https://e x)",
        "%[a\nb](reply:A)",
        "%[a](reply:A",
        "%[a](Location)",
        "%[a](tel:)",
        "$[a](25.00.1)",
        "$[a](25.001)",
        "$[a](1,000.00)",
        "$[a](-1)",
        "$[a](0.00)",
        "$[a](12345678)",
        "$[a](https://example.org)",
        f"$[{'x' * (limits.LABEL + 1)}](1)",
        "%((template hello))% %{{hello}}%",
        "![cat](https://example.org/cat.png)",
        "![](data:image/png;base64,AA)",
        "![]()",
        "[a](https://example.org)",
        f"%[{'x' * (limits.LABEL + 1)}](reply:A)",
        f"%[a](https://e.x/{'x' * limits.URL})",
        "%[" * 2_000,
        "![](" * 1_000,
        "a ((b)) {{c}} &((d))&",
    ],
)
def test_what_is_not_quite_shorthand_stays_text(written: str) -> None:
    assert said(text=written) == [text(written)]


def test_the_longest_label_is_a_label() -> None:
    label = "x" * limits.LABEL
    assert said(text=f"%[{label}](reply:A)") == [text(None, reply(label, "A"))]


def test_a_backslash_keeps_it_text() -> None:
    assert said(text=r"Write \%[label](url) or \![](https://e.x)") == [text("Write %[label](url) or ![](https://e.x)")]
    assert said(text=r"\$[Pay](1.00)") == [text("$[Pay](1.00)")]
    (shown,) = said(markdownText=r"Write \%[l](reply:A)")
    assert (shown["text"], "actions" in shown) == ("Write %[l](reply:A)", False)
    (shown,) = said(markdownText=r"Write \$[l](https://e.x)")
    assert (shown["text"], "<a" in shown["htmlText"]) == ("Write $[l](https://e.x)", False)


def test_what_users_type_stays_text() -> None:
    written = "%[Free money](https://evil.example) ![](https://example.org) $[Pay](1.00) %((template:a))%"
    assert said(by="ann", text=written) == said(by="ann", source=WEB, text=written) == [text(written)]


def test_a_picture_takes_the_text_and_the_buttons() -> None:
    shown = said(text=f"Look: ![]({A}) %[Nice](reply:NICE)", blockChatInput=True)
    assert shown == [
        {
            "type": "image",
            "mediaUrl": A,
            "altText": "a.png",
            "text": "Look:",
            "actions": [reply("Nice", "NICE")],
            "blockChatInput": True,
        }
    ]


def test_further_pictures_are_messages_after_it() -> None:
    town = Town()
    room = town.group("ann")
    order = town.orders.says(room, f"Two:\n![]({A})\n![]({B})", metadata={"a": 1})
    posted = town.do(order)
    assert [to_builtins(it.content) for it in posted.messages] == [
        {"type": "image", "mediaUrl": A, "altText": "a.png", "text": "Two:"},
        {"type": "image", "mediaUrl": B, "altText": "b.png"},
    ]
    assert [it.seq for it in posted.messages] == [2, 3]
    assert posted.messages[0].received < posted.messages[1].received
    assert town.unread(room, "ann") == 2


def test_rich_text_loses_its_shorthand_before_it_is_made() -> None:
    (shown,) = said(markdownText="**Tea?**\n\n%[Yes](reply:YES)")
    assert shown == {**text("Tea?", reply("Yes", "YES")), "htmlText": "<p><strong>Tea?</strong></p>"}
    (shown,) = said(htmlText="<b>Tea?</b> %[R&amp;D <i>now</i>](https://e.x/?a=1&amp;b=2)")
    assert shown == {**text("Tea?", link("R&D now", "https://e.x/?a=1&b=2")), "htmlText": "<b>Tea?</b>"}


def test_what_both_texts_say_is_one_button() -> None:
    (shown,) = said(text="Tea? %[Yes](reply:Y)", htmlText="<b>Tea?</b> %[Yes](reply:Y)")
    assert shown["actions"] == [reply("Yes", "Y")]


def test_own_buttons_come_first() -> None:
    (shown,) = said(text="%[b](reply:B)", actions=[reply("a", "A")])
    assert shown["actions"] == [reply("a", "A"), reply("b", "B")]


def test_as_many_buttons_as_a_message_may_have() -> None:
    town = Town()
    room = town.group("ann")
    own = tuple(LinkAction(text="l", uri=f"https://e.x/{it}") for it in range(limits.TEXT_ACTIONS - 1))
    (message,) = town.do(town.orders.posts(room, Text(text="%[a](reply:A)", actions=own))).messages
    assert message.content is not None
    assert len(list(actions_of(message.content))) == limits.TEXT_ACTIONS
    problem = town.refusal(town.orders.posts(room, Text(text="%[a](reply:A)%[b](reply:B)", actions=own)))
    assert problem is not None
    assert problem.title.startswith("content.actions")


def test_as_many_pictures_as_one_text_may_show() -> None:
    pictures = [f"![](https://e.x/{it})" for it in range(limits.PICTURES + 1)]
    assert len(said(text=" ".join(pictures[1:]))) == limits.PICTURES
    town = Town()
    problem = town.refusal(town.orders.says(town.group("ann"), " ".join(pictures)))
    assert problem is not None
    assert problem.title.startswith("content: at most 10 pictures")


@settings(deadline=None)
@given(st.text(st.sampled_from("%$!&[](){}\\\n \t<>:ab10./") | st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_nothing_that_is_written_breaks_it(written: str) -> None:
    for content in (Text(text=written), Text(html_text=written), Text(markdown_text=written)):
        with suppress(Refused):
            assert len(spelled_out(content)) >= 1


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda it: not any(sign in it for sign in "%$!&")))
def test_text_without_marks_comes_back_the_same(written: str) -> None:
    content = Text(text=written)
    assert spelled_out(content) == (Part(content),)


@pytest.mark.parametrize(
    "written",
    ["&((" * 1_300, "&((" * 600 + "[[" * 1_000, "%((template:" * 340, "%((template:" + " " * 4_000, "$[" * 2_000],
)
def test_no_text_takes_long_to_read(written: str) -> None:
    """It would keep everybody waiting."""
    began = perf_counter()
    assert said(text=written) == [text(written)]
    assert perf_counter() - began < 1


HERE = link("Here", "https://x.y")


def test_a_caption_is_read_where_captions_are() -> None:
    image, file = ({"type": it, "mediaUrl": B, "altText": "b.png"} for it in ("image", "file"))
    words = "Look %[Here](https://x.y)"
    assert captioned("image", text=words) == [{**image, "text": "Look", "actions": [HERE]}]
    own = reply("Yes", "yes")
    assert captioned("image", text="Look", actions=[own]) == [{**image, "text": "Look", "actions": [own]}]
    assert captioned("image", actions=[own]) == [{**image, "actions": [own]}]
    assert captioned("file", text=words) == [{**file, "text": "Look"}, text(None, HERE)]
    assert captioned("file", text="Look", blockChatInput=True) == [{**file, "text": "Look", "blockChatInput": True}]
    assert captioned("image", by="ann", text=words) == [{**image, "text": words}]


def test_what_a_caption_has_no_place_for_comes_after() -> None:
    file, buttons, picture = captioned("file", text=f"Look ![]({A}) %[Here](https://x.y)", blockChatInput=True)
    assert file == {"type": "file", "mediaUrl": B, "altText": "b.png", "text": "Look"}
    assert buttons == text(None, HERE)
    assert picture == {"type": "image", "mediaUrl": A, "altText": "a.png", "blockChatInput": True}
