"""Shorthand: what the business writes into a text, for want of another place.

    %[label](https://…)   %[label](reply:PAYLOAD)   %[label](postback:PAYLOAD)   %[label](location)
    $[label](25.00)       ![](https://…)            %((template:NAME))%          &((… fallback=[[…]] …))&

What is not quite shorthand stays text, and so does what a backslash stands before.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import structs

from gateway.domain import errors, limits
from gateway.domain.commands import Part, Post
from gateway.domain.content import AnyAction, Content, File, Image, Text
from gateway.domain.errors import Refused
from gateway.domain.model import API, MessageTemplate
from gateway.domain.model.templates import TemplateContent
from gateway.domain.shorthand.calls import cut
from gateway.domain.shorthand.forms import Forms, forms_of
from gateway.domain.shorthand.marks import Marks

_HINTS: Final = ("%[", "$[", "![](", "((", "{{")
_WORDS: Final = ("text", "html_text", "markdown_text")


def parts(command: Post, templates: Sequence[MessageTemplate]) -> tuple[Part, ...]:
    """What a post says: its content, or what shorthand in it stands for. Only the business writes it, and over REST."""
    content = command.content
    if command.author.user is None and command.source == API:
        if isinstance(content, Text):
            return spelled_out(content, templates)
        if isinstance(content, Image | File) and command.captions:
            return captioned(content, templates)
    return (Part(content),)


def spelled_out(content: Text, templates: Sequence[MessageTemplate] = ()) -> tuple[Part, ...]:
    """The messages that a text stands for: itself, with its buttons; where it has pictures, the first takes the text.

    A template is said where it is called, between what stands before and after; own buttons go with what stands last.
    Raises `Refused` for a template that is not there, and for too many messages, buttons or pictures.
    """
    forms = forms_of(content)
    if not any(hint in it for it in forms for hint in _HINTS):
        return (Part(content),)
    pieces, names = cut(forms)
    *before, last = pieces
    said: list[Part] = []
    for piece, name in zip(before, names, strict=True):
        said += (*map(Part, _written(piece)), *_called(name, templates))
    said += map(Part, _written(last, content.actions or ()))
    if len(said) > limits.SPELLED_OUT:
        raise Refused(errors.TOO_MUCH_SHORTHAND)
    return _ending(content, said) if said else (Part(content),)


def captioned(content: Image | File, templates: Sequence[MessageTemplate] = ()) -> tuple[Part, ...]:
    """An image or a file takes the words of the first message that its text stands for, and an image its buttons.

    A file has no buttons: they are a message of their own. All else that the text stands for comes after.
    Raises `Refused` as for texts.
    """
    if not any(forms_of(content)):
        return (Part(content),)
    words = {name: getattr(content, name) for name in _WORDS}
    caption = Text(**words, actions=content.actions if isinstance(content, Image) else None)
    first, *more = spelled_out(caption, templates)
    media = structs.replace(content, block_chat_input=None)
    return _ending(content, [*(Part(it, first.metadata) for it in _captions(media, first.content)), *more])


def _captions(media: Image | File, said: Content) -> Iterator[Content]:
    """An image or a file with the words that were said, if they are any, and what of that it has no place for."""
    if not isinstance(said, Text | Image):
        yield structs.replace(media, **dict.fromkeys(_WORDS))
        yield said
        return
    words = {name: getattr(said, name) for name in _WORDS}
    if isinstance(media, Image):
        yield structs.replace(media, actions=said.actions, **words)
    else:
        yield structs.replace(media, **words)
        if said.actions:
            yield Text(actions=said.actions)
    if isinstance(said, Image):
        yield Image(media_url=said.media_url)


def calls_templates(content: TemplateContent) -> bool:
    return isinstance(content, Text | Image | File) and bool(cut(forms_of(content))[1])


def in_template(content: TemplateContent) -> tuple[Part, ...]:
    """What a template says: its content, or what shorthand in its words stands for, which calls no other template."""
    if isinstance(content, Text):
        return spelled_out(content)
    return captioned(content) if isinstance(content, Image | File) else (Part(content),)


def _called(name: str, templates: Sequence[MessageTemplate]) -> Sequence[Part]:
    template = next((it for it in templates if it.name == name), None)
    if template is None:
        raise Refused(errors.no_such_template(name))
    return [Part(it.content, template.metadata) for it in in_template(template.content)]


def _written(forms: Forms, own: Sequence[AnyAction] = ()) -> Iterator[Text | Image]:
    """A piece of text with its buttons, or the pictures in it, of which the first takes text and buttons."""
    marks = Marks(own)
    left = marks.taken_from(forms)
    if len(marks.actions) > limits.TEXT_ACTIONS:
        raise Refused(errors.bad_request(f"content.actions: at most {limits.TEXT_ACTIONS}, with those of shorthand"))
    if len(marks.pictures) > limits.PICTURES:
        raise Refused(errors.bad_request(f"content: at most {limits.PICTURES} pictures in shorthand"))
    yield from _shown(left, tuple(marks.actions) or None, marks.pictures)


def _shown(left: Forms, actions: tuple[AnyAction, ...] | None, pictures: Sequence[str]) -> Iterator[Text | Image]:
    if pictures:
        first, *more = pictures
        yield Image(media_url=first, text=left.text, html_text=left.html, markdown_text=left.markdown, actions=actions)
        yield from (Image(media_url=it) for it in more)
    elif actions or not left.blank:
        yield Text(text=left.text, html_text=left.html, markdown_text=left.markdown, actions=actions)


def _ending(content: Text | Image | File, said: Sequence[Part]) -> tuple[Part, ...]:
    """What the text says of the newest message holds for the last of them."""
    *before, last = said
    if content.block_chat_input is None:
        return tuple(said)
    blocking = structs.replace(last.content, block_chat_input=content.block_chat_input)
    return (*before, structs.replace(last, content=blocking))
