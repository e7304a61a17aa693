"""Rich text: nothing unsafe is kept, nothing that was said is lost."""

import re

import pytest
from msgspec import structs

from gateway.domain import limits, rich
from gateway.domain.content import Content, File, Image, Text
from gateway.domain.model import API, Source
from tests.domain.town import Town

WEB = Source(type="web", integration_id="0" * 24)
REL = 'rel="noopener noreferrer nofollow"'
HERE = "https://example.org/a.png"

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//example.org'>x</a>",
    "<svg onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b style='background:url(javascript:alert(1))' class=x id=y onclick=alert(1)>x</b>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=https://evil.example><input name=card><button>Pay</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<a href='https://example.org' target=_blank rel=opener>x</a>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_would_harm_is_not_kept(attack: str) -> None:
    for html in (rich.safe(attack), rich.from_markdown(attack)):
        tags = re.findall(r"<[^>]*>", html)
        assert all(re.fullmatch(rf'</?[a-z0-9]+(?: href="https://[^"]*")?(?: {REL})?>', it) for it in tags), html
        assert not {"<script", "<img", "<svg", "<style", "<iframe"} & set(tags)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<h1>Hello!</h1>", "<h1>Hello!</h1>"),
        ("<b>bold", "<b>bold</b>"),
        ("a &lt; b & c", "a &lt; b &amp; c"),
        ("<a href='tel:+3112'>call</a>", f'<a href="tel:+3112" {REL}>call</a>'),
        ("<a href='mailto:a@b.c' title='t'>mail</a>", f'<a href="mailto:a@b.c" title="t" {REL}>mail</a>'),
        ("<span class=x>words</span>", "words"),
    ],
)
def test_what_a_chat_shows_is_kept(sent: str, kept: str) -> None:
    assert rich.safe(sent) == kept


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Hello!", "<h1>Hello!</h1>"),
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("[l](https://example.org)", f'<p><a href="https://example.org" {REL}>l</a></p>'),
        ("[l](javascript:alert(1))", "<p>[l](javascript:alert(1))</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("![cat](https://example.org)", f'<p>!<a href="https://example.org" {REL}>cat</a></p>'),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    assert rich.from_markdown(markdown) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<h1>Hello!</h1>", "Hello!"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<p>one  two</p><p>three</p>", "one two\n\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>d", "- a\n- b\n- c\n\nd"),
        ('<ol start="9"><li><p>a</p></li><li>b</li></ol>', "9. a\n\n10. b"),
        ("<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>", "a b\nc"),
        ('see <a href="https://e.x">here</a>', "see here (https://e.x)"),
        ('<a href="https://e.x">https://e.x</a>', "https://e.x"),
        ('<a href="mailto:a@b.c">a@b.c</a>', "a@b.c"),
        ('<a href="https://e.x"></a>', "https://e.x"),
        ("a &lt; b &amp;amp; c", "a < b &amp; c"),
    ],
)
def test_the_same_in_plain_words(html: str, text: str) -> None:
    assert rich.plain(html) == text


def kept(content: Content, by: str | None = None) -> Content:
    """Content as it is stored."""
    town = Town()
    room = town.group("ann")
    source = API if getattr(content, "markdown_text", None) else WEB  # devices write no markdown
    said = town.do(town.orders.posts(room, content, by=by, source=source)).message.content
    assert said is not None
    return said


@pytest.mark.parametrize("by", [None, "ann"])
@pytest.mark.parametrize(
    "empty", [Text(text="."), Image(media_url=HERE, alt_text="a"), File(media_url=HERE, alt_text="a")]
)
def test_rich_text_is_safe_whoever_writes_it_wherever(empty: Text | Image | File, by: str | None) -> None:
    html = structs.replace(empty, text=None, html_text="<b onclick=x>Hi</b><script>x</script>")
    markdown = structs.replace(empty, text=None, markdown_text="**Hi**")
    assert kept(html, by) == structs.replace(empty, text="Hi", html_text="<b>Hi</b>")
    assert kept(markdown, by) == structs.replace(empty, text="Hi", html_text="<p><strong>Hi</strong></p>")


def test_a_text_of_its_own_stays() -> None:
    assert kept(Text(text="Hello", html_text="<b>Hi</b>")) == Text(text="Hello", html_text="<b>Hi</b>")
    assert kept(Text(text="Hello", html_text="<img>")) == Text(text="Hello")


def test_html_with_nothing_to_show_is_refused() -> None:
    town = Town()
    problem = town.refusal(town.orders.posts(town.group("ann"), Text(html_text="<img src=x>")))
    assert problem is not None
    assert problem.title == "content.htmlText has nothing that can be shown"


def written(field: str, words: str) -> Text:
    return Text(html_text=words) if field == "html_text" else Text(markdown_text=words)


@pytest.mark.parametrize("field", ["html_text", "markdown_text"])
def test_safe_html_has_the_length_of_a_text_at_most(field: str) -> None:
    wrapped = len("<p></p>") if field == "markdown_text" else 0
    most = "&" * ((limits.TEXT - wrapped) // 5)  # each is written `&amp;`
    most += "x" * (limits.TEXT - wrapped - 5 * len(most))
    content = kept(written(field, most))
    assert isinstance(content, Text)
    assert (len(content.html_text or ""), content.text) == (limits.TEXT, most)
    town = Town()
    problem = town.refusal(town.orders.posts(town.group("ann"), written(field, most + "x")))
    assert problem is not None
    assert problem.title.startswith("content.htmlText" if field == "html_text" else "content.markdownText")


@pytest.mark.parametrize(
    "bad", ["<b>", "<a><b><i><p>", "<b><p>", "<", "<table>", "> ", "- ", "[a](", "*_", "_a_", "|a", "`"]
)
def test_whatever_is_written_is_read(bad: str) -> None:
    text = (bad * limits.TEXT)[: limits.TEXT]
    for html in (rich.safe(text), rich.from_markdown(text)):
        assert rich.safe(html) == html
        rich.plain(html)
