"""What a merge makes of what is kept: one history, under numbers of its own, in which the survivor said it all."""

import asyncio
from typing import Any

import pytest
from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain.commands import Needs, Ref
from gateway.domain.content import Answer, Field, Form, FormResponse, Image, PostbackAction, Text
from gateway.domain.events import ConversationEvent
from gateway.domain.message import Message
from gateway.domain.model import Attachment, Integration, Source
from gateway.domain.views import Page
from gateway.ports import Replay, Store
from tests.contracts.clerk import Clerk
from tests.contracts.conftest import Premises

DEVICE = Source(type="web", integration_id="0" * 24)
HOST = "https://chat.example"


class Pair:
    """Ann and Bob, each with a conversation of their own."""

    def __init__(self, clerk: Clerk, premises: Premises) -> None:
        self.clerk = clerk
        self.premises = premises
        self.own = self.other = self.ann = self.bob = ""

    async def made(self) -> "Pair":
        self.ann, self.bob = await self.clerk.user("ann"), await self.clerk.user("bob")
        mine, theirs = await self.clerk.do(self.clerk.orders.personal("ann"), self.clerk.orders.personal("bob"))
        self.own, self.other = mine.conversation.id, theirs.conversation.id
        return self

    async def says(self, room: str, text: str, by: str | None = None, **facts: Any) -> Message:
        (posted,) = await self.clerk.do(self.clerk.orders.says(room, text, by, **facts))
        message: Message = posted.message
        return message

    async def merge(self, *before: cmd.AnyCommand) -> None:
        """Bob into Ann, with other commands before it in the same group."""
        await self.clerk.do(*before, self.clerk.orders.merges("ann", "bob"))

    async def history(self, store: Store | None = None) -> list[Message]:
        found, more = await (store or self.clerk.store).messages(self.own, Page(size=100))
        assert not more
        return list(found)


@pytest.fixture
async def pair(clerk: Clerk, premises: Premises) -> Pair:
    return await Pair(clerk, premises).made()


def texts(messages: list[Message]) -> list[str]:
    return [it.content.text if isinstance(it.content, Text) and it.content.text else "" for it in messages]


def seqs(replay: Replay) -> list[int]:
    return [it.seq for it in replay.events if isinstance(it, ConversationEvent)]


async def test_messages_stand_in_the_order_of_time(pair: Pair) -> None:
    said = []
    for number in range(6):
        room, name = ((pair.own, "ann"), (pair.other, "bob"))[number % 2]
        said.append(await pair.says(room, str(number), by=name))
        pair.clerk.clock.wind(1)
    await pair.merge()
    for store in (pair.clerk.store, await pair.premises.open()):
        history = await pair.history(store)
        assert texts(history) == ["0", "1", "2", "3", "4", "5"]
        assert [it.id for it in history] == [it.id for it in said]
        assert [it.received for it in history] == [it.received for it in said]
        assert [it.seq for it in history] == list(range(5, 11))
        assert (await store.messages(pair.other, Page(size=1))) == ([], False)
        assert await Clerk(store, pair.clerk.app_id, pair.clerk.clock).room(pair.other) is None


async def test_a_history_goes_on_after_it(pair: Pair) -> None:
    await pair.says(pair.own, "one")
    await pair.says(pair.other, "two")
    await pair.merge()
    after = await pair.says(pair.own, "three", by="ann")
    room = await pair.clerk.room(pair.own)
    assert room is not None
    assert after.seq == room.conversation.seq == (await pair.history())[-1].seq == 5


async def test_equal_times_are_told_apart_backwards(pair: Pair) -> None:
    """Strictly increasing, in each one's own order; and the newest keeps its time, so nothing lies in the future."""
    for whose, where in (("own", pair.own), ("other", pair.other)):
        for number in range(10):
            await pair.says(where, f"{whose} {number}")
    newest = (await pair.history())[-1].received
    await pair.merge()
    history = await pair.history()
    times = [it.received for it in history]
    assert times == list(range(newest - 19, newest + 1))
    for whose in ("own", "other"):
        assert [it for it in texts(history) if it.startswith(whose)] == [f"{whose} {it}" for it in range(10)]
    assert texts(history)[:4] == ["own 0", "other 0", "own 1", "other 1"]
    room = await pair.clerk.room(pair.own)
    assert room is not None
    assert room.conversation.clock == room.conversation.last_updated_at == newest


