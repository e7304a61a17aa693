"""Templates: what an app keeps to say, and how shorthand says it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import ValidationError, convert, json

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.content import (
    BuyAction,
    Carousel,
    Coordinates,
    Image,
    Item,
    LinkAction,
    Location,
    ReplyAction,
    Text,
)
from gateway.domain.model import MessageTemplate
from gateway.domain.model.templates import TemplateName
from gateway.domain.shorthand import spelled_out
from tests.domain.template_stories import creates, keeps, renames
from tests.domain.town import Town

A = "https://example.org/a.png"


@pytest.fixture
def town() -> Town:
    return Town()


def says(town: Town, text: str | None, **facts: Any) -> list[dict[str, Any]]:
    """What a text of the business becomes, without ids."""
    posted = town.do(town.orders.posts(town.group("ann"), Text(text=text, **facts)))
    shown: list[dict[str, Any]] = [json.decode(json.encode(it.content)) for it in posted.messages]
    for content in shown:
        for action in content.get("actions", ()):
            del action["id"]
    return shown


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def test_it_is_kept_changed_and_deleted(town: Town) -> None:
    kept = keeps(town, "hello", metadata={"a": 1})
    office = town.house.office(town.app_id)
    assert office.templates == (kept,)
    assert (kept.name, kept.content, kept.metadata) == ("hello", Text(text="Hello"), {"a": 1})
    renamed = town.do(renames(town, kept.id, "hi"))
    assert (renamed.id, renamed.name, renamed.content, renamed.metadata) == (kept.id, "hi", kept.content, {"a": 1})
    assert town.do(renames(town, kept.id, "hi")) == renamed
    content = Location(coordinates=Coordinates(lat=1, long=2))
    changed = town.do(cmd.UpdateTemplate(app_id=town.app_id, template_id=kept.id, content=content))
    assert (changed.name, changed.content, changed.metadata) == ("hi", content, None)
    town.do(cmd.DeleteTemplate(app_id=town.app_id, template_id=kept.id))
    assert town.house.office(town.app_id).templates == ()
    assert town.refusal(renames(town, kept.id, "hi")) == errors.TEMPLATE_NOT_FOUND


def test_two_apps_may_use_one_name(town: Town) -> None:
    keeps(town, "hello")
    other = town.do(cmd.CreateApp(display_name="other")).id
    assert town.do(cmd.CreateTemplate(app_id=other, name="hello", content=Text(text="Hi"))).name == "hello"


@pytest.mark.parametrize("name", ["a", "Hello there", "order-shipped_2", "R&D", "größer", "x" * limits.LABEL])
def test_what_a_template_may_be_called(name: str) -> None:
    assert convert(name, TemplateName) == name


@pytest.mark.parametrize("name", ["", " a", "a ", "a)b", "(a", "{a}", "a\nb", "\x00", "x" * (limits.LABEL + 1)])
def test_what_it_may_not_be_called_as_shorthand_could_not_call_it(name: str) -> None:
    with pytest.raises(ValidationError):
        convert(name, TemplateName)


@pytest.mark.parametrize("called", ["%((template:hello))%", "%{{template:hello}}%", "%((template: hello))%"])
def test_it_is_said_between_what_stands_around_it(town: Town, called: str) -> None:
    keeps(town, "hello", "Welcome!")
    assert says(town, called) == [text("Welcome!")]
    assert says(town, f"Before {called}\n after") == [text("Before"), text("Welcome!"), text("after")]
    assert says(town, f"{called} {called}x") == [text("Welcome!"), text("Welcome!"), text("x")]


def test_all_of_it_happens_in_order(town: Town) -> None:
    keeps(town, "hello")
    posted = town.do(town.orders.says(town.group("ann"), "a %((template:hello))% b", metadata={"n": 1}))
    assert [it.seq for it in posted.messages] == [2, 3, 4]
    assert len({it.received for it in posted.messages}) == 3
    assert [it.metadata for it in posted.messages] == [{"n": 1}] * 3
    assert town.last(ev.MessagePosted).message == posted.messages[-1]


def test_metadata_of_a_template_goes_with_that_of_the_post(town: Town) -> None:
    keeps(town, "hello", metadata={"of": "template", "both": 1})
    posted = town.do(town.orders.says(town.group("ann"), "a %((template:hello))%", metadata={"both": 2}))
    assert [it.metadata for it in posted.messages] == [{"both": 2}, {"of": "template", "both": 2}]
    most = {"k": "x" * (limits.METADATA_BYTES - 1)}
    assert (
        town.refusal(town.orders.says(town.group("ann"), "%((template:hello))%", metadata=most))
        == errors.TOO_MUCH_METADATA
    )


def test_any_message_can_be_one(town: Town) -> None:
    item = Item(title="Tea", actions=(LinkAction(text="Look", uri="https://example.org"),))
    keeps(town, "cups", content=Carousel(items=(item,)))
    keeps(town, "cat", content=Image(media_url=A))
    shown = says(town, "%((template:cups))% %((template:cat))%")
    assert [it["type"] for it in shown] == ["carousel", "image"]
    assert "id" in shown[0]["items"][0]["actions"][0]


def test_its_own_text_may_hold_shorthand_and_be_rich(town: Town) -> None:
    keeps(town, "ask", f"Tea? ![]({A}) %[Yes](reply:YES)")
    keeps(town, "rich", content=Text(markdown_text="**Hi**"))
    reply = {"type": "reply", "text": "Yes", "payload": "YES"}
    assert says(town, "Now %((template:ask))% then %((template:rich))%") == [
        text("Now"),
        {"type": "image", "mediaUrl": A, "altText": "a.png", "text": "Tea?", "actions": [reply]},
        text("then"),
        text("Hi", htmlText="<p><strong>Hi</strong></p>"),
    ]


def test_own_buttons_and_blocking_go_with_what_comes_last(town: Town) -> None:
    keeps(town, "hello")
    buttons = (ReplyAction(text="Yes", payload="YES"),)
    shown = [{"type": "reply", "text": "Yes", "payload": "YES"}]
    assert says(town, "a %((template:hello))% b", actions=buttons, block_chat_input=True) == [
        text("a"),
        text("Hello"),
        text("b", actions=shown, blockChatInput=True),
    ]
    assert says(town, "%((template:hello))%", actions=buttons) == [text("Hello"), {"type": "text", "actions": shown}]
    assert says(town, "%((template:hello))%", block_chat_input=True) == [text("Hello", blockChatInput=True)]


def test_both_forms_of_a_text_are_cut_at_the_same_places(town: Town) -> None:
    keeps(town, "R&D")
    html = "<p>Before %((template:R&amp;D))%</p><p>after</p>"
    before, hello, after = says(town, "Before %((template:R&D))% after", html_text=html)
    assert (before["text"], before["htmlText"]) == ("Before", "<p>Before</p>")
    assert hello == text("Hello")
    assert (after["text"], after["htmlText"]) == ("after", "<p>after</p>")
    assert says(town, None, html_text="<p>%((template:R&amp;D))%</p>") == [text("Hello")]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["one", "two", "%((template:a))%", "%{{template: b}}%"]), min_size=1, max_size=8))
def test_what_is_written_is_said_in_order(written: list[str]) -> None:
    templates = [MessageTemplate(id=it, name=it, content=Text(text=f"template {it}")) for it in "ab"]
    meant = {"%((template:a))%": "template a", "%{{template: b}}%": "template b"}
    said = [it.content for it in spelled_out(Text(text=" ".join(written)), templates)]
    assert all(isinstance(it, Text) for it in said)
    assert " ".join(it.text or "" for it in said if isinstance(it, Text)) == " ".join(
        meant.get(it, it) for it in written
    )


@pytest.mark.parametrize("called", ["nobody", "Hello", "", "a)(b"])
def test_who_calls_what_is_not_there_is_told_its_name(town: Town, called: str) -> None:
    keeps(town, "hello")
    for written in (f"%((template:{called}))%", f"x %{{{{template:{called}}}}}%"):
        assert town.refusal(town.orders.says(town.group("ann"), written)) == errors.no_such_template(called)
        assert repr(called) in errors.no_such_template(called).title


def test_a_backslash_keeps_a_call_text(town: Town) -> None:
    assert says(town, r"Write \%((template:a))%") == [text("Write %((template:a))%")]
    assert says(town, r"\&((template=[[a]] fallback=[[b]]))&") == [text("&((template=[[a]] fallback=[[b]]))&")]
    assert keeps(town, "how", r"\%((template:a))%").name == "how"
    assert says(town, "%((template:how))%") == [text("%((template:a))%")]


def test_what_users_write_calls_nothing(town: Town) -> None:
    room = town.group("ann")
    said = town.do(town.orders.says(room, "%((template:a))%", by="ann")).message
    assert said.content == Text(text="%((template:a))%")


def test_where_a_whatsapp_template_is_called_its_fallback_stands(town: Town) -> None:
    called = "&((namespace=[[a]] template=[[b]]\nfallback=[[Your order is here]] language=[[en]] body_text=[[c]]))&"
    assert says(town, called) == [text("Your order is here")]
    html = called.replace("&", "&amp;")
    assert says(town, None, html_text=f"<b>{html}</b>") == [
        text("Your order is here", htmlText="<b>Your order is here</b>")
    ]
    assert says(town, f"Hi, {called}!") == [text("Hi, Your order is here!")]
    keeps(town, "wa", called)
    assert says(town, "%((template:wa))%") == [text("Your order is here")]


def test_as_many_messages_as_shorthand_may_make(town: Town) -> None:
    keeps(town, "a")
    assert len(says(town, "%((template:a))%" * limits.SPELLED_OUT)) == limits.SPELLED_OUT


def test_a_template_is_no_way_around_what_groups_may_be_asked(town: Town) -> None:
    keeps(town, "bill", "$[Pay](10.00)")
    keeps(town, "item", content=Text(text="Bill", actions=(BuyAction(text="Pay", amount=100),)))
    for name in ("bill", "item"):
        order = town.orders.says(town.group("ann"), f"%((template:{name}))%")
        assert town.refusal(order) == errors.NO_BUY_IN_GROUPS
        assert town.refusal(town.orders.says(town.personal("bob"), f"%((template:{name}))%")) is None


def test_what_could_not_be_said_is_not_kept(town: Town) -> None:
    pictures = " ".join(f"![](https://e.x/{it})" for it in range(limits.PICTURES + 1))
    for content in (Text(html_text="<script>x</script>"), Text(text=pictures)):
        problem = town.refusal(creates(town, "bad", content=content))
        assert problem is not None
        assert problem.title.startswith("content")
