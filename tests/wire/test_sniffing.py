"""What files are by their first bytes. The samples begin as real files of these kinds do."""

import io
import zipfile

import pytest

from gateway.domain.media import FAMILIES
from gateway.wire.sniffing import MAGIC, families

REST = bytes(64)


def ftyp(brand: str) -> bytes:
    return b"\0\0\0\x18ftyp" + brand.encode().ljust(4) + REST


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 50)
    return file.getvalue()


BINARY = {
    "7z": [b"7z\xbc\xaf'\x1c\0\x04" + REST],
    "aac": [b"\xff\xf1\x50\x80" + REST, b"\xff\xf9\x50\x80" + REST],
    "amr": [b"#!AMR\n\x0c" + REST],
    "asf": [b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c" + REST],
    "avi": [b"RIFF\x24\0\0\0AVI LIST" + REST],
    "bmp": [b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + REST],
    "gif": [b"GIF87a" + REST, b"GIF89a" + REST],
    "heif": [ftyp("heic"), ftyp("heix"), ftyp("mif1")],
    "jpeg": [b"\xff\xd8\xff" + kind + b"\x00\x10" + REST for kind in (b"\xe0", b"\xe1", b"\xdb", b"\xee")],
    "mp3": [b"ID3\x04\0\0" + REST, b"\xff\xfb\x90\x64" + REST, b"\xff\xf3\x90\x64" + REST, b"\xff\xe3\x18" + REST],
    "mp4": [ftyp(it) for it in ("isom", "mp42", "M4A", "M4V", "qt", "3gp4", "3g2a", "avc1", "iso5")],
    "mpeg": [b"\0\0\x01\xba\x44" + REST, b"\0\0\x01\xb3\x44" + REST],
    "ogg": [b"OggS\0\x02" + REST],
    "ole": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + REST * 10],
    "pdf": [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0" + REST, b"%PDF-1.4\nall ASCII so far"],
    "png": [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + REST],
    "tiff": [b"II*\0\x08\0\0\0" + REST, b"MM\0*\0\0\0\x08" + REST],
    "wav": [b"RIFF\x24\0\0\0WAVEfmt " + REST],
    "webm": [b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + REST],
    "webp": [b"RIFF\x24\0\0\0WEBPVP8 " + REST],
    "zip": [packed("a.txt"), packed("[Content_Types].xml", "word/document.xml"), packed("mimetype"), packed()],
}
TEXTS = [
    b"",
    b"hello\n",
    "Grüße".encode(),
    "Grüße".encode("latin-1"),
    "\ufeffGrüße".encode("utf-16-le"),
    "\ufeffGrüße".encode("utf-16-be"),
    b"a;b\r\n1;2\r\n",
    b"BEGIN:VCARD\nEND:VCARD",
    b"From: a@b\nSubject: x\n\nhi",
    b"key: value\n- <b>item</b>\n",
    b'<?xml version="1.0"?><a><b/></a>',
    b"<note>hi</note>",
    b"GIF89a/* no picture, but a program */=1;",
    b"BM is how this sentence begins",
    "Grüße".encode()[:4],
]
HTML = [
    b"<!doctype html><p>",
    b"  \n<!-- x --><HTML>",
    b"<script>alert(1)</script>",
    b"\xef\xbb\xbf<html>",
    "\ufeff<html>".encode("utf-16-le"),
    b'<img src=x onerror="alert(1)">',
    b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    b'<?xml version="1.0"?><x xmlns:h="http://www.w3.org/1999/xhtml"><h:script/></x>',
]
SVG = [
    b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    b'<?xml version="1.0"?>\n<!-- Made by hand -->\n<svg onload="alert(1)">',
    b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd"><svg>',
    b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>',
    b"\n <s:svg>",
]


@pytest.mark.parametrize(("family", "head"), [(family, head) for family, heads in BINARY.items() for head in heads])
def test_a_kind_is_known_by_its_bytes(family: str, head: bytes) -> None:
    assert families(head) - {"text"} == {family}


@pytest.mark.parametrize("head", TEXTS)
def test_text_is_text(head: bytes) -> None:
    assert families(head) == {"text"}


@pytest.mark.parametrize("head", HTML)
def test_what_a_browser_would_run_is_seen(head: bytes) -> None:
    assert families(head) == {"html"}


@pytest.mark.parametrize("head", SVG)
def test_a_drawing_is_no_text(head: bytes) -> None:
    assert families(head) == {"svg"}


@pytest.mark.parametrize("head", [b"MZ\x90\0" + REST, b"\x7fELF" + REST, REST, b"\0", b"\xca\xfe\xba\xbe" + REST])
def test_what_nobody_may_send_is_nothing(head: bytes) -> None:
    assert families(head) == frozenset()


def test_every_family_is_tried() -> None:
    assert set(MAGIC.values()) | {"html", "svg", "text"} == set(FAMILIES)
    assert set(BINARY) | {"html", "svg", "text"} == set(FAMILIES)
