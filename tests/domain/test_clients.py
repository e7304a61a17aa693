"""Clients: the SDK's own, and the links to other channels that are asked for."""

import pytest

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.model import API, Client
from gateway.domain.model.clients import ByPhone, ByTwilio
from tests.domain.town import NOBODY, Town


@pytest.fixture
def town() -> Town:
    return Town()


def asked(town: Town, name: str, room: str) -> Client:
    twilio = town.do(town.orders.integration("twilio"))
    return town.do(town.orders.links(name, room, twilio.id))


def test_a_link_is_pending_and_told_with_its_conversation(town: Town) -> None:
    room = town.personal("ann")
    client = asked(town, "ann", room)
    assert (client.type, client.status, client.external_id) == ("twilio", "pending", "+15550001234")
    assert client.linked_at is None
    told = town.last(ev.ClientAdded)
    assert (told.client, told.reason, told.source) == (client, "channelLinking", API)
    assert told.conversation is not None
    assert told.conversation.id == room
    assert town.house.guest(town.user("ann")).links == (client,)


def test_a_link_without_a_conversation_opens_the_default_one(town: Town) -> None:
    town.user("ann")
    link = town.orders.links("ann", "", town.do(town.orders.integration("twilio")).id).link
    first, second = (town.do(cmd.LinkChannel(app_id=town.app_id, user=town.orders.ref("ann"), link=link)) for _ in "ab")
    opened = town.last(ev.ConversationCreated)
    assert (opened.conversation.is_default, opened.reason) == (True, "none")
    ann = town.house.guest(town.user("ann"))
    assert (ann.user.conversations, ann.links) == (1, (first, second))
    assert {it.link and it.link.conversation_id for it in ann.links} == {opened.conversation.id}
    town.do(town.orders.unlinks("ann", second.id))
    told = town.last(ev.ClientRemoved)
    assert told.conversation
    assert told.conversation.id == opened.conversation.id


def test_a_link_that_is_refused_opens_nothing(town: Town) -> None:
    town.user("ann")
    link = town.orders.links("ann", "", NOBODY).link
    order = cmd.LinkChannel(app_id=town.app_id, user=town.orders.ref("ann"), link=link)
    assert town.refusal(order) == errors.INTEGRATION_NOT_FOUND
    assert town.house.guest(town.user("ann")).user.default_conversation_id is None


def test_the_sdk_comes_first_among_what_serves_a_conversation(town: Town) -> None:
    room, other = town.personal("ann"), town.personal("ann")
    first, second = asked(town, "ann", room), asked(town, "ann", room)
    sdk = town.device("ann").client
    assert sdk is not None
    ann = town.house.guest(town.user("ann"))
    assert [it.client_id for it in ann.associations(room)] == [sdk.id, second.id, first.id]
    assert [(it.client_id, it.type) for it in ann.associations(other)] == [(sdk.id, "sdk")]


def test_a_link_that_is_removed_while_pending_was_cancelled(town: Town) -> None:
    room = town.personal("ann")
    client = asked(town, "ann", room)
    town.do(town.orders.unlinks("ann", client.id))
    told = town.last(ev.ClientRemoved)
    assert (told.reason, told.conversation and told.conversation.id) == ("linkCancelled", room)
    assert told.error is not None
    assert town.house.guest(town.user("ann")).links == ()
    assert town.refusal(town.orders.unlinks("ann", client.id)) == errors.CLIENT_NOT_FOUND


def test_links_fail_with_their_conversation(town: Town) -> None:
    town.personal("ann")
    room = town.personal("ann")
    client = asked(town, "ann", room)
    town.do(town.orders.removes(room))
    told = town.last(ev.ClientRemoved)
    assert (told.client, told.reason, told.conversation and told.conversation.id) == (client, "linkFailed", room)
    assert town.house.guest(town.user("ann")).links == ()


def test_another_users_client_is_not_found(town: Town) -> None:
    client = asked(town, "ann", town.personal("ann"))
    town.user("bob")
    assert town.refusal(town.orders.unlinks("bob", client.id)) == errors.CLIENT_NOT_FOUND


def test_an_integration_of_another_type_is_named(town: Town) -> None:
    room, web = town.personal("ann"), town.do(town.orders.integration())
    problem = town.refusal(town.orders.links("ann", room, web.id))
    assert problem is not None
    assert "matchCriteria.integrationId" in problem.title
    assert town.refusal(town.orders.links("ann", room, NOBODY)) == errors.INTEGRATION_NOT_FOUND


def test_so_many_links_and_no_more(town: Town) -> None:
    room = town.personal("ann")
    last = asked(town, "ann", room)
    for _ in range(limits.CLIENTS - 1):
        asked(town, "ann", room)
    again = town.orders.links("ann", room, last.integration_id or "")
    assert town.refusal(again) == errors.TOO_MANY_CLIENTS
    town.do(town.orders.unlinks("ann", last.id))
    assert town.refusal(again) is None


def test_events_of_a_room_say_what_serves_its_people(town: Town) -> None:
    """Also a client that is made by the same command."""
    for name in ("ann", "bob"):
        town.user(name)
    room = town.do(town.orders.group("ann", "bob", subscribers=(town.orders.ref("ann"),))).conversation.id
    made, added = town.last(ev.ConversationCreated), town.last(ev.ClientAdded)
    assert [(it.user_id, it.client_id) for it in made.associations] == [(added.user.id, added.client.id)]
    town.user("cat")
    town.do(town.orders.joins(room, "cat", subscribe=True))
    joined, cats = town.last(ev.Joined), town.last(ev.ClientAdded)
    assert [it.client_id for it in joined.associations] == [added.client.id, cats.client.id]


@pytest.mark.parametrize("number", ["+1 212-555-2368", "+12125552368", "+1 (212) 555.2368", "+123456", "+" + "1" * 15])
def test_a_phone_number_has_a_plus_and_a_country_code(number: str) -> None:
    found: ByPhone = ByTwilio(integration_id=NOBODY, phone_number=number)
    assert found.external_id.removeprefix("+").isdecimal()


@pytest.mark.parametrize(
    "number", ["212 555 2368", "1 212 555 2368", "+12345", "+" + "1" * 16, "+", "++123456", "+12345a", "+١٢٣٤٥٦٧", ""]
)
def test_what_is_no_phone_number(number: str) -> None:
    with pytest.raises(ValueError, match="phoneNumber"):
        ByTwilio(integration_id=NOBODY, phone_number=number)
