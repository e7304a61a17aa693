"""What is stored of what was sent: shorthand spelled out, rich text made safe, card numbers hidden."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from msgspec import structs

from gateway.domain import cards, errors, limits, rich
from gateway.domain import commands as cmd
from gateway.domain.content import Carousel, Content, File, Form, FormResponse, Image, List, Text, with_ids
from gateway.domain.errors import Refused
from gateway.domain.fallbacks import with_fallbacks
from gateway.domain.model import AppSettings, Office
from gateway.domain.shorthand import parts
from gateway.domain.value import Shape, Stamp

Rich = TypeVar("Rich", bound=Text | Image | File)

Said = TypeVar("Said", bound=Shape)

_HIDING: Final = {"text": cards.masked, "html_text": cards.masked_html}


def worded(command: cmd.Post, office: Office, stamp: Stamp) -> tuple[cmd.Part, ...]:
    """What the messages that a post makes say, in order; raises `Refused`."""
    said, settings = command.parts or parts(command, office.templates), office.app.settings
    return tuple([cmd.Part(stored(it.content, settings, stamp), it.metadata) for it in said])


def stored(content: Content, settings: AppSettings, stamp: Stamp) -> Content:
    if isinstance(content, Text | Image | File) and (
        content.html_text is not None or content.markdown_text is not None
    ):
        content = _safe(content)
    if settings.mask_credit_card_numbers:
        content = _without_cards(content)
    if isinstance(content, Text) and not content.actions:
        return content
    return with_ids(with_fallbacks(content), stamp)


def _safe(content: Rich) -> Rich:
    """Markdown becomes HTML, HTML is made safe, and a text that is missing is what they say."""
    field = "htmlText" if content.markdown_text is None else "markdownText"
    if content.html_text is not None:
        html = rich.safe(content.html_text)
    else:
        html = rich.from_markdown(content.markdown_text or "")
    if len(html) > limits.TEXT:
        raise Refused(errors.bad_request(f"content.{field} is more than {limits.TEXT} characters as safe HTML"))
    text = content.text or rich.plain(html)
    if isinstance(content, Text) and not (text or content.actions):
        raise Refused(errors.bad_request(f"content.{field} has nothing that can be shown"))
    return structs.replace(content, text=text or None, html_text=html or None, markdown_text=None)


def _without_cards(content: Content) -> Content:
    if isinstance(content, Text) and content.html_text is None:  # most messages
        hidden = cards.masked(content.text or "")
        return content if hidden == (content.text or "") else structs.replace(content, text=hidden)
    if isinstance(content, Text | Image | File | Form):
        return _changed(content, {name: hide for name, hide in _HIDING.items() if hasattr(content, name)})
    if isinstance(content, Carousel | List):
        in_items = {"title": cards.masked, "description": cards.masked}
        return structs.replace(content, items=tuple(_changed(it, in_items) for it in content.items))
    if isinstance(content, FormResponse):
        return structs.replace(content, fields=tuple(_changed(it, {"text": cards.masked}) for it in content.fields))
    return content


def _changed(value: Said, changes: Mapping[str, Callable[[str], str]]) -> Said:
    """The value with these of its texts changed; itself where nothing changes."""
    before = {name: getattr(value, name) for name in changes}
    after = {name: changes[name](text) for name, text in before.items() if text}
    news = {name: text for name, text in after.items() if text is not before[name]}
    return structs.replace(value, **news) if news else value
