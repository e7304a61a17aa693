"""Reading and typing over REST."""

import pytest

from tests.edge.conftest import Rest
from tests.house_under_test import House

BUSINESS = {"type": "business"}
ANN = {"type": "user", "userExternalId": "ann"}


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        (BUSINESS, "conversation:read"),
        (BUSINESS, "typing:start"),
        (BUSINESS, "typing:stop"),
        (ANN, "conversation:read"),
    ],
)
async def test_an_activity_is_answered_with_nothing(
    rest: Rest, house: House, author: dict[str, str], kind: str
) -> None:
    room = await house.group("ann")
    await house.says(room, "hi")
    assert await rest("POST", f"/conversations/{room}/activity", {"author": author, "type": kind}) == (200, {})


async def test_reading_moves_the_mark(rest: Rest, house: House) -> None:
    room = await house.group("ann")
    (said,) = (await house.says(room, "hi")).body["messages"]
    (before,) = await house.participants(room)
    assert (before["unreadCount"], before.get("lastRead")) == (1, None)
    await rest("POST", f"/conversations/{room}/activity", {"author": ANN, "type": "conversation:read"})
    (after,) = await house.participants(room)
    assert after == {**before, "unreadCount": 0, "lastRead": said["received"]}


@pytest.mark.parametrize("kind", ["typing:start", "typing:stop"])
async def test_a_user_types_on_a_device_only(rest: Rest, house: House, kind: str) -> None:
    room = await house.group("ann")
    refused = await rest("POST", f"/conversations/{room}/activity", {"author": ANN, "type": kind})
    assert (refused.status, refused.title) == (400, "An author of type user may only send conversation:read")


async def test_a_reader_without_a_seat(rest: Rest, house: House) -> None:
    room = await house.group("bob")
    for author, status in ((ANN, 404), ({"type": "user", "userId": await house.user("eve")}, 400)):
        refused = await rest("POST", f"/conversations/{room}/activity", {"author": author, "type": "conversation:read"})
        assert refused.status == status
