"""A device on a bad day: lost answers, lost events, lost connections, final goodbyes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from clients.python import (
    Backoff,
    Closed,
    Device,
    Disconnected,
    Ended,
    Event,
    Lost,
    Positions,
    Refused,
    Session,
)
from tests.clients.scripted import ROOM, Call, Gateway, event, next_of, scripted, seqs


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with scripted() as gateway, asyncio.timeout(20):
        yield gateway


async def both(asked: Awaitable[Any], script: Awaitable[Any]) -> Any:
    """What `asked` returned or raised, with `script` played at the other end."""
    ended: tuple[Any, ...] = await asyncio.gather(script, asked, return_exceptions=True)
    for failed in ended:
        if isinstance(failed, BaseException):
            raise failed
    return ended[1]


# Saying something


async def test_a_message_is_answered(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):

        async def answer() -> None:
            command = await call.hear()
            assert command["content"] == {"type": "text", "text": "hi"}
            assert command["metadata"] == {"mood": "good"}
            await call.ok(command, message={"id": "m1"}, seq=1)

        assert await both(device.send(ROOM, "hi", metadata={"mood": "good"}), answer()) == {"id": "m1"}


async def test_a_message_whose_answer_was_lost_is_sent_again_as_the_same(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):

        async def lose_the_answer() -> None:
            first = await call.hear()
            await call.break_off()
            again = await (await gateway.call()).welcome()
            second = await again.hear()
            assert first["clientMessageId"] == second["clientMessageId"]
            await again.ok(second, message={"id": "m1"}, seq=1, duplicate=True)

        assert await both(device.send(ROOM, "hi"), lose_the_answer()) == {"id": "m1"}


async def test_messages_are_sent_again_in_the_order_they_were_said(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):

        async def lose_them_all() -> None:
            assert [(await call.hear())["content"]["text"] for _ in "abc"] == ["a", "b", "c"]
            await call.break_off()
            again = await (await gateway.call()).welcome()
            for text in "abc":
                command = await again.hear()
                assert command["content"]["text"] == text
                await again.ok(command, message={"text": text})

        said = asyncio.gather(*(device.send(ROOM, text) for text in "abc"))
        assert [it["text"] for it in await both(said, lose_them_all())] == ["a", "b", "c"]


async def test_what_may_not_be_repeated_raises_when_its_answer_was_lost(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):

        async def lose_the_answer() -> None:
            await call.hear()
            await call.break_off()
            await (await gateway.call()).welcome()

        with pytest.raises(Disconnected):
            await both(device.postback(ROOM, "action"), lose_the_answer())


async def test_a_refusal_says_why_and_the_device_lives_on(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):

        async def refuse_then_answer() -> None:
            await call.refuse(await call.hear(), 404, "conversation_not_found")
            await call.ok(await call.hear())

        async def ask_twice() -> tuple[int, str]:
            with pytest.raises(Refused) as refused:
                await device.read(ROOM)
            await device.ping()
            return refused.value.status, refused.value.code

        assert await both(ask_twice(), refuse_then_answer()) == (404, "conversation_not_found")


async def test_a_command_too_large_for_a_frame_is_not_sent(gateway: Gateway) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(welcome_next(gateway, limits={"frameBytes": 500}))
        async with gateway.device() as device:
            with pytest.raises(Refused) as refused:
                await device.send(ROOM, "x" * 500)
            assert refused.value.status == 413


# Hearing something


async def test_a_repeated_event_is_told_once(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):
        await call.tell(1, 1, 2, 1, 3)
        assert seqs(await next_of(device.events(), 3)) == [1, 2, 3]
        assert device.position(ROOM) == 3


async def test_a_gap_is_mended_before_anything_after_it_is_told(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.tell(7, 8)
        asked = await call.hear()
        assert (asked["type"], asked["conversationId"], asked["seq"]) == ("events:since", ROOM, 4)
        await call.ok(asked, events=[event(seq) for seq in (5, 6, 7, 8)], recovered=True)
        await call.tell(9)
        assert seqs(await next_of(device.events(), 5)) == [5, 6, 7, 8, 9]


async def test_a_gap_that_cannot_be_mended_says_that_history_must_be_read(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.tell(900)
        await call.ok(await call.hear(), events=[], recovered=False)
        lost, after = await next_of(device.events(), 2)
        assert lost == Lost(ROOM)
        assert isinstance(after, Event)
        assert after.seq == 900


async def test_a_gap_in_a_conversation_one_may_no_longer_read_is_lost(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.tell(6)
        await call.refuse(await call.hear(), 404, "conversation_not_found")
        assert (await next_of(device.events(), 1)) == [Lost(ROOM)]


async def test_every_gap_is_mended(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        for early in (6, 8):
            await call.tell(early)
            asked = await call.hear()
            await call.ok(asked, events=[event(early - 1), event(early)], recovered=True)
            assert seqs(await next_of(device.events(), 2)) == [early - 1, early]


async def test_only_one_repair_is_asked_for_at_a_time(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.tell(6, 7, 8)
        first = await call.hear()
        await call.ok(first, events=[event(seq) for seq in (5, 6, 7, 8)], recovered=True)
        await next_of(device.events(), 4)
        await both(device.ping(), ok_next(call, "ping"))


async def test_one_who_is_removed_and_comes_back_begins_anew(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.say(event(5, kind="conversation:leave", user={"id": "ann"}))
        await next_of(device.events(), 1)
        assert device.position(ROOM) is None
        await call.say(event(40, kind="conversation:join", user={"id": "ann"}))
        assert seqs(await next_of(device.events(), 1)) == [40]


async def test_somebody_else_leaving_changes_no_position(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.say(event(5, kind="conversation:leave", user={"id": "bob"}))
        await next_of(device.events(), 1)
        assert device.position(ROOM) == 5


async def test_an_update_of_the_user_is_remembered(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):
        renamed = {"id": "ann", "profile": {"givenName": "Anna"}}
        await call.say(event(None, room=None, kind="user:update", user=renamed))
        await next_of(device.events(), 1)
        assert device.user == renamed


# Coming back


async def test_it_resumes_from_where_it_was(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.tell(5)
        await next_of(device.events(), 1)
        await call.break_off()
        again = await gateway.call()
        assert again.hello["positions"] == {"epoch": "first", "seq": {ROOM: 5}}
        assert again.hello["device"]["guid"] == call.hello["device"]["guid"]
        await again.welcome(7, recovered={ROOM: True})
        await again.tell(6, 7, 8)
        assert seqs(await next_of(device.events(), 3)) == [6, 7, 8]


async def test_what_cannot_be_resumed_is_said_to_be_lost(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.break_off()
        again = await (await gateway.call()).welcome(900, epoch="second", recovered={ROOM: False})
        await again.tell(901)
        lost, after = await next_of(device.events(), 2)
        assert lost == Lost(ROOM)
        assert seqs([after]) == [901]


async def test_a_resume_mends_a_gap_whose_repair_was_lost(gateway: Gateway) -> None:
    async with gateway.online(seq=4) as (device, call):
        await call.tell(6)
        await call.hear()
        await call.break_off()
        again = await (await gateway.call()).welcome(6, recovered={ROOM: True})
        await again.tell(5, 6)
        asked = await again.hear()
        await again.ok(asked, events=[event(5), event(6)], recovered=True)
        await again.tell(7)
        assert seqs(await next_of(device.events(), 3)) == [5, 6, 7]


@pytest.mark.parametrize("code", [4000, 4008, 4010, 4029])
async def test_it_comes_back_after_these(gateway: Gateway, code: int) -> None:
    async with gateway.online() as (device, call):
        await call.goodbye(code)
        await (await gateway.call()).welcome()
        await device.online()


async def test_it_stays_away_for_as_long_as_the_goodbye_asks(gateway: Gateway) -> None:
    forever = Backoff(base_s=1000, dice=lambda: 1.0)
    async with gateway.online(backoff=forever) as (device, call):
        await call.goodbye(4000, after_s=0.01)
        await (await gateway.call()).welcome()
        await device.online()


async def test_a_program_that_knows_better_need_not_wait(gateway: Gateway) -> None:
    async with gateway.online(backoff=Backoff(base_s=1000, dice=lambda: 1.0)) as (device, _):
        device.reconnect()
        assert not device.connected
        await (await gateway.call()).welcome()
        await device.online()


async def test_it_waits_out_a_gateway_that_says_goodbye_to_its_hello(gateway: Gateway) -> None:
    async def turn_away_once() -> None:
        await (await gateway.call()).goodbye(4000)
        await (await gateway.call()).welcome()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(turn_away_once())
        async with gateway.device() as device:
            assert device.connected


# Ending


@pytest.mark.parametrize("code", [4009, 4500, 4502, 4503, 4504, 4505])
async def test_these_end_it_for_all_who_wait(gateway: Gateway, code: int) -> None:
    async with gateway.online() as (device, call):

        async def end() -> None:
            await call.hear()
            await call.goodbye(code)

        with pytest.raises(Ended) as ended:
            await both(device.send(ROOM, "hi"), end())
        assert ended.value.goodbye.code == code
        with pytest.raises(Ended):
            await anext(device.events())


async def test_a_gateway_that_does_not_know_the_integration_raises_at_once(gateway: Gateway) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(turn_away_next(gateway, 4503))
        with pytest.raises(Ended):
            async with gateway.device():
                pytest.fail("it was not welcomed")


async def test_a_closed_device_says_no_more(gateway: Gateway) -> None:
    async with gateway.online() as (device, _):
        pass
    with pytest.raises(Closed):
        await device.ping()
    assert [it async for it in device.events()] == []


async def test_closing_ends_those_who_wait(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):
        asking = asyncio.gather(device.ping(), return_exceptions=True)
        await call.hear()
    (ended,) = await asking
    assert isinstance(ended, Closed)


async def test_one_who_logs_out_has_closed_the_device(gateway: Gateway) -> None:
    async with gateway.online() as (device, call):

        async def let_go() -> None:
            await call.ok(await call.hear())
            await call.goodbye(1000)

        await both(device.logout(), let_go())
        assert [it async for it in device.events()] == []


# Credentials


async def test_a_refused_token_is_renewed_once(gateway: Gateway) -> None:
    async def fresh() -> str:
        return "fresh"

    async def refuse_the_stale_one() -> None:
        stale = await gateway.call()
        assert stale.hello["auth"] == {"jwt": "stale"}
        await stale.goodbye(4501)
        renewed = await gateway.call()
        assert renewed.hello["auth"] == {"jwt": "fresh"}
        await renewed.welcome()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(refuse_the_stale_one())
        async with gateway.device(jwt="stale", on_invalid_auth=fresh) as device:
            assert device.connected


async def test_a_fresh_token_refused_as_well_ends_it(gateway: Gateway) -> None:
    async def no_better() -> str:
        return "no better"

    async def refuse_twice() -> None:
        await (await gateway.call()).goodbye(4501)
        await (await gateway.call()).goodbye(4501)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(refuse_twice())
        with pytest.raises(Ended):
            async with gateway.device(jwt="stale", on_invalid_auth=no_better):
                pytest.fail("it was not welcomed")


async def test_an_anonymous_user_comes_back_with_their_session(gateway: Gateway) -> None:
    async def welcome_a_stranger() -> Call:
        call = await gateway.call()
        assert "auth" not in call.hello
        return await call.welcome(sessionToken="s3cret")

    async with asyncio.TaskGroup() as tasks:
        welcoming = tasks.create_task(welcome_a_stranger())
        async with gateway.device() as device:
            assert device.session == Session("ann", "s3cret")
            await (await welcoming).break_off()
            again = await gateway.call()
            assert again.hello["auth"] == {"userId": "ann", "sessionToken": "s3cret"}
            await again.welcome()


async def test_a_login_whose_answer_was_lost_is_said_in_the_next_hello(gateway: Gateway) -> None:
    async with gateway.online(session=Session("ann", "s3cret")) as (device, call):

        async def lose_the_answer() -> None:
            await call.hear()
            await call.break_off()
            again = await gateway.call()
            assert again.hello["auth"] == {"jwt": "token", "userId": "ann", "sessionToken": "s3cret"}
            await again.welcome()
            await again.ok(await again.hear(), user={"id": "anna"})

        assert await both(device.login("token"), lose_the_answer()) == {"id": "anna"}
        assert device.session is None


async def test_a_refused_login_changes_nothing(gateway: Gateway) -> None:
    async with gateway.online(session=Session("ann", "s3cret")) as (device, call):

        async def refuse() -> None:
            await call.refuse(await call.hear(), 401, "unauthorized")
            await call.break_off()
            again = await gateway.call()
            assert again.hello["auth"] == {"userId": "ann", "sessionToken": "s3cret"}
            await again.welcome()

        with pytest.raises(Refused):
            await both(device.login("token"), refuse())


async def test_positions_kept_from_an_earlier_life_are_resumed(gateway: Gateway) -> None:
    async def resumed() -> None:
        call = await gateway.call()
        assert call.hello["positions"] == {"epoch": "first", "seq": {ROOM: 3}}
        await (await call.welcome(4, recovered={ROOM: True})).tell(4)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(resumed())
        async with gateway.device(positions=Positions("first", {ROOM: 3})) as device:
            assert seqs(await next_of(device.events(), 1)) == [4]


def test_the_address_keeps_a_prefix() -> None:
    device = Device("https://chat.example.com/sc/", "abc")
    assert device.address == "wss://chat.example.com/sc/sdk/v2/integrations/abc/socket"


async def welcome_next(gateway: Gateway, **facts: Any) -> None:
    await (await gateway.call()).welcome(**facts)


async def turn_away_next(gateway: Gateway, code: int) -> None:
    await (await gateway.call()).goodbye(code)


async def ok_next(call: Call, kind: str) -> None:
    command = await call.hear()
    assert command["type"] == kind
    await call.ok(command)


# Being merged


OTHER = "6b0147441318ea989c2acfc6"


def merge(surviving: str, discarded: str, **facts: Any) -> Any:
    users = {"surviving": {"id": surviving}, "discarded": {"id": discarded}}
    rooms = {"surviving": {"id": ROOM}, "discarded": {"id": OTHER}}
    return event(None, None, "user:merge", mergedUsers=users, mergedConversations=rooms, reason="api", **facts)


async def test_whoever_is_merged_goes_on_as_the_survivor(gateway: Gateway) -> None:
    session = Session("ann", "before")
    async with gateway.online(4, session=session) as (device, call):
        await call.say({**event(1), "conversationId": OTHER})
        await call.say(merge("eve", "ann", sessionToken="handed"))
        again = await gateway.call()
        assert again.hello["auth"] == {"userId": "eve", "sessionToken": "handed"}
        assert again.hello["positions"]["seq"] == {ROOM: 4}
        await again.welcome(9, user={"id": "eve"}, recovered={ROOM: False})
        first, merged, lost = await next_of(device.events(), 3)
        assert isinstance(first, Event)
        assert isinstance(merged, Event)
        assert (merged.type, lost) == ("user:merge", Lost(ROOM))
        assert (device.user["id"], device.session) == ("eve", Session("eve", "handed"))
        assert (device.position(ROOM), device.position(OTHER)) == (9, None)
        await again.tell(10)
        assert seqs(await next_of(device.events(), 1)) == [10]


async def test_a_survivor_asks_again_for_what_was_merged(gateway: Gateway) -> None:
    async with gateway.online(4, jwt="token") as (device, call):
        await call.say(merge("ann", "bob"))
        again = await gateway.call()
        assert again.hello["auth"] == {"jwt": "token"}
        await again.welcome(9, recovered={ROOM: False})
        assert (await next_of(device.events(), 2))[1] == Lost(ROOM)


async def test_what_was_not_answered_at_a_merge_is_asked_again(gateway: Gateway) -> None:
    async with gateway.online(jwt="token") as (device, call):

        async def merged_meanwhile() -> None:
            await call.hear()
            await call.say(merge("ann", "bob"))
            again = await (await gateway.call()).welcome()
            await again.ok(await again.hear(), message={"id": "m1"}, seq=1)

        assert await both(device.send(ROOM, "hi"), merged_meanwhile()) == {"id": "m1"}


async def test_whoever_logs_in_as_somebody_else_comes_back_as_them(gateway: Gateway) -> None:
    async with gateway.online(session=Session("ann", "before")) as (device, call):

        async def answer() -> None:
            await call.ok(await call.hear(), user={"id": "eve"})

        assert await both(device.login("token"), answer()) == {"id": "eve"}
        assert (await (await gateway.call()).welcome(user={"id": "eve"})).hello["auth"] == {"jwt": "token"}
        await device.online()
        assert (device.user["id"], device.session) == ("eve", None)
