"""What a message says where it cannot be shown as it is: its text in plain words, its pictures by name."""

from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from msgspec import structs

from gateway.domain import limits
from gateway.domain.content import (
    Answer,
    Carousel,
    Content,
    File,
    Form,
    FormResponse,
    Image,
    Item,
    ItemAction,
    LinkAction,
    List,
    Location,
    WebviewAction,
)

Pictured = TypeVar("Pictured", bound=Image | File | Item)


def with_fallbacks(content: Content) -> Content:
    """The content with the words that the gateway makes for it."""
    match content:
        case Carousel() | List():
            items = tuple(_with_alt_text(it) for it in content.items)
            return structs.replace(content, items=items, text=_listed(content))
        case Location():
            point = content.coordinates
            where = f"Location shared:\nhttps://maps.google.com/maps?q={point.lat},{point.long}"
            return structs.replace(content, text=where)
        case Image() | File():
            return _with_alt_text(content)
        case Form():
            labels = "\n".join(it.label for it in content.fields)
            return structs.replace(content, submitted=False, text=content.text or labels)
        case FormResponse():
            return structs.replace(content, text_fallback="\n".join(map(_answered, content.fields)))
        case _:
            return content


def _with_alt_text(it: Pictured) -> Pictured:
    if it.alt_text is not None or it.media_url is None:
        return it
    name = _file_name(it.media_url)
    return structs.replace(it, alt_text=name[: limits.LABEL]) if name else it


def _file_name(url: str) -> str:
    try:
        path = urlsplit(url).path
    except ValueError:  # half an IPv6 address, for one
        return ""
    return unquote(path).rpartition("/")[2].strip()


def _listed(content: Carousel | List) -> str:
    """The items with a number each, an empty line between them. Only links can be followed from a text."""
    blocks = [_item(number, it) for number, it in enumerate(content.items, 1)]
    if isinstance(content, List) and content.actions:
        blocks.append("\n".join(_links(content.actions)))
    return "\n\n".join(filter(None, blocks))


def _item(number: int, it: Item) -> str:
    return "\n".join(filter(None, (f"{number}. {it.title}", it.description, *_links(it.actions))))


def _links(actions: tuple[ItemAction, ...]) -> Iterator[str]:
    for action in actions:
        if isinstance(action, LinkAction):
            yield f"{action.text}: {action.uri}"
        elif isinstance(action, WebviewAction):
            yield f"{action.text}: {action.fallback}"


def _answered(answer: Answer) -> str:
    chosen = ", ".join(option.label for option in answer.select or ())
    return f"{answer.label}: {answer.text or answer.email or chosen}"
