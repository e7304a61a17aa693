"""Which files are taken, under which name and type, and how their addresses are written."""

import pytest

from gateway.domain import errors, limits, media
from gateway.domain.content import Carousel, Image, Item, LinkAction, Text
from gateway.domain.errors import Problem, Refused
from tests.domain.town import Town

# Written down here once more: what the API documents.
DOCUMENTED = (  # noqa: SIM905
    "3g2 3gp 7z aac amr avi bmp csv doc docx eml gif heic heif ics jfif jpeg jpg key log m4a m4v mov mp3 mp4 mp4a mpeg "
    "mpg mpga neon numbers odt oga ogg ogv opus pages pdf png pps ppsx ppt pptx qt svg tif tiff txt vcf wav webm webp "
    "wmv xls xlsx xml yaml yml zip"
).split()


def named(file_name: str | None, *families: str) -> tuple[str, str]:
    return media.named(file_name, frozenset(families))


def problem(file_name: str | None, *families: str) -> Problem:
    with pytest.raises(Refused) as refused:
        named(file_name, *families)
    return refused.value.problem


def test_the_documented_extensions_are_taken_and_no_other() -> None:
    assert sorted(media.EXTENSIONS) == sorted(DOCUMENTED)
    assert {family for it in media.EXTENSIONS.values() for family in it.families} <= set(media.FAMILIES)


@pytest.mark.parametrize("extension", DOCUMENTED)
def test_a_file_that_is_what_it_is_called_is_taken(extension: str) -> None:
    for family in media.EXTENSIONS[extension].families:
        name, media_type = named(f"a.{extension.upper()}", family)
        assert name == f"a.{extension.upper()}"
        assert media_type == media.EXTENSIONS[extension].media_type
        assert "html" not in media_type


@pytest.mark.parametrize("name", ["a.html", "a.exe", "a.png.exe", "a", "source", "", "png", "a.", "a.js", "a.png/x"])
def test_other_extensions_are_not(name: str) -> None:
    assert problem(name, "png") == errors.EXTENSION_NOT_ALLOWED


def test_bytes_that_say_nothing_are_not_taken() -> None:
    assert problem("a.png") == errors.TYPE_UNKNOWN
    assert problem(None) == errors.TYPE_UNKNOWN
    assert problem(None, "text") == errors.TYPE_UNKNOWN


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("a.png", "html"), ("a.txt", "html"), ("a.svg", "html"), ("a.xml", "html"),
        ("a.png", "svg"), ("a.txt", "svg"), ("a.svg", "png"), ("a.png", "mp4"), ("a.pdf", "zip"), ("a.zip", "pdf"),
    ],
)  # fmt: skip
def test_a_disguise_is_seen_through(name: str, family: str) -> None:
    assert problem(name, family) == errors.TYPE_NOT_ALLOWED


def test_a_picture_under_another_pictures_ending_is_served_as_what_it_is() -> None:
    assert named("a.png", "jpeg") == ("a.png", "image/jpeg")
    assert named("a.mp3", "mp4") == ("a.mp3", "video/mp4")


def test_a_file_without_a_name_is_called_after_what_it_is() -> None:
    assert named(None, "png") == ("attachment.png", "image/png")
    assert named(None, "pdf", "text") == ("attachment.pdf", "application/pdf")
    assert named(None, "mp4") == ("attachment.mp4", "video/mp4")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\fakepath\\cat.png", "cat.png"),
        ("../../etc/cat.png", "cat.png"),
        ('a"b\r\nc\0.png', "abc.png"),
        ("a\u202egnp.png", "agnp.png"),
        ("Überschrift 中.png", "Überschrift 中.png"),
        ("x" * 200 + ".png", "x" * (limits.FILE_NAME - 4) + ".png"),
        ("x" * (limits.FILE_NAME - 4) + ".png", "x" * (limits.FILE_NAME - 4) + ".png"),
    ],
)
def test_a_name_is_tidied(name: str, kept: str) -> None:
    assert named(name, "png")[0] == kept


@pytest.mark.parametrize("name", ["a.png", "a b&c?d#e%f.png", "中{x}.png", "a'.png"])
def test_an_address_can_be_read_again(name: str) -> None:
    kept = Town().file(name=name)
    where = media.address(media.url_of(kept))
    assert where is not None
    assert media.is_at(kept, where)


def test_the_longest_name_still_makes_an_address_that_a_message_can_hold() -> None:
    kept = Town().file(name="🙂" * (limits.FILE_NAME - 4) + ".png")
    assert len(media.url_of(kept)) < limits.URL - 600


@pytest.mark.parametrize(
    "url",
    [
        "https://chat.example/a.png",
        f"https://chat.example/attachments/v2/{'a' * 39}/cat.png",
        f"https://chat.example/attachments/v2/{'A' * 40}/cat.png",
        f"https://chat.example/attachments/v2/{'a' * 40}/",
        f"https://chat.example/attachments/v2/{'a' * 40}/cat.png?x=1",
    ],
)
def test_other_addresses_are_none_of_ours(url: str) -> None:
    assert media.address(url) is None


def test_another_host_or_name_is_another_place() -> None:
    kept = Town().file()
    for url in ("https://evil.example", "https://chat.example/sc"):
        where = media.address(f"{url}/attachments/v2/{kept.id}/cat.png")
        assert where is not None
        assert not media.is_at(kept, where)


def test_files_of_a_message_are_those_it_shows() -> None:
    url = media.url_of(Town().file())
    link = LinkAction(text="x", uri=url)
    assert list(media.attachments_in(Image(media_url=url))) == ["a" * 40]
    assert list(media.attachments_in(Carousel(items=(Item(title="x", actions=(link,), media_url=url),)))) == ["a" * 40]
    assert list(media.attachments_in(Image(media_url="https://x.example/a.png"))) == []
    assert list(media.attachments_in(Text(text=url))) == list(media.attachments_in(None)) == []


@pytest.mark.parametrize(
    ("media_type", "harmless"),
    [
        ("image/png", True), ("video/mp4", True), ("audio/ogg", True), ("application/pdf", True),
        ("image/svg+xml", False), ("text/plain", False), ("application/xml", False), ("text/html", False),
    ],
)  # fmt: skip
def test_only_the_harmless_is_shown_in_place(media_type: str, harmless: bool) -> None:
    assert media.is_harmless(media_type) is harmless
