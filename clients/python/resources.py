"""The things of the API, one class a kind. Fields go by the API's own names, answers are its own objects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from clients.python.rest import Rest, Upload, segment
from clients.python.wire import Json

BUSINESS: Final[Json] = {"type": "business"}


class Things:
    """What every kind can do. `one` and `many` are the names its answers wrap it in."""

    def __init__(self, rest: Rest, path: str, one: str, many: str) -> None:
        self._rest = rest
        self._path = path
        self._one = one
        self._many = many

    async def create(self, **fields: Any) -> Json:
        """Makes one of these fields."""
        return self._unwrapped(await self._rest.post(self._path, fields))

    async def get(self, name: str) -> Json:
        """The one of this id (for a user, or external id)."""
        return self._unwrapped(await self._rest.get(self._at(name)))

    async def update(self, name: str, **changes: Any) -> Json:
        """Changes the fields given; `None` unsets."""
        return self._unwrapped(await self._rest.patch(self._at(name), changes))

    async def delete(self, name: str) -> None:
        """Deletes it, with all that is in it."""
        await self._rest.delete(self._at(name))

    def all(self, **query: str) -> AsyncIterator[Json]:
        """Every one there is, page after page."""
        return self._rest.pages(self._path, self._many, query)

    def _at(self, name: str, *more: str) -> str:
        return "/".join([self._path, segment(name), *(segment(part) for part in more)])

    def _unwrapped(self, answer: Json) -> Json:
        thing: Json = answer[self._one]
        return thing


class Conversations(Things):
    """The conversations, who is in them and what is said."""

    def __init__(self, rest: Rest, app: str) -> None:
        super().__init__(rest, f"{app}/conversations", "conversation", "conversations")

    def of(self, *, user_id: str | None = None, external_id: str | None = None) -> AsyncIterator[Json]:
        """The conversations of one user, named by either id."""
        query = {"filter[userId]": user_id, "filter[userExternalId]": external_id}
        return self.all(**{name: value for name, value in query.items() if value is not None})

    async def join(self, conversation_id: str, **who: Any) -> Json:
        """Adds a `userId` or `userExternalId`; `subscribeSDKClient` too; returns the participant."""
        answer = await self._rest.post(self._at(conversation_id, "join"), who)
        participant: Json = answer["participant"]
        return participant

    async def leave(self, conversation_id: str, **who: Any) -> None:
        """Removes a `userId`, `userExternalId` or `participantId`."""
        await self._rest.post(self._at(conversation_id, "leave"), who)

    def participants(self, conversation_id: str) -> AsyncIterator[Json]:
        """Who is in it."""
        return self._rest.pages(self._at(conversation_id, "participants"), "participants")

    async def post(self, conversation_id: str, content: str | Json, **fields: Any) -> list[Json]:
        """Says a text or other content, as the business unless an `author` is given; the messages made."""
        said = {"type": "text", "text": content} if isinstance(content, str) else content
        body = {"author": BUSINESS, "content": said, **fields}
        messages: list[Json] = (await self._rest.post(self._at(conversation_id, "messages"), body))["messages"]
        return messages

    def messages(self, conversation_id: str) -> AsyncIterator[Json]:
        """All that was said, the newest first."""
        return self._rest.pages(self._at(conversation_id, "messages"), "messages", back=True)

    async def delete_message(self, conversation_id: str, message_id: str) -> None:
        """Deletes one message."""
        await self._rest.delete(self._at(conversation_id, "messages", message_id))

    async def delete_messages(self, conversation_id: str) -> None:
        """Deletes all that was said, and the count towards the cap with it."""
        await self._rest.delete(self._at(conversation_id, "messages"))

    async def activity(self, conversation_id: str, kind: str, author: Json = BUSINESS) -> None:
        """`conversation:read`, `typing:start` or `typing:stop`, by the business unless told otherwise."""
        await self._rest.post(self._at(conversation_id, "activity"), {"author": author, "type": kind})


class Integrations(Things):
    """The ways in and out of an app."""

    def __init__(self, rest: Rest, app: str) -> None:
        super().__init__(rest, f"{app}/integrations", "integration", "integrations")

    def webhooks(self, integration_id: str) -> Webhooks:
        """The webhooks of one custom integration, or of the caller's own, `me`."""
        return Webhooks(self._rest, self._at(integration_id, "webhooks"))


class Webhooks(Things):
    """Who is told of what happens."""

    def __init__(self, rest: Rest, path: str) -> None:
        super().__init__(rest, path, "webhook", "webhooks")

    async def delivery(self, webhook_id: str) -> Json:
        """How one is called, with the secrets that its calls are signed with, and what waits for it."""
        delivery: Json = (await self._rest.get(self._at(webhook_id, "delivery")))["delivery"]
        return delivery

    async def deliver(self, webhook_id: str, **changes: Any) -> Json:
        """Changes how one is called: `onePerCall`, `standardWebhooks`, `schedule`."""
        delivery: Json = (await self._rest.patch(self._at(webhook_id, "delivery"), changes))["delivery"]
        return delivery


class Attachments:
    """Files, to be shown in messages."""

    def __init__(self, rest: Rest, app: str) -> None:
        self._rest = rest
        self._path = f"{app}/attachments"

    async def upload(self, name: str, content: Upload, *, conversation_id: str | None = None) -> Json:
        """Uploads a file for a message: `{"mediaUrl", "mediaType"}`. It is deleted with the message that shows it."""
        query = {"access": "public", "for": "message"}
        if conversation_id is not None:
            query["conversationId"] = conversation_id
        attachment: Json = (await self._rest.upload(self._path, name, content, query))["attachment"]
        return attachment

    async def remove(self, media_url: str) -> None:
        """Deletes a file that was uploaded."""
        await self._rest.post(f"{self._path}/remove", {"mediaUrl": media_url})
