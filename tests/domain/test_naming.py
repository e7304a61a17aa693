"""What a user is called."""

from typing import Any

import pytest
from msgspec import structs

from gateway.domain.animals import animal_name
from gateway.domain.channels import CHANNELS as KNOWN
from gateway.domain.model import Client, Device, Person, Profile, User
from gateway.domain.naming import CHANNELS, author_name, display_name


@pytest.mark.parametrize(
    ("given_name", "surname", "shown"),
    [
        ("Ann", "Lee", "Ann Lee"),
        (" Ann ", "Lee", "Ann Lee"),
        ("Ann", None, "Ann"),
        (None, "Lee", "Lee"),
        (" ", "Lee", "Lee"),
        ("", " ", None),
        (None, None, None),
    ],
)
def test_as_much_of_the_name_as_there_is(given_name: str | None, surname: str | None, shown: str | None) -> None:
    profile = Profile(given_name=given_name, surname=surname)
    assert display_name(User(id="1", app_id="2", profile=profile)) == shown


def person(
    *, external_id: str | None = None, given_name: str | None = None, surname: str | None = None, **last_seen: int
) -> Person:
    """Somebody with a device per platform."""
    profile = Profile(given_name=given_name, surname=surname)
    user = User(id="0" * 23 + "1", app_id="2", external_id=external_id, profile=profile)
    devices = tuple(
        Device(id=platform, guid=platform, platform=platform, integration_id="3", last_seen=at)
        for platform, at in last_seen.items()
    )
    return Person(user=user, devices=devices)


def named(who: Person, spoken_through: str | None = None, *, animals: bool = False) -> str:
    return author_name(who, spoken_through, use_animal_names=animals)


WHATSAPP = Client(id="1", type="whatsapp", external_id="1234567890")


def linked(who: Person, **facts: Any) -> Person:
    """Somebody whom WhatsApp knows by their phone number."""
    return structs.replace(who, links=(structs.replace(WHATSAPP, **facts),))


def test_1_whoever_has_a_name_is_called_by_it() -> None:
    john = linked(person(external_id="usr_AB23A", given_name="John", surname="Johnson", ios=1))
    assert named(john, "ios", animals=True) == "John Johnson"
    assert named(person(given_name="John"), animals=True) == "John"
    assert named(person(surname="Johnson"), animals=True) == "Johnson"


def test_2_whoever_has_none_is_an_animal_where_the_app_wants_it() -> None:
    for nameless in (person(), linked(person(external_id="usr_AB23A", ios=1)), person(given_name=" ", surname="")):
        assert named(nameless, "ios", animals=True) == animal_name(nameless.user.id)
        assert len(named(nameless, animals=True).split(" ")) == 2


def test_3_whoever_has_an_external_id_is_named_by_channel_and_that() -> None:
    known = linked(person(external_id="usr_AB23A"))
    assert named(known, "ios") == "iOS User usr_AB23A"
    assert named(known, "whatsapp") == "WhatsApp User usr_AB23A"


def test_4_whoever_has_none_is_named_by_channel_and_the_channels_id_of_them() -> None:
    known = linked(person())
    assert named(known, "whatsapp") == "WhatsApp User 1234567890"
    assert named(linked(person(), status="pending"), "whatsapp") == f"WhatsApp User {known.user.id}"


def test_5_whoever_has_neither_is_named_by_channel_and_own_id() -> None:
    nobody = person()
    assert named(nobody, "android") == f"Android User {nobody.user.id}"
    assert named(linked(nobody), "web") == f"Web User {nobody.user.id}"
    assert named(linked(nobody, external_id=None), "whatsapp") == f"WhatsApp User {nobody.user.id}"


def test_6_of_whom_no_channel_is_known_there_is_the_id_alone() -> None:
    nobody = person()
    assert named(nobody) == f"User {nobody.user.id}"
    assert named(person(external_id="usr_AB23A")) == f"User {nobody.user.id}"
    assert named(linked(nobody, status="pending")) == f"User {nobody.user.id}"


@pytest.mark.parametrize("kind", sorted({*CHANNELS, *KNOWN} - {"custom"}))
def test_every_channel_has_a_label(kind: str) -> None:
    assert named(person(external_id="a"), kind) == f"{CHANNELS[kind]} User a"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("web", "Web"), ("ios", "iOS"), ("unity", "Unity"), ("whatsapp", "WhatsApp"), ("carrierPigeon", "Carrierpigeon")],
)
def test_a_channel_has_a_name(kind: str, said: str) -> None:
    assert named(person(external_id="a"), kind) == f"{said} User a"


def test_who_speaks_through_the_api_is_named_by_what_was_seen_last() -> None:
    assert named(person(external_id="a", web=1, ios=3, android=2)) == "iOS User a"
    assert named(person(external_id="a", web=1, ios=3), "web") == "Web User a"
    assert named(linked(person())) == "WhatsApp User 1234567890"


def test_animal_names_are_many_and_stay() -> None:
    names = [animal_name(f"{number:024x}") for number in range(2_000)]
    assert names == [animal_name(f"{number:024x}") for number in range(2_000)]
    assert len(set(names)) > 1_600
    firsts, seconds = zip(*(it.split(" ") for it in names), strict=True)
    assert len(set(firsts)) >= 50
    assert len(set(seconds)) >= 100
    assert all(it.istitle() for it in names)
