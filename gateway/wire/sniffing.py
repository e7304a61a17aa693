"""What a file is, by its first bytes: one of the families of `domain.media`."""

import codecs
import re
from typing import Final

import puremagic

MAGIC: Final[dict[str, str]] = {
    ".7z": "7z",
    ".aac": "aac",
    ".amr": "amr",
    ".asf": "asf",
    ".avi": "avi",
    ".bmp": "bmp",
    ".docx": "zip",
    ".doc": "ole",
    ".gif": "gif",
    ".heic": "heif",
    ".heif": "heif",
    ".jpeg": "jpeg",
    ".jpg": "jpeg",
    ".3ga": "mp4",
    ".3gp": "mp4",
    ".3gpp": "mp4",
    ".3gpp2": "mp4",
    ".m4a": "mp4",
    ".m4v": "mp4",
    ".mov": "mp4",
    ".mp3": "mp3",
    ".mp4": "mp4",
    ".mpga": "mp3",
    ".mpg": "mpeg",
    ".ogg": "ogg",
    ".opus": "ogg",
    ".pdf": "pdf",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".vob": "mpeg",
    ".wav": "wav",
    ".webm": "webm",
    ".webp": "webp",
    ".wma": "asf",
    ".wmv": "asf",
    ".zip": "zip",
}
_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BEFORE_ROOT: Final = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype\s+(?!html)[^>\[]*(?:\[.*?\])?\s*>)*", re.DOTALL | re.IGNORECASE
)
_SVG: Final = re.compile(r"<(?:\w+:)?svg[\s/>]", re.IGNORECASE)
_HTML: Final = re.compile(r"<!doctype\s+html|<(?:\w+:)?(?:html|head|body|script|iframe)[\s/>]", re.IGNORECASE)
_HTML_TOO: Final = re.compile(
    r"<(?:h1|div|font|table|a|style|title|b|br|p|object|embed|img|link|meta)[\s/>]", re.IGNORECASE
)
_XHTML: Final = re.compile(r"http://www\.w3\.org/1999/xhtml", re.IGNORECASE)


def families(head: bytes) -> frozenset[str]:
    """What a file that begins so can be; nothing where it cannot be told."""
    text = _text(head)
    if text is None:
        return _of_frames(head) or _by_magic(head)
    return frozenset({_of_text(text), "pdf"} if head.startswith(b"%PDF-") else {_of_text(text)})


def _text(head: bytes) -> str | None:
    """The bytes as text, where they are one in a code that people use."""
    for mark, code in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(code, errors="replace")
    if _CONTROL.search(head):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _of_text(text: str) -> str:
    """What a browser that guesses would take it for."""
    before = _BEFORE_ROOT.match(text)
    root = text[before.end() if before else 0 :]
    if _SVG.match(root):
        return "svg"
    if text.lstrip().startswith("<?xml"):
        return "html" if _HTML.match(root) or _XHTML.search(text) else "text"
    return "html" if _HTML.match(root) or _HTML_TOO.match(root) else "text"


def _of_frames(head: bytes) -> frozenset[str]:
    """Two kinds of file whose many brands the list of magic numbers knows only in part."""
    if head[4:8] == b"ftyp":
        return frozenset({"heif" if head[8:12] in _HEIF_BRANDS else "mp4"})
    is_layer_three = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08
    return frozenset({"mp3"} if is_layer_three else ())


def _by_magic(head: bytes) -> frozenset[str]:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return frozenset()
    surest = max((it.confidence for it in matches), default=0.0)
    return frozenset(MAGIC.get(it.extension.lower(), "") for it in matches if it.confidence == surest) - {""}
