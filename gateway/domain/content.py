"""What a message can hold. The shapes are both the values and the rules: a value that breaks a limit cannot be made.

Facts: REST v2, message content types and actions. A broken rule raises ValueError with a sentence that names the field.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, structs

from gateway.domain import limits
from gateway.domain.value import Metadata, Shape, Stamp

WEB_URL: Final = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)

RichText = Annotated[str, Meta(max_length=limits.TEXT)]
Label = Annotated[str, Meta(min_length=1, max_length=limits.LABEL)]
ShortText = Annotated[str, Meta(max_length=limits.LABEL)]
Url = Annotated[str, Meta(min_length=1, max_length=limits.URL)]
Payload = Annotated[str, Meta(max_length=limits.PAYLOAD)]


def metadata_bytes(metadata: Metadata) -> int:
    """Size of a metadata object: keys and values, in UTF-8."""
    return sum(len(key.encode()) + len(str(value).encode()) for key, value in metadata.items())


def check_metadata(metadata: Metadata | None, what: str = "metadata") -> None:
    """Hold a metadata object to its size; raises ValueError."""
    if metadata and metadata_bytes(metadata) > limits.METADATA_BYTES:
        raise ValueError(f"{what} is limited to {limits.METADATA_BYTES} bytes in size.")


def check_web_url(url: str, what: str) -> None:
    """Refuse what no browser should follow from a message, such as `javascript:`; raises ValueError."""
    if not WEB_URL.match(url):
        raise ValueError(f"{what} should be an http or https URL")


def check_target(url: str, what: str) -> None:
    """Refuse what no webhook should be called at, and secrets in what everybody is shown; raises ValueError."""
    check_web_url(url, what)
    if "@" in re.split(r"[/?#\\]", url.split("//", 1)[1], maxsplit=1)[0]:
        raise ValueError(f"{what} should hold no user name or password")


def check_link(url: str, what: str) -> None:
    """A link may also write a mail, dial, or open an app; it may not run a script. Raises ValueError."""
    scheme = "".join(url.split()).lower()
    if scheme.startswith(("javascript:", "data:", "vbscript:")) or ":" not in url:
        raise ValueError(f"{what} should be a URL that is safe to follow")


class Action(Shape, kw_only=True, tag_field="type"):
    """A button. `id` is given by the gateway; a device names it to press a postback."""

    text: Label
    metadata: Metadata | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class LinkAction(Action, kw_only=True, tag="link"):
    uri: Url
    default: bool | None = None
    extra_channel_options: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)
        check_link(self.uri, "uri")


class PostbackAction(Action, kw_only=True, tag="postback"):
    """`uri` is empty in items, where the API shows one of every action."""

    payload: Payload
    uri: str | None = None


class ReplyAction(Action, kw_only=True, tag="reply"):
    payload: Payload
    icon_url: Url | None = None


class BuyAction(Action, kw_only=True, tag="buy"):
    amount: int
    currency: Annotated[str, Meta(pattern="^[a-z]{3}$")] | None = None


class WebviewAction(Action, kw_only=True, tag="webview"):
    uri: Url
    fallback: Url
    default: bool | None = None
    extra_channel_options: dict[str, Any] | None = None
    size: Literal["compact", "tall", "full"] | None = None
    open_on_receive: bool | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)
        check_link(self.uri, "uri")
        check_link(self.fallback, "fallback")


class LocationRequestAction(Action, kw_only=True, tag="locationRequest"):
    pass


AnyAction = LinkAction | PostbackAction | ReplyAction | BuyAction | WebviewAction | LocationRequestAction
ItemAction = LinkAction | PostbackAction | BuyAction | WebviewAction
TextActions = Annotated[tuple[AnyAction, ...], Meta(max_length=limits.TEXT_ACTIONS)]


def _check_actions(actions: Iterable[AnyAction]) -> None:
    opening = [it for it in actions if isinstance(it, WebviewAction) and it.open_on_receive]
    if len(opening) > 1:
        raise ValueError("openOnReceive can be true for one action only")


def _check_rich(html_text: str | None, markdown_text: str | None) -> None:
    if html_text is not None and markdown_text is not None:
        raise ValueError("htmlText and markdownText exclude each other")


class _Content(Shape, kw_only=True, tag_field="type"):
    block_chat_input: bool | None = None


class Text(_Content, kw_only=True, tag="text"):
    text: RichText | None = None
    html_text: RichText | None = None
    markdown_text: RichText | None = None
    actions: TextActions | None = None
    payload: Payload | None = None

    def __post_init__(self) -> None:
        _check_rich(self.html_text, self.markdown_text)
        if not (self.text or self.html_text or self.markdown_text or self.actions):
            raise ValueError("should have one of text, htmlText, markdownText or actions, and not empty")
        if self.actions:
            _check_actions(self.actions)


class _Media(_Content, kw_only=True):
    media_url: Url
    media_type: ShortText | None = None
    media_size: int | None = None
    alt_text: ShortText | None = None
    text: RichText | None = None
    html_text: RichText | None = None
    markdown_text: RichText | None = None
    attachment_id: str | None = None

    def __post_init__(self) -> None:
        check_web_url(self.media_url, "mediaUrl")
        _check_rich(self.html_text, self.markdown_text)


class Image(_Media, kw_only=True, tag="image"):
    actions: TextActions | None = None

    def __post_init__(self) -> None:
        _Media.__post_init__(self)
        _check_actions(self.actions or ())


class File(_Media, kw_only=True, tag="file"):
    pass


class Item(Shape, kw_only=True):
    title: Label
    actions: Annotated[tuple[ItemAction, ...], Meta(min_length=1, max_length=limits.ITEM_ACTIONS)]
    description: ShortText | None = None
    media_url: Url | None = None
    media_type: ShortText | None = None
    alt_text: ShortText | None = None
    size: Literal["compact", "large"] | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)
        if self.media_url is not None:
            check_web_url(self.media_url, "mediaUrl")


Items = Annotated[tuple[Item, ...], Meta(min_length=1, max_length=limits.ITEMS)]


class DisplaySettings(Shape):
    image_aspect_ratio: Literal["horizontal", "square"] = "horizontal"


class Carousel(_Content, kw_only=True, tag="carousel"):
    items: Items
    text: str | None = None
    display_settings: DisplaySettings | None = None


class List(_Content, kw_only=True, tag="list"):
    items: Items
    text: str | None = None
    actions: Annotated[tuple[ItemAction, ...], Meta(min_length=1, max_length=limits.LIST_ACTIONS)] | None = None


class Coordinates(Shape):
    lat: Annotated[float, Meta(ge=-90, le=90)]
    long: Annotated[float, Meta(ge=-180, le=180)]


class Place(Shape):
    address: RichText | None = None
    name: RichText | None = None


class Location(_Content, kw_only=True, tag="location"):
    coordinates: Coordinates
    location: Place | None = None
    text: str | None = None


class Option(Shape):
    name: Label
    label: Label


class Field(Shape, kw_only=True):
    type: Literal["text", "email", "select"]
    name: Label
    label: Label
    placeholder: Label | None = None
    min_size: Annotated[int, Meta(ge=1, le=limits.FORM_ANSWER)] | None = None
    max_size: Annotated[int, Meta(ge=1, le=limits.FORM_ANSWER)] | None = None
    format: Literal["integer", "decimal"] | None = None
    options: Annotated[tuple[Option, ...], Meta(min_length=1, max_length=limits.OPTIONS)] | None = None

    def __post_init__(self) -> None:
        if self.format is not None and self.type != "text":
            raise ValueError("format belongs to fields of type text")
        if (self.type == "select") != (self.options is not None):
            raise ValueError("options belong to fields of type select, which need them")
        if (self.min_size or 1) > (self.max_size or limits.FORM_ANSWER):
            raise ValueError("minSize should not be above maxSize")


class Answer(Shape, kw_only=True):
    type: Literal["text", "email", "select"]
    name: Label
    label: Label
    text: Annotated[str, Meta(min_length=1, max_length=limits.FORM_ANSWER)] | None = None
    email: Annotated[str, Meta(min_length=1, max_length=limits.EMAIL_ANSWER)] | None = None
    select: Annotated[tuple[Option, ...], Meta(max_length=limits.OPTIONS)] | None = None
    quoted_message_id: str | None = None

    def __post_init__(self) -> None:
        given = [kind for kind in ("text", "email", "select") if getattr(self, kind) is not None]
        if given != [self.type]:
            raise ValueError(f"a field of type {self.type} should have exactly the answer {self.type}")


def _check_names(fields: Iterable[Field | Answer]) -> None:
    names = [field.name for field in fields]
    if len(set(names)) < len(names):
        raise ValueError("fields should have different names")


class Form(_Content, kw_only=True, tag="form"):
    fields: Annotated[tuple[Field, ...], Meta(min_length=1, max_length=limits.FIELDS)]
    submitted: bool | None = None
    text: RichText | None = None

    def __post_init__(self) -> None:
        _check_names(self.fields)


class FormResponse(Shape, kw_only=True, tag_field="type", tag="formResponse"):
    """`quoted_message_id` names the form, here or in the fields; what is kept is the form itself, as a quote."""

    fields: Annotated[tuple[Answer, ...], Meta(min_length=1, max_length=limits.FIELDS)]
    text_fallback: str | None = None
    quoted_message_id: str | None = None

    def __post_init__(self) -> None:
        _check_names(self.fields)
        if len(self.named_forms) > 1:
            raise ValueError("quotedMessageId should name one form")

    @property
    def named_forms(self) -> frozenset[str]:
        """The ids of what it says it answers: one at most."""
        named = (self.quoted_message_id, *(it.quoted_message_id for it in self.fields))
        return frozenset(it for it in named if it is not None)


class Template(_Content, kw_only=True, tag="template"):
    template: dict[str, Any]


Content = Text | Image | File | Carousel | List | Location | Form | FormResponse | Template

USER_CONTENT = (Text, Image, File, Location, FormResponse)


class Reference(Shape):
    """A source that an answer was made from."""

    uri: Url
    title: Label | None = None
    description: Annotated[str, Meta(min_length=1, max_length=limits.REFERENCE_TEXT)] | None = None


def actions_of(content: Content) -> Iterator[AnyAction]:
    """Every button of a message, also those inside its items."""
    if isinstance(content, Text | Image | List) and content.actions:
        yield from content.actions
    if isinstance(content, Carousel | List):
        for item in content.items:
            yield from item.actions


def with_ids(content: Content, stamp: Stamp) -> Content:
    """The content with an id for every action."""
    if isinstance(content, Text | Image) and content.actions:
        return structs.replace(content, actions=tuple(_named(it, stamp) for it in content.actions))
    if isinstance(content, Carousel | List):
        items = tuple(
            structs.replace(item, actions=tuple(_named(it, stamp, uri="") for it in item.actions))
            for item in content.items
        )
        content = structs.replace(content, items=items)
        if isinstance(content, List) and content.actions:
            return structs.replace(content, actions=tuple(_named(it, stamp) for it in content.actions))
    return content


def _named(action: Any, stamp: Stamp, uri: str | None = None) -> Any:
    if isinstance(action, PostbackAction):
        return structs.replace(action, id=stamp.new_id(), uri=uri)
    return structs.replace(action, id=stamp.new_id())
