"""The contract of every store: what lasts, lasts over closing and opening again."""

from gateway.domain.views import Page
from gateway.ports import Store
from tests.contracts.clerk import Clerk
from tests.contracts.conftest import Premises


async def test_histories_keep_their_name(premises: Premises) -> None:
    first = await premises.open("first")
    assert first.epoch == "first"
    await premises.close()
    assert (await premises.open("second")).epoch == "first"


async def test_everything_is_there_after_opening_again(premises: Premises, clerk: Clerk) -> None:
    room = await clerk.group("ann")
    said = await clerk.says(room, "one", "two")
    before = await clerk.room(room)
    await premises.close()
    again = Clerk(await premises.open(), clerk.app_id, clerk.clock)
    assert await again.room(room) == before
    messages, _ = await again.store.messages(room, Page(size=10))
    assert [it.id for it in messages] == said
    assert len(await again.says(room, "three")) == 1
    after = await again.room(room)
    assert after is not None
    assert after.conversation.seq == 4


async def test_an_open_store_is_ready(store: Store) -> None:
    assert await store.ready()
    assert await store.ready()
