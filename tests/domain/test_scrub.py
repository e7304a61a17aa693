"""Who a user is goes from everything that is kept; what happened stays, and so does everybody else."""

from typing import Any

import pytest
from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.message import Message
from gateway.domain.model import Author, Client, Profile, Source
from gateway.domain.scrub import scrubbed, scrubbed_person
from gateway.wire.json import store
from tests.domain import default_life
from tests.domain.town import Town

PROFILE = Profile(
    given_name="Annabel", surname="Quill", email="annabel@quill.example", avatar_url="https://quill.example/a.png"
)
SECRETS = ("Annabel", "Quill", "quill.example", "sesame", "Firefox")
SPEAKING = {ev.ConversationCreated, ev.Joined, ev.Left, ev.MessagePosted, ev.HasRead, ev.Typing, ev.ClientAdded}


def said_by(town: Town, user_id: str) -> ev.MessagePosted:
    return next(it for it in town.happened if isinstance(it, ev.MessagePosted) and it.message.author.user_id == user_id)


@pytest.fixture
def town() -> Town:
    """Where Ann, of whom much is known, and Bob did all that people do."""
    town = Town()
    do, orders = town.do, town.orders
    do(orders.user("ann", profile=PROFILE, metadata={"word": "sesame"}))
    town.user("bob")
    phone, bobs = town.device("ann"), town.device("bob")
    assert phone.device is not None
    phone = structs.replace(phone, device=structs.replace(phone.device, info={"browser": "Firefox"}))
    room, own = town.group("ann", "bob"), town.personal("ann")
    town.user("cat")
    do(orders.joins(room, "cat"))
    for source, name in ((phone, "ann"), (bobs, "bob")):
        do(orders.says(room, "hello", by=name, source=source))
        do(orders.says(room, "hello to you"))
        do(orders.reads(room, name, source))
        do(orders.types(room, name))
    do(orders.unlinks("ann", do(orders.links("ann", own, do(orders.integration("twilio")).id)).id))
    do(orders.leaves(room, "bob"))
    do(orders.leaves(room, "ann"))
    return town


def test_nothing_that_is_kept_says_who_they_are(town: Town) -> None:
    ann = town.user("ann")
    told = [it for it in town.happened if any(word in store(it) for word in SECRETS)]
    assert {type(it) for it in told} >= SPEAKING
    for event in told:
        left = store(scrubbed(event, ann))
        assert [word for word in SECRETS if word in left] == [], left
        assert ann in left


def test_everybody_else_stays_as_they_are(town: Town) -> None:
    ann = town.user("ann")
    for event in town.happened:
        after = scrubbed(event, ann)
        assert store(after).count("Bob") == store(event).count("Bob")
        if ann not in store(event):
            assert after is event
        assert (after.id, after.at, after.lane, type(after)) == (event.id, event.at, event.lane, type(event))
        assert scrubbed(after, ann) == after


def test_a_message_keeps_its_words(town: Town) -> None:
    ann = town.user("ann")
    said = said_by(town, ann).message
    after = scrubbed(said, ann)
    assert after == structs.replace(said, author=Author(type="user", user_id=ann, display_name=f"User {ann}"))
    assert after.content == said.content
    assert scrubbed(said, town.user("bob")) is said


def test_also_in_what_is_quoted(town: Town) -> None:
    ann = town.user("ann")
    said = said_by(town, ann).message
    answer = structs.replace(said, author=Author(type="business", display_name="Desk"), quoted=said)
    after = scrubbed(answer, ann)
    assert isinstance(after, Message)
    assert after.quoted is not None
    assert (after.author, after.quoted.author.display_name) == (answer.author, f"User {ann}")


def test_a_person_keeps_ids_and_language(town: Town) -> None:
    town.do(town.orders.changes("ann", profile={"locale": "de"}))
    ann = town.user("ann")
    facts: dict[str, Any] = {"display_name": "A", "avatar_url": "https://a.example", "info": {"a": 1}, "raw": {"b": 2}}
    link = Client(id="k", type="twilio", external_id="+15550001234", **facts)
    person = structs.replace(town.house.guest(ann), links=(link,))
    after = scrubbed_person(person)
    assert after.user.profile == Profile(locale="de")
    assert (after.user.id, after.user.external_id, after.user.metadata, after.user.identities) == (ann, "ann", {}, ())
    assert after.links == (Client(id="k", type="twilio", external_id="+15550001234"),)
    assert [it.info for it in after.devices] == [{}]
    assert [it.guid for it in after.devices] == [it.guid for it in person.devices]


def test_a_user_is_forgotten_and_their_devices_are_told(town: Town) -> None:
    ann = town.user("ann")
    left = town.do(cmd.ForgetUser(app_id=town.app_id, user=town.orders.ref("ann")))
    assert (left.profile, left.metadata) == (Profile(), {})
    told = town.last(ev.UserForgotten)
    assert (told.audience, told.user) == ((ann,), left)
    assert town.house.guest(ann).user == left


def test_a_source_is_only_the_doers(town: Town) -> None:
    """What Bob's device told of itself stays where he spoke of Ann."""
    ann, bob = town.user("ann"), town.user("bob")
    bobs = said_by(town, bob)
    assert isinstance(bobs.source, Source)
    assert bobs.source.device is not None
    device = structs.replace(bobs.source.device, info={"browser": "Firefox"})
    quoting = structs.replace(
        bobs,
        source=structs.replace(bobs.source, device=device),
        message=structs.replace(bobs.message, quoted=said_by(town, ann).message),
    )
    assert "Firefox" in store(scrubbed(quoting, ann))
    assert "Firefox" not in store(scrubbed(quoting, bob))


def test_also_whose_conversation_it_is() -> None:
    """Also where the business speaks, whose doing it then is not."""
    town = default_life.lived()
    ann = next(it.owner.user.id for it in default_life.events() if isinstance(it, ev.MessagePosted) and it.owner)
    client = Client(id="k", type="twilio", display_name="Annabel", info={"city": "sesame"}, raw={"a": "Firefox"})
    for _, event in town.due:
        owner = getattr(event, "owner", None)
        if owner is None:
            continue
        devices = tuple(structs.replace(it, info={"browser": "Firefox"}) for it in owner.devices)
        user = structs.replace(owner.user, profile=PROFILE, metadata={"word": "sesame"})
        known = structs.replace(owner, user=user, client=client, links=(client,), devices=devices)
        told = structs.replace(event, owner=known)
        left = scrubbed(told, ann)
        assert [word for word in SECRETS if word in store(left)] == []
        assert left.owner == scrubbed_person(known)  # type: ignore[attr-defined]
        assert scrubbed(told, "somebody else") is told
