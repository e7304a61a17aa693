"""The business: reads what people write to it in person, shows that it types, and answers."""

import asyncio
from collections import Counter
from typing import Any, Final

import structlog
from aiohttp import ClientError

from gateway.edge.demo import script
from gateway.edge.demo.rest import Declined, Rest
from gateway.edge.demo.stage import Stage

Json = dict[str, Any]

READS_AFTER_S: Final = 0.5
TYPES_FOR_S: Final = 1.2

log = structlog.get_logger()


async def tend(stage: Stage) -> None:
    """Answer what comes in, for ever; conversations do not wait for each other."""
    scene = await stage.scene()
    answered: Counter[str] = Counter()
    async with scene.rest() as rest, asyncio.TaskGroup() as answers:
        while True:
            event = await stage.letters.get()
            said = answer(event, answered)
            if said is not None:
                answers.create_task(_say(rest, event["payload"]["conversation"]["id"], said))


def answer(event: Json, answered: Counter[str]) -> Json | None:
    """What to say to an event, if anything; counts the small talk that each conversation has had."""
    payload = event["payload"]
    if event["type"] == "conversation:postback":
        return script.booked(payload["postback"]["payload"])
    if event["type"] != "conversation:message" or payload["conversation"]["type"] != "personal":
        return None
    message = payload["message"]
    if message["author"]["type"] != "user":
        return None
    if message["content"]["type"] == "formResponse":
        return script.THANKS
    chosen = message["content"].get("payload")
    if chosen in script.ANSWERS:
        return script.ANSWERS[chosen]
    conversation_id = payload["conversation"]["id"]
    answered[conversation_id] += 1
    return script.SMALL_TALK[(answered[conversation_id] - 1) % len(script.SMALL_TALK)]


async def _say(rest: Rest, conversation_id: str, content: Json) -> None:
    try:
        await asyncio.sleep(READS_AFTER_S)
        await rest.act(conversation_id, script.SHOP, "conversation:read")
        await rest.act(conversation_id, script.SHOP, "typing:start")
        await asyncio.sleep(TYPES_FOR_S)
        await rest.say(conversation_id, script.SHOP, content)
    except (Declined, ClientError, TimeoutError) as error:
        log.warning("demo_answer_failed", conversation_id=conversation_id, error=str(error))