async def test_buttons_go_with_their_messages(pair: Pair) -> None:
    button = PostbackAction(text="Yes", payload="YES")
    orders = pair.clerk.orders
    await pair.says(pair.own, "before")
    asked = (await pair.clerk.do(orders.posts(pair.other, Text(text="Tea?", actions=(button,)))))[0].message
    await pair.merge()
    await pair.clerk.do(orders.presses(pair.own, "ann", asked.content.actions[0].id))
    await pair.clerk.do(orders.deletes(pair.own, asked.id))
    assert [it.deleted for it in await pair.history()] == [False, True]
    house = await pair.clerk.store.peek(Needs(room=pair.own, action=asked.content.actions[0].id))
    assert house.actions == {}


async def test_files_stay_with_who_shows_them(pair: Pair) -> None:
    """Files go with the last message that shows them, with their conversation or user: not by a merge."""
    clerk = pair.clerk
    names = ("shown", "waiting", "of the room")
    ids = {name: f"{number}" * 40 for number, name in enumerate(names)}
    for name in names:
        file = Attachment(app_id=clerk.app_id, id=ids[name], base=HOST, name="cat.png", for_message=True)
        belongs = {"conversation_id": pair.other} if name == "of the room" else {"user_id": pair.bob}
        file = structs.replace(file, **belongs)
        await clerk.do(cmd.KeepAttachment(app_id=clerk.app_id, attachment=file))
    picture = Image(media_url=f"{HOST}/attachments/v2/{ids['shown']}/cat.png")
    shown = (await clerk.do(clerk.orders.posts(pair.other, picture, by="bob")))[0].message
    await pair.merge()
    kept = {it.id: it for it in await clerk.store.attachments(list(ids.values()))}
    assert set(kept) == set(ids.values())
    assert (kept[ids["waiting"]].user_id, kept[ids["of the room"]].conversation_id) == (pair.ann, pair.own)
    await clerk.store.abandon_attachments(clerk.clock.at + 1)
    assert [it.id for it in await clerk.store.attachments(list(ids.values()))] == [ids["shown"]]
    await clerk.do(clerk.orders.deletes(pair.own, shown.id))
    assert await clerk.store.attachments([ids["shown"]]) == []


async def test_positions_of_before_are_not_recovered(pair: Pair) -> None:
    for room in (pair.own, pair.other):
        await pair.says(room, "hi")
        await pair.says(room, "hello", by="ann" if room == pair.own else "bob")
    await pair.merge()
    seq = (await pair.history())[-1].seq
    for position in range(seq):
        (replay,) = (await pair.clerk.store.replay(pair.ann, {pair.own: position}, 500)).values()
        assert (replay.complete, replay.events) == (False, ())
    await pair.says(pair.own, "after")
    (replay,) = (await pair.clerk.store.replay(pair.ann, {pair.own: seq}, 500)).values()
    assert (replay.complete, seqs(replay)) == (True, [seq + 1])
    assert await pair.clerk.store.replay(pair.ann, {pair.other: seq}, 500) == {}


async def test_an_empty_conversation_costs_no_position(pair: Pair) -> None:
    await pair.says(pair.own, "one")
    await pair.merge()
    (replay,) = (await pair.clerk.store.replay(pair.ann, {pair.own: 1}, 500)).values()
    assert (replay.complete, seqs(replay)) == (True, [2])


