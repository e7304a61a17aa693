"""A town's whole life, in which everything happens that can happen."""

from functools import lru_cache
from typing import TypeVar

from gateway.domain import commands as cmd
from gateway.domain.content import PostbackAction, Text
from gateway.domain.events import Event
from gateway.domain.model import Source
from gateway.domain.triggers import TRIGGERS
from tests.domain.exchange import Exchange
from tests.domain.town import Town

Happening = TypeVar("Happening", bound=Event)


@lru_cache
def everything() -> tuple[Event, ...]:
    """Every event of the life, in order."""
    town = Town()
    do, orders = town.do, town.orders
    do(cmd.CreateAccountKey())
    _service_account(town)
    do(cmd.CreatePartner(name="partner", redirect_uris=("https://example.org",)))
    do(orders.custom(*TRIGGERS.values()))
    key = do(orders.key())
    for name in ("ann", "bob", "cat"):
        town.user(name)
    web = town.device("ann")
    do(orders.changes("ann", profile={"surname": "Lee"}))
    room = town.group("ann", "bob", metadata={"table": 7})
    town.personal("cat", subscribers=(orders.ref("cat"),))
    do(orders.joins(room, "cat", subscribe=True))
    do(orders.types(room, "ann"))
    do(orders.types(room))
    said = _conversation(town, room, web)
    own, twilio = town.personal("cat"), do(orders.integration("twilio"))
    link, asked = do(orders.links("cat", own, twilio.id)), do(orders.says(own)).message
    do(orders.receives(own, "cat", web.integration_id or "", (asked.seq, asked.id)))
    do(orders.unlinks("cat", link.id))
    _control(town, room)
    do(orders.deletes(room, said))
    _merges(town)
    kept = do(cmd.KeepAttachment(app_id=town.app_id, attachment=town.file(conversation_id=room)))
    do(cmd.RemoveAttachment(app_id=town.app_id, attachment_id=kept.id))
    do(orders.clears(room))
    do(orders.alters(room, display_name="Table seven"))
    do(orders.leaves(room, "cat"))
    do(orders.removes(room))
    do(cmd.ForgetUser(app_id=town.app_id, user=orders.ref("ann")))
    do(orders.forgets("bob"))
    do(cmd.DeleteKey(app_id=town.app_id, key_id=key.id))
    do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=web.integration_id or ""))
    do(cmd.DeleteApp(app_id=town.app_id))
    return tuple(town.happened)


def _service_account(town: Town) -> None:
    account = town.do(cmd.CreateServiceAccount(name="agency"))
    key = town.do(cmd.CreateServiceAccountKey(service_account_id=account.id, display_name="backend"))
    town.do(cmd.DeleteServiceAccountKey(service_account_id=account.id, key_id=key.id))
    town.do(cmd.DeleteServiceAccount(service_account_id=account.id))


def _conversation(town: Town, room: str, web: Source) -> str:
    """Words, a pressed button and read marks; gives the id of a message."""
    do, orders = town.do, town.orders
    do(orders.says(room, "Hello", by="ann", client_message_id="first", source=web))
    button = PostbackAction(text="Yes", payload="YES", metadata={"answer": True})
    asked = do(orders.posts(room, Text(text="Tea?", actions=(button,)), metadata={"menu": 1}))
    content = asked.message.content
    assert isinstance(content, Text)
    assert content.actions
    do(orders.presses(room, "bob", content.actions[0].id or "", web))
    do(orders.reads(room, "bob", web))
    do(orders.says(room, "Yes please", by="bob"))
    do(orders.reads(room))
    return asked.message.id


def _control(town: Town, room: str) -> None:
    """The room changes hands in every way, and in some that are refused."""
    desks = Exchange("bot", "desk", town=town)
    for refused in (desks.passes(room, "nobody"), desks.offers(room, "bot"), desks.accepts(room)):
        town.refusal(refused)
    for done in (
        desks.passes(room, "desk", metadata={"why": "sad"}, reason="ticketClosed"),
        desks.offers(room, "bot"),
        desks.accepts(room),
        desks.releases(room),
        desks.drops(),
    ):
        town.do(done)


def _merges(town: Town) -> None:
    """Two that sit together, each with a conversation of their own, turn out to be one."""
    do, orders = town.do, town.orders
    for name in ("dan", "eve"):
        town.user(name)
        do(orders.says(town.personal(name), "hi"))
    town.group("ann", "dan", "eve")
    town.group("ann", "eve")
    town.personal("eve")
    do(orders.merges("dan", "eve"))
    someone = do(orders.connects(do(orders.integration()).id, new_session_hash="one")).user
    do(cmd.OpenSession(app_id=town.app_id, user=orders.ref(someone.id), session_hash="two"))


def first(kind: type[Happening]) -> Happening:
    """The first event of a kind in the life."""
    return next(it for it in everything() if isinstance(it, kind))
