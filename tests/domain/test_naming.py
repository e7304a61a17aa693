"""What a user is called."""

import pytest
from msgspec import structs

from gateway.domain.animals import animal_name
from gateway.domain.model import Client, Device, Person, Profile, User
from gateway.domain.naming import author_name, display_name


@pytest.mark.parametrize(
    ("given_name", "surname", "shown"),
    [("Ann", "Lee", "Ann Lee"), ("Ann", None, "Ann"), (None, "Lee", "Lee"), ("", "", None), (None, None, None)],
)
def test_as_much_of_the_name_as_there_is(given_name: str | None, surname: str | None, shown: str | None) -> None:
    profile = Profile(given_name=given_name, surname=surname)
    assert display_name(User(id="1", app_id="2", profile=profile)) == shown


def person(*, external_id: str | None = None, given_name: str | None = None, **last_seen: int) -> Person:
    """Somebody with a device per platform."""
    user = User(id="0" * 23 + "1", app_id="2", external_id=external_id, profile=Profile(given_name=given_name))
    devices = tuple(
        Device(id=platform, guid=platform, platform=platform, integration_id="3", last_seen=at)
        for platform, at in last_seen.items()
    )
    return Person(user=user, devices=devices)


def named(who: Person, spoken_through: str | None = None, *, animals: bool = False) -> str:
    return author_name(who, spoken_through, use_animal_names=animals)


def test_the_name_of_an_author_in_the_order_of_the_guide() -> None:
    nobody, known = person(), person(external_id="usr_AB23A")
    assert named(person(external_id="x", given_name="John"), "ios", animals=True) == "John"
    assert named(known, "ios", animals=True) == animal_name(known.user.id)
    assert named(known, "ios") == "iOS User usr_AB23A"
    assert named(nobody, "android") == f"Android User {nobody.user.id}"
    assert named(nobody) == f"User {nobody.user.id}"
    assert named(known) == f"User {known.user.id}"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("web", "Web"), ("ios", "iOS"), ("unity", "Unity"), ("whatsapp", "WhatsApp"), ("carrierPigeon", "Carrierpigeon")],
)
def test_a_channel_has_a_name(kind: str, said: str) -> None:
    assert named(person(external_id="a"), kind) == f"{said} User a"


def test_who_speaks_through_the_api_is_named_by_the_device_seen_last() -> None:
    assert named(person(external_id="a", web=1, ios=3, android=2)) == "iOS User a"
    assert named(person(external_id="a", web=1, ios=3), "web") == "Web User a"


def test_a_channel_knows_people_by_ids_of_its_own() -> None:
    phone = Client(id="1", type="whatsapp", external_id="1234567890")
    known = structs.replace(person(), links=(phone,))
    assert named(known) == named(known, "whatsapp") == "WhatsApp User 1234567890"
    assert named(known, "web") == f"Web User {known.user.id}"
    assert named(structs.replace(person(external_id="a"), links=(phone,))) == "WhatsApp User a"
    asked = structs.replace(person(), links=(structs.replace(phone, status="pending"),))
    assert named(asked) == f"User {asked.user.id}"


def test_animal_names_are_many_and_stay() -> None:
    names = [animal_name(f"{number:024x}") for number in range(2_000)]
    assert names == [animal_name(f"{number:024x}") for number in range(2_000)]
    assert len(set(names)) > 1_600
    firsts, seconds = zip(*(it.split(" ") for it in names), strict=True)
    assert len(set(firsts)) >= 50
    assert len(set(seconds)) >= 100
    assert all(it.istitle() for it in names)