async def test_whatever_was_cleared_is_not_counted(pair: Pair) -> None:
    for where in (pair.own, pair.other):
        await pair.says(where, "gone")
        await pair.clerk.do(pair.clerk.orders.clears(where))
    await pair.says(pair.own, "one")
    await pair.says(pair.other, "two")
    last = await pair.says(pair.other, "three")
    await pair.clerk.do(pair.clerk.orders.deletes(pair.other, last.id))
    await pair.merge()
    history = await pair.history()
    room = await pair.clerk.room(pair.own)
    assert room is not None
    assert [it.seq for it in history] == [5, 6, 7]
    assert history[-1].seq == room.conversation.seq == room.conversation.recoverable_from
    assert room.conversation.posted - room.conversation.cleared == 3


async def test_what_was_said_in_the_same_group_is_there(pair: Pair) -> None:
    orders = pair.clerk.orders
    await pair.merge(orders.says(pair.own, "one"), orders.says(pair.other, "two", by="bob"), orders.reads(pair.other))
    assert texts(await pair.history()) == ["one", "two"]
    assert {it.author.user_id for it in await pair.history()} == {None, pair.ann}


async def test_the_survivor_said_it_all(pair: Pair) -> None:
    """Also where the discarded one sits no more."""
    orders = pair.clerk.orders
    left, room = await pair.clerk.group("bob2"), (await pair.clerk.do(orders.group("bob", "ann")))[0].conversation.id
    await pair.clerk.do(orders.joins(left, "bob"))
    for where in (room, left, pair.other):
        await pair.says(where, "mine", by="bob", client_message_id="m")
    await pair.clerk.do(orders.leaves(left, "bob"))
    await pair.merge()
    for where in (room, left, pair.own):
        ((said,), _) = await pair.clerk.store.messages(where, Page(size=10))
        assert said.author.user_id == pair.ann


async def test_a_repeated_send_is_recognised_after_it(pair: Pair) -> None:
    """By the user's id, as devices name themselves."""
    first = await pair.says(pair.other, "once", by="bob", client_message_id="m1", source=DEVICE)
    await pair.merge()
    repeated = pair.clerk.orders.says(pair.own, "twice", by=pair.ann, client_message_id="m1", source=DEVICE)
    repeated = structs.replace(repeated, author=cmd.Speaker(user=Ref(pair.clerk.app_id, pair.ann, "id")))
    (answer,) = await pair.clerk.do(repeated)
    assert answer.duplicate
    assert (answer.message.id, answer.message.seq) == (first.id, (await pair.history())[0].seq)
    assert texts(await pair.history()) == ["once"]


async def test_of_equal_client_message_ids_the_survivors_stays(pair: Pair) -> None:
    orders = pair.clerk.orders
    room = (await pair.clerk.do(orders.group("ann", "bob")))[0].conversation.id
    kept = {}
    for name, own in (("bob", pair.other), ("ann", pair.own)):
        for where in (room, own):
            kept[where] = await pair.says(where, name, by=name, client_message_id="same", source=DEVICE)
    await pair.merge()
    for where in (room, pair.own):
        found, _ = await pair.clerk.store.messages(where, Page(size=10))
        assert {it.author.user_id: None for it in found} == {pair.ann: None}
        assert sorted((it.client_message_id or "") for it in found) == ["", "same"]
        needs = Needs(sent=(where, pair.ann, "same"))
        assert (await pair.clerk.store.peek(needs)).sent[where, pair.ann, "same"].id == kept[where].id


async def test_an_answered_form_is_quoted_in_its_new_place(pair: Pair) -> None:
    orders = pair.clerk.orders
    await pair.says(pair.own, "before")
    form = Form(fields=(Field(type="text", name="n", label="l"),))
    asked = (await pair.clerk.do(orders.posts(pair.other, form)))[0].message
    response = FormResponse(fields=(Answer(type="text", name="n", label="l", text="Bob"),), quoted_message_id=asked.id)
    await pair.clerk.do(orders.posts(pair.other, response, by="bob", source=DEVICE))
    await pair.merge()
    _, form_again, answer = await pair.history()
    assert answer.quoted is not None
    assert (answer.quoted.seq, answer.quoted.received) == (form_again.seq, form_again.received)
    assert answer.author.user_id == pair.ann


