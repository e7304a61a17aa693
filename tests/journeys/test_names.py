"""Whatever a user does in a conversation, by whichever door, is done under a name."""

from typing import Any

import pytest

from gateway.domain.animals import animal_name
from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver

FORM: Json = {"type": "form", "fields": [{"type": "text", "name": "n", "label": "l"}]}
BUTTONS: list[Json] = [
    {"type": "reply", "text": "Red", "payload": "RED"},
    {"type": "postback", "text": "More", "payload": "MORE"},
]


class Story:
    """Somebody in a conversation of two, of whom all is told to a webhook."""

    def __init__(self, house: House, receiver: Receiver, room: str, user: str) -> None:
        self.house = house
        self.receiver = receiver
        self.room = room
        self.user = user
        self._heard = 0

    async def business(self, **content: Any) -> Json:
        body = {"author": {"type": "business"}, "content": content}
        posted = await self.house.rest("POST", f"/conversations/{self.room}/messages", body)
        return dict(posted.body["messages"][0])

    async def over_rest(self, kind: str, **author: Any) -> None:
        """The user says something, or reads, over REST."""
        body: Json = {"author": {"type": "user", "userId": self.user, **author}}
        said = {"content": {"type": "text", "text": "hi"}} if kind == "messages" else {"type": "conversation:read"}
        done = await self.house.rest("POST", f"/conversations/{self.room}/{kind}", {**body, **said})
        assert done.status in (200, 201), done

    async def by_device(self, device: Device) -> None:
        """All that a device can do: say, press, echo, fill in, type and read."""
        actions = (await self.business(type="text", text="So?", actions=BUTTONS))["content"]["actions"]
        form = await self.business(**FORM)
        await device.ask("conversation:read", conversationId=self.room)
        await device.ask("typing:start", conversationId=self.room)
        await device.sends(self.room, "hi")
        for action in actions:
            await device.ask("postback", conversationId=self.room, actionId=action["id"])
        answer = {"type": "text", "name": "n", "label": "l", "text": "t", "quotedMessageId": form["id"]}
        content = {"type": "formResponse", "fields": [answer]}
        assert (await device.ask("message:send", conversationId=self.room, content=content))["type"] == "ok"

    async def names(self) -> list[str | None]:
        """Under which names the user was told to have done what was not heard of before."""
        await self.house.mirrored()
        told = [it["payload"] for it in self.receiver.events[self._heard :]]
        self._heard += len(told)
        authors = [(it.get("activity") or it["message"])["author"] for it in told]
        return [it.get("displayName") for it in authors if it["type"] == "user"]


@pytest.fixture
async def story(house: House, receiver: Receiver) -> Story:
    """Of a user with an external id, but no name."""
    await house.rest("PATCH", "", {"settings": {"echoPostback": True}})
    await house.webhook(receiver.url, "conversation:message", "conversation:typing", "conversation:read")
    user = (await house.rest("POST", "/users", {"externalId": "usr_AB23A"})).body["user"]["id"]
    body = {"type": "personal", "participants": [{"userId": user}]}
    room = (await house.rest("POST", "/conversations", body)).body["conversation"]["id"]
    return Story(house, receiver, room, user)


async def test_by_a_device_of_an_identified_user(story: Story) -> None:
    await story.by_device(await story.house.device("usr_AB23A", integration="ios"))
    assert set(names := await story.names()) == {"iOS User usr_AB23A"}
    assert len(names) >= 6


async def test_by_a_device_of_an_anonymous_user_who_opens_the_conversation(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message", "conversation:typing", "conversation:read")
    device = await house.device(integration="android")
    user = device.welcome["user"]["id"]
    words = [{"type": "text", "text": "Hello?"}]
    opened = await device.ask("conversation:create", messages=words)
    story = Story(house, receiver, opened["result"]["conversation"]["id"], user)
    assert await story.names() == [f"Android User {user}"]
    await story.by_device(device)
    assert set(await story.names()) == {f"Android User {user}"}


async def test_over_rest_by_the_device_seen_last_or_by_id_alone(story: Story) -> None:
    await story.over_rest("messages")
    await story.business(type="text", text="hi")
    await story.over_rest("activity")
    assert await story.names() == [f"User {story.user}"] * 2
    await story.house.device("usr_AB23A", integration="web")
    await story.over_rest("messages")
    assert await story.names() == ["Web User usr_AB23A"]


async def test_a_name_that_is_given_wins(story: Story) -> None:
    await story.house.rest("PATCH", f"/users/{story.user}", {"profile": {"givenName": "John", "surname": "Johnson"}})
    await story.business(type="text", text="hi")
    await story.over_rest("activity", displayName="Zed")
    await story.over_rest("messages", displayName="Zed")
    await story.over_rest("messages")
    assert await story.names() == ["Zed", "Zed", "John Johnson"]


async def test_animals_keep_their_names(story: Story) -> None:
    await story.house.rest("PATCH", "", {"settings": {"useAnimalNames": True}})
    await story.by_device(await story.house.device("usr_AB23A"))
    await story.over_rest("messages")
    assert set(await story.names()) == {animal_name(story.user)}
    await story.house.rest("PATCH", f"/users/{story.user}", {"profile": {"surname": "Johnson"}})
    await story.over_rest("messages")
    assert await story.names() == ["Johnson"]


async def test_over_v1_too(story: Story) -> None:
    said = {"role": "appUser", "type": "text", "text": "hi"}
    path = "/appusers/usr_AB23A/messages"
    assert (await story.house.v1("POST", path, said)).body["message"]["name"] == f"User {story.user}"
    await story.house.device("usr_AB23A", integration="ios")
    assert (await story.house.v1("POST", path, said)).body["message"]["name"] == "iOS User usr_AB23A"
    assert (await story.house.v1("POST", path, {**said, "name": "Zed"})).body["message"]["name"] == "Zed"
    assert await story.names() == [f"User {story.user}", "iOS User usr_AB23A", "Zed"]
