"""Which files are taken, what they are served as, and how a file's address is written."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, unquote

from gateway.domain import errors, limits
from gateway.domain.content import Carousel, Content, File, Image, List
from gateway.domain.errors import Refused
from gateway.domain.model import Attachment
from gateway.domain.value import Value

# What the bytes can show a file to be, with the type it then has.
FAMILIES: Final[dict[str, str]] = {
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "amr": "audio/amr",
    "asf": "video/x-ms-wmv",
    "avi": "video/x-msvideo",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "heif": "image/heif",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "ogg": "audio/ogg",
    "ole": "application/x-ole-storage",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "text": "text/plain",
    "tiff": "image/tiff",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "zip": "application/zip",
}


class Extension(Value):
    """The type a file of this name has, when its bytes are of one of these families."""

    media_type: str
    families: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ROWS: Final = (
    ("3g2", "video/3gpp2", "mp4"),
    ("3gp", "video/3gpp", "mp4"),
    ("7z", "application/x-7z-compressed", "7z"),
    ("aac", "audio/aac", "aac mp4"),
    ("amr", "audio/amr", "amr"),
    ("avi", "video/x-msvideo", "avi"),
    ("bmp", "image/bmp", "bmp"),
    ("csv", "text/csv", "text"),
    ("doc", "application/msword", "ole zip"),
    ("docx", f"{_OFFICE}.wordprocessingml.document", "zip"),
    ("eml", "message/rfc822", "text"),
    ("gif", "image/gif", "gif"),
    ("heic", "image/heic", "heif"),
    ("heif", "image/heif", "heif"),
    ("ics", "text/calendar", "text"),
    ("jfif", "image/jpeg", "jpeg"),
    ("jpeg", "image/jpeg", "jpeg"),
    ("jpg", "image/jpeg", "jpeg"),
    ("key", "application/vnd.apple.keynote", "zip"),
    ("log", "text/plain", "text"),
    ("m4a", "audio/mp4", "mp4"),
    ("m4v", "video/mp4", "mp4"),
    ("mov", "video/quicktime", "mp4"),
    ("mp3", "audio/mpeg", "mp3"),
    ("mp4", "video/mp4", "mp4"),
    ("mp4a", "audio/mp4", "mp4"),
    ("mpeg", "video/mpeg", "mpeg"),
    ("mpg", "video/mpeg", "mpeg"),
    ("mpga", "audio/mpeg", "mp3"),
    ("neon", "text/plain", "text"),
    ("numbers", "application/vnd.apple.numbers", "zip"),
    ("odt", "application/vnd.oasis.opendocument.text", "zip"),
    ("oga", "audio/ogg", "ogg"),
    ("ogg", "audio/ogg", "ogg"),
    ("ogv", "video/ogg", "ogg"),
    ("opus", "audio/ogg", "ogg"),
    ("pages", "application/vnd.apple.pages", "zip"),
    ("pdf", "application/pdf", "pdf"),
    ("png", "image/png", "png"),
    ("pps", "application/vnd.ms-powerpoint", "ole zip"),
    ("ppsx", f"{_OFFICE}.presentationml.slideshow", "zip"),
    ("ppt", "application/vnd.ms-powerpoint", "ole zip"),
    ("pptx", f"{_OFFICE}.presentationml.presentation", "zip"),
    ("qt", "video/quicktime", "mp4"),
    ("svg", "image/svg+xml", "svg"),
    ("tif", "image/tiff", "tiff"),
    ("tiff", "image/tiff", "tiff"),
    ("txt", "text/plain", "text"),
    ("vcf", "text/vcard", "text"),
    ("wav", "audio/wav", "wav"),
    ("webm", "video/webm", "webm"),
    ("webp", "image/webp", "webp"),
    ("wmv", "video/x-ms-wmv", "asf"),
    ("xls", "application/vnd.ms-excel", "ole zip"),
    ("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "zip"),
    ("xml", "application/xml", "text"),
    ("yaml", "application/yaml", "text"),
    ("yml", "application/yaml", "text"),
    ("zip", "application/zip", "zip"),
)
EXTENSIONS: Final = {name: Extension(kind, tuple(families.split())) for name, kind, families in _ROWS}

UNNAMED: Final = "attachment"
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"*:<>?|]')
_ADDRESS: Final = re.compile(r"(?P<base>.+)/attachments/v2/(?P<id>[0-9a-f]{40})/(?P<name>[^/?#]+)")


def named(file_name: str | None, families: frozenset[str]) -> tuple[str, str]:
    """The name a file is kept under, and its type; `families` is what its bytes show. Raises `Refused` (415).

    A file that came without a name is called after what it is.
    """
    if file_name is None:
        return _called_after(families)
    name = _tidy(file_name)
    stem, dot, ending = name.rpartition(".")
    extension = EXTENSIONS.get(ending.lower()) if dot else None
    if extension is None:
        raise Refused(errors.EXTENSION_NOT_ALLOWED)
    media_type = _type(extension, families)
    return f"{stem[: limits.FILE_NAME - len(ending) - 1]}.{ending}", media_type


def _tidy(file_name: str) -> str:
    """Without a path, and without what no file should be called."""
    return _UNFIT.sub("", file_name.replace("\\", "/").rpartition("/")[2]).strip()


def _type(extension: Extension, families: frozenset[str]) -> str:
    """A picture under another picture's ending is served as what it is; so are sound and film."""
    if not families:
        raise Refused(errors.TYPE_UNKNOWN)
    if families & set(extension.families):
        return extension.media_type
    for found in sorted(FAMILIES[it] for it in families):
        if _shown_as(found) is not None and _shown_as(found) == _shown_as(extension.media_type):
            return found
    raise Refused(errors.TYPE_NOT_ALLOWED)


