"""Templates: messages of the business that an app keeps, to be said by name."""

from typing import Annotated, Final

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.content import Carousel, File, Form, Image, List, Location, Text
from gateway.domain.value import Metadata, Value

_PLAIN: Final = r"^[^\s(){}\x00-\x1f\ud800-\udfff]([^(){}\x00-\x1f\ud800-\udfff]*[^\s(){}\x00-\x1f\ud800-\udfff])?$"
TemplateName = Annotated[str, Meta(max_length=limits.LABEL, pattern=_PLAIN)]
TemplateContent = Text | Image | File | Carousel | List | Location | Form


class MessageTemplate(Value, kw_only=True):
    """`name` is unique in the app: shorthand calls the template by it. Shorthand in its own text is kept as written."""

    id: str
    name: str
    content: TemplateContent
    metadata: Metadata | None = None
