"""What becomes of a message: over which channels it goes, and what is told of its way."""

from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.content import ReplyAction, Text
from gateway.domain.model import SDK
from gateway.domain.triggers import TRIGGERS
from tests.domain.town import NOBODY, Town

WAYS = tuple(TRIGGERS[it] for it in (ev.ReachedChannel, ev.ReachedUser, ev.NotDelivered))


@pytest.fixture
def town() -> Town:
    """A town with a webhook that wants to know all of it."""
    town = Town()
    town.do(town.orders.custom(*WAYS))
    return town


def after(town: Town, command: cmd.Post) -> list[ev.Event]:
    """What a post makes happen."""
    since = len(town.happened)
    town.do(command)
    return town.happened[since:]


def told(town: Town, command: cmd.Post) -> list[tuple[Any, ...]]:
    return [
        (type(it).__name__, it.user.external_id, it.destination.type, it.destination.integration_id)
        for it in after(town, command)
        if isinstance(it, ev.DeliveryEvent)
    ]


def by(integration_id: str | None = None, kind: str | None = None) -> cmd.Destination:
    return cmd.Destination(integration_id=integration_id, integration_type=kind)


def test_whoever_has_a_client_is_told_of_but_the_author(town: Town) -> None:
    phone, bobs = town.device("ann"), town.device("bob")
    town.user("cat")  # who has none
    room = town.group("ann", "bob", "cat")
    assert told(town, town.orders.says(room, by="ann", source=phone)) == [
        ("ReachedChannel", "bob", "web", bobs.integration_id)
    ]
    assert [it[1] for it in told(town, town.orders.says(room))] == ["ann", "bob"]


def test_nobody_asks_and_nothing_is_looked_into() -> None:
    town = Town()
    town.do(town.orders.custom("conversation:message"))
    town.device("ann")
    (posted,) = after(town, town.orders.says(town.group("ann")))
    assert isinstance(posted, ev.MessagePosted)
    assert not posted.receipts


def test_a_client_without_a_device_is_the_sdks(town: Town) -> None:
    town.user("ann")
    room = town.personal("ann", subscribers=(town.orders.ref("ann"),))
    assert told(town, town.orders.says(room)) == [("ReachedChannel", "ann", SDK, None)]


def test_the_device_seen_last_says_the_platform(town: Town) -> None:
    town.device("ann", "old")
    town.clock.wind(5)
    newest = town.device("ann", "new")
    assert told(town, town.orders.says(town.personal("ann"))) == [
        ("ReachedChannel", "ann", "web", newest.integration_id)
    ]


def test_a_channel_that_nobody_serves_is_a_failure(town: Town) -> None:
    room, twilio = town.personal("ann"), town.do(town.orders.integration("twilio"))
    town.do(town.orders.links("ann", room, twilio.id))
    assert told(town, town.orders.says(room)) == [("NotDelivered", "ann", "twilio", twilio.id)]
    failed = town.last(ev.NotDelivered)
    assert failed.error.code == "no_connector"
    assert "twilio" in failed.error.message
    other = town.personal("ann")
    assert told(town, town.orders.says(other)) == []


@pytest.mark.parametrize("named", ["id", "type"])
def test_a_message_goes_where_it_is_sent(town: Town, named: str) -> None:
    """And it is told of that way alone."""
    phone, room = town.device("ann"), town.personal("ann")
    twilio = town.do(town.orders.integration("twilio"))
    town.do(town.orders.links("ann", room, twilio.id))
    web = by(phone.integration_id) if named == "id" else by(kind="web")
    over = by(twilio.id) if named == "id" else by(kind="twilio")
    assert [it[0] for it in told(town, town.orders.says(room, destination=web))] == ["ReachedChannel"]
    assert [it[0] for it in told(town, town.orders.says(room, destination=over))] == ["NotDelivered"]
    assert [it[0] for it in told(town, town.orders.says(room, destination=by(kind=SDK)))] == ["ReachedChannel"]
    assert sorted(it[0] for it in told(town, town.orders.says(room))) == ["NotDelivered", "ReachedChannel"]