def _shown_as(media_type: str) -> str | None:
    """How a page shows it: as a picture, or with a player; None where it does neither, or not without danger."""
    kind = media_type.partition("/")[0]
    if media_type == "image/svg+xml":
        return None
    return {"image": "picture", "audio": "player", "video": "player"}.get(kind)


def _called_after(families: frozenset[str]) -> tuple[str, str]:
    for family in sorted(families - {"text"}):
        if family in EXTENSIONS:
            return f"{UNNAMED}.{family}", EXTENSIONS[family].media_type
    raise Refused(errors.TYPE_UNKNOWN)


def is_picture(families: frozenset[str]) -> bool:
    return any(FAMILIES[it].startswith("image/") for it in families)


def is_harmless(media_type: str) -> bool:
    """Whether a browser may show it in place: nothing that can carry a script."""
    return media_type == "application/pdf" or _shown_as(media_type) is not None


class Fetched(Value, kw_only=True):
    """The beginning of something on the web, the type its server says it has, and its size in bytes, if it says."""

    head: bytes
    media_type: str | None = None
    size: int | None = None


class Address(Value):
    """Where a file of some gateway is."""

    base: str
    id: str
    name: str


def address(url: str) -> Address | None:
    """What a `mediaUrl` says, if it is written as those of attachments are."""
    found = _ADDRESS.fullmatch(url)
    return Address(found["base"], found["id"], unquote(found["name"])) if found else None


def url_of(it: Attachment) -> str:
    return f"{it.base}/attachments/v2/{it.id}/{quote(it.name, safe='')}"


def is_at(it: Attachment, where: Address) -> bool:
    return (it.base, it.id, it.name) == (where.base, where.id, where.name)


def attachments_in(content: Content | None) -> Iterator[str]:
    """The ids of the files that a message shows, as its addresses have them."""
    for url in _media_urls(content):
        where = address(url)
        if where is not None:
            yield where.id


def _media_urls(content: Content | None) -> Iterator[str]:
    match content:
        case Image() | File():
            yield content.media_url
        case Carousel() | List():
            yield from (item.media_url for item in content.items if item.media_url is not None)