async def test_everybody_who_looks_finds_the_survivor(pair: Pair) -> None:
    orders = pair.clerk.orders
    room = (await pair.clerk.do(orders.group("bob")))[0].conversation.id
    await pair.merge()
    for store in (pair.clerk.store, await pair.premises.open()):
        clerk = Clerk(store, pair.clerk.app_id, pair.clerk.clock)
        assert await clerk.person("bob") is None
        assert await clerk.person(pair.bob) is None
        ann = await clerk.person("ann")
        assert ann is not None
        assert (ann.user.id, ann.user.conversations) == (pair.ann, 2)
        found, _ = await store.conversations(pair.ann, Page(size=10))
        assert [it.conversation.id for it in found] == sorted([pair.own, room])
        assert await store.conversations(pair.bob, Page(size=10)) == ([], False)


async def test_a_name_that_went_over_is_remembered_right(pair: Pair, premises: Premises) -> None:
    (someone,) = await pair.clerk.do(cmd.CreateUser(app_id=pair.clerk.app_id))
    await pair.clerk.do(pair.clerk.orders.user("cat", brand_id="north"))
    await pair.clerk.person("cat")
    await pair.clerk.do(pair.clerk.orders.merges(someone.id, "cat"))
    for store in (pair.clerk.store, await premises.open()):
        for brand in (None, "north"):
            ref = Ref(pair.clerk.app_id, "cat", "external", brand)
            assert (await store.peek(Needs(people=(ref,)))).person(ref).user.id == someone.id
    assert await pair.clerk.user("cat")


async def test_merges_and_messages_at_once(pair: Pair) -> None:
    """A group of commands is held, decided and written by itself; whatever came before is in the one history."""
    orders = pair.clerk.orders
    async with asyncio.TaskGroup() as tasks:
        for number in range(10):
            tasks.create_task(pair.says(pair.own, f"own {number}"))
            tasks.create_task(pair.says(pair.other, f"other {number}"))
    await pair.clerk.do(orders.merges("ann", "bob"))
    history = await pair.history()
    assert len(set(texts(history))) == len(history) == 20
    assert [it.seq for it in history] == list(range(history[0].seq, history[0].seq + 20))


SECRETS = ("Annabel", "Quillfeather", "sesame")


async def test_whoever_is_forgotten_is_forgotten_as_who_they_were(pair: Pair, web: Integration, tmp_path: Any) -> None:
    """What was told of those merged into them, long ago, goes too."""
    clerk, orders = pair.clerk, pair.clerk.orders
    await clerk.do(orders.custom("user:merge", "conversation:leave", "conversation:message"))
    room, left = (await clerk.do(orders.group("ann")))[0].conversation.id, await clerk.group("eve")
    for name, word in (("cat", "Annabel"), ("dan", "Quillfeather")):
        await clerk.do(orders.user(name, metadata={"word": "sesame" * 400}))
        await clerk.do(orders.changes(name, profile={"given_name": word}))
        await clerk.do(orders.joins(room, name), orders.joins(left, name), orders.leaves(left, name))
        await pair.says(room, "hi", by=name)
    await clerk.do(orders.merges("dan", "cat"))
    await clerk.do(orders.merges("ann", "dan"))
    assert in_the_file(tmp_path) == set(SECRETS)
    await clerk.do(orders.forgets("ann"))
    assert in_the_file(tmp_path) == set()


def in_the_file(folder: Any) -> set[str]:
    """The secrets that a look at the bytes on disk finds."""
    bytes_ = b"".join(it.read_bytes() for it in (folder / "data").glob("store.db*"))
    return {it for it in SECRETS if it.encode() in bytes_}


@pytest.fixture
async def web(clerk: Clerk) -> Integration:
    return (await clerk.do(clerk.orders.integration()))[0]  # type: ignore[no-any-return]
