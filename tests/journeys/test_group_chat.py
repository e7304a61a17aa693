"""People in a group hear each other at once, in one order."""

from tests.house_under_test import House
from tests.receiver import Receiver


async def test_everybody_hears_a_message_with_one_seq(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    sent = await ann.ask(
        "message:send", conversationId=room, content={"type": "text", "text": "hi"}, clientMessageId="m1"
    )
    heard = await bob.event("conversation:message")
    own = await ann.event("conversation:message")
    assert heard["seq"] == own["seq"] == sent["result"]["seq"]
    assert own["clientMessageId"] == "m1"
    assert heard["event"]["payload"]["message"]["author"]["displayName"] == "Ann"


async def test_the_webhook_hears_it_too(house: House, receiver: Receiver) -> None:
    integration = await house.webhook(receiver.url)
    room = await house.group("ann")
    await house.says(room, "welcome")
    (event,) = await receiver.until(lambda: receiver.heard("conversation:message"))
    assert event["payload"]["message"]["content"] == {"type": "text", "text": "welcome"}
    assert receiver.keys[-1] == integration["webhooks"][0]["secret"]
