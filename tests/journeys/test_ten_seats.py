"""Never an eleventh participant, whatever the concurrency (law 5)."""

import asyncio

from gateway.domain.limits import PARTICIPANTS
from tests.house_under_test import Answer, House

TOO_MANY = (400, "bad_request", "Too many participants")


def outcome(answer: Answer) -> tuple[int, str, str]:
    return (answer.status, answer.code, answer.title) if "errors" in answer.body else (answer.status, "", "")


async def users(house: House, name: str, count: int) -> list[str]:
    """So many users, made all at once."""
    names = [f"{name}{number}" for number in range(count)]
    await asyncio.gather(*map(house.user, names))
    return names


async def test_of_fifty_who_join_at_once_ten_get_a_seat(house: House) -> None:
    """Each join has an HTTP connection of its own."""
    room = await house.group()
    crowd = await users(house, "guest", 50)
    answers = await asyncio.gather(*(house.joins(it, room) for it in crowd))
    seated = [it for it in answers if it.status == 201]
    assert len(seated) == PARTICIPANTS
    assert [outcome(it) for it in answers if it.status != 201] == [TOO_MANY] * 40
    there = await house.participants(room)
    assert {it["id"] for it in there} == {it.body["participant"]["id"] for it in seated}


async def test_joins_that_race_with_leaves_never_seat_an_eleventh(house: House) -> None:
    """Ann stays and counts: every join and leave is told to her in the order it was decided."""
    early, late = await users(house, "early", 9), await users(house, "late", 25)
    room = await house.group("ann", *early)
    ann = await house.device("ann")
    answers = await asyncio.gather(
        *(house.joins(it, room) for it in late[:15]),
        *(house.leaves(it, room) for it in early[:6]),
        *(house.joins(it, room) for it in late[15:]),
    )
    joined = sum(it.status == 201 for it in answers)
    seated, told = PARTICIPANTS, 0
    while told < joined + 6:
        frame = await ann.frame()
        seated += {"conversation:join": 1, "conversation:leave": -1}[frame["event"]["type"]]
        told += 1
        assert seated <= PARTICIPANTS
    assert seated == len(await house.participants(room)) == PARTICIPANTS - 6 + joined
    assert {outcome(it) for it in answers} <= {(201, "", ""), (200, "", ""), TOO_MANY}


async def test_a_group_is_not_made_with_eleven(house: House) -> None:
    names = await users(house, "guest", 11)
    seats = [{"userExternalId": it, "subscribeSDKClient": False} for it in names]
    made = await house.rest("POST", "/conversations", {"type": "sdkGroup", "participants": seats})
    assert outcome(made) == TOO_MANY
    listed = await house.rest("GET", f"/conversations?filter[userExternalId]={names[0]}")
    assert listed.body["conversations"] == []


async def test_a_seat_that_was_left_can_be_taken(house: House) -> None:
    names = await users(house, "guest", 10)
    room = await house.group(*names)
    assert outcome(await house.joins("late", room)) == TOO_MANY
    assert (await house.leaves(names[3], room)).status == 200
    assert (await house.joins("late", room)).status == 201
    assert len(await house.participants(room)) == PARTICIPANTS


async def test_who_sits_there_already_keeps_their_seat(house: House) -> None:
    """Also in a full group, and nobody is told of it."""
    names = await users(house, "guest", 10)
    room = await house.group(*names)
    guest = await house.device(names[0])
    again = await house.joins(names[1], room)
    assert again.status == 201
    assert again.body["participant"] in await house.participants(room)
    assert len(await house.participants(room)) == PARTICIPANTS
    await guest.nothing_more()


async def test_nobody_is_seated_twice_by_one_request(house: House) -> None:
    ann = await house.user("ann")
    for first, second in (("ann", "ann"), ("ann", ann)):
        seats = [{"userExternalId": first}, {"userId": ann} if second == ann else {"userExternalId": second}]
        made = await house.rest("POST", "/conversations", {"type": "sdkGroup", "participants": seats})
        assert (made.status, made.title) == (400, "A user is named more than once in participants")


async def test_nobody_joins_a_personal_conversation(house: House) -> None:
    room = await house.personal("ann")
    refused = await house.joins("bob", room)
    assert (refused.status, refused.code) == (400, "bad_request")
    assert len(await house.participants(room)) == 1