@pytest.mark.parametrize(
    ("destination", "field"),
    [
        (by(NOBODY), "destination.integrationId"),
        (by(kind="whatsapp"), "destination.integrationType"),
        (by(kind="ios"), "destination.integrationType"),
        (by(kind="nonsense"), "destination.integrationType"),
    ],
)
def test_a_destination_that_the_user_has_not(town: Town, destination: cmd.Destination, field: str) -> None:
    town.device("ann")
    problem = town.refusal(town.orders.says(town.personal("ann"), destination=destination))
    assert problem is not None
    assert (problem.status, problem.title.startswith(field)) == (400, True)


def test_another_conversations_channel_is_no_destination(town: Town) -> None:
    room, other = town.personal("ann"), town.personal("ann")
    twilio = town.do(town.orders.integration("twilio"))
    town.do(town.orders.links("ann", other, twilio.id))
    assert town.refusal(town.orders.says(room, destination=by(twilio.id))) is not None
    assert town.refusal(town.orders.says(other, destination=by(twilio.id))) is None


def test_a_silent_message_has_its_place_and_is_pushed_to_nobody(town: Town) -> None:
    town.device("ann")
    room = town.personal("ann")
    loud = after(town, town.orders.says(room))[0]
    (silent,) = after(town, town.orders.says(room, destination=by(kind="none")))
    assert isinstance(silent, ev.MessagePosted)
    assert isinstance(loud, ev.MessagePosted)
    assert (silent.audience, silent.seq, silent.receipts) == ((), loud.seq + 1, False)
    assert town.unread(room, "ann") == 2


def test_what_arrived_is_told_once_whichever_device_was_first(town: Town) -> None:
    phone, desk = town.device("ann", "phone"), town.device("ann", "desk")
    room = town.personal("ann")
    said = [town.do(town.orders.says(room)).message for _ in range(3)]
    pairs = [(it.seq, it.id) for it in said]

    def receives(integration: str | None, *received: tuple[int, str]) -> list[tuple[str, str | None]]:
        since = len(town.happened)
        town.do(town.orders.receives(room, "ann", integration or "", *received))
        new = [it for it in town.happened[since:] if isinstance(it, ev.ReachedUser)]
        return [(it.message_id, it.destination.integration_id) for it in new]

    first, second, third = (it.id for it in said)
    assert receives(phone.integration_id, pairs[1], pairs[0], pairs[0]) == [
        (first, phone.integration_id),
        (second, phone.integration_id),
    ]
    assert receives(desk.integration_id, *pairs) == [(third, desk.integration_id)]
    assert receives(phone.integration_id, *pairs) == []
    seat = town.house.room(town.app_id, room).seat(town.user("ann"))
    assert seat is not None
    assert (seat.delivered, seat.read) == (said[-1].seq, 0)
    town.do(town.orders.reads(room, "ann"))
    seat = town.house.room(town.app_id, room).seat(town.user("ann"))
    assert seat is not None
    assert seat.delivered == said[-1].seq


def test_a_receipt_that_nobody_wants_or_that_comes_late_is_nothing(town: Town) -> None:
    phone, room = town.device("ann"), town.group("ann", "bob")
    said = town.do(town.orders.says(room)).message
    receipt = town.orders.receives(room, "ann", phone.integration_id or "", (said.seq, said.id))
    town.do(town.orders.leaves(room, "ann"))
    since = len(town.happened)
    town.do(receipt)
    assert town.happened[since:] == []
    quiet = Town()
    other, quiet_room = quiet.device("ann"), quiet.group("ann")
    message = quiet.do(quiet.orders.says(quiet_room)).message
    since = len(quiet.happened)
    quiet.do(quiet.orders.receives(quiet_room, "ann", other.integration_id or "", (message.seq, message.id)))
    assert quiet.happened[since:] == []


def test_a_reply_that_is_pressed_goes_its_way_like_any_message(town: Town) -> None:
    phone, _ = town.device("ann"), town.device("bob")
    room = town.group("ann", "bob")
    button = ReplyAction(text="Red", payload="RED")
    asked = town.do(town.orders.posts(room, Text(text="Which?", actions=(button,)))).message
    assert isinstance(asked.content, Text)
    assert asked.content.actions
    since = len(town.happened)
    town.do(town.orders.presses(room, "ann", asked.content.actions[0].id or "", phone))
    reached = [it for it in town.happened[since:] if isinstance(it, ev.ReachedChannel)]
    assert [it.user.external_id for it in reached] == ["bob"]
