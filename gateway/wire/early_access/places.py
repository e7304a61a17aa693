"""Where things stand in what REST answers and webhooks are told."""

from collections.abc import Iterator

from gateway.wire.v2 import Json

INTEGRATION_KEY = "int_"  # what the id of a custom integration's key begins with


def shown(body: Json, one: str, many: str) -> Iterator[Json]:
    """What is shown alone, or in a list."""
    if one in body:
        yield body[one]
    yield from body.get(many, ())


def authors(body: Json) -> Iterator[Json]:
    """Of messages, those that are quoted or shown as history too, and of activities."""
    for message in (*shown(body, "message", "messages"), *body.get("messageHistory", ())):
        yield from _authors(message)
    if "activity" in body:
        yield body["activity"]["author"]


def _authors(message: Json) -> Iterator[Json]:
    if "author" in message:  # a message that was delivered is shown by its id alone
        yield message["author"]
    if "quotedMessage" in message:
        yield from _authors(message["quotedMessage"]["message"])


def users(payload: Json) -> Iterator[Json]:
    """Everybody whom an event tells of."""
    if "user" in payload:
        yield payload["user"]
    yield from (author["user"] for author in authors(payload) if "user" in author)
    yield from payload.get("mergedUsers", {}).values()


def custom_integrations(body: Json) -> Iterator[Json]:
    return (it for it in shown(body, "integration", "integrations") if it.get("webhooks"))


def integration_keys(body: Json) -> Iterator[Json]:
    return (it for it in shown(body, "key", "keys") if it["id"].startswith(INTEGRATION_KEY))
