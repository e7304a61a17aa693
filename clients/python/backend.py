"""The server side of a business: its key, and what it opens."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from clients.python.credentials import user_token
from clients.python.resources import Attachments, Conversations, Integrations, Things
from clients.python.rest import Rest


class Backend:
    """REST v2 under one key, for as long as its `async with` block lasts.

    `apps` and `keys` need an account key; `users` go by id or external id, and `integrations` have
    `webhooks`. All but `apps` is of the app `app_id`. What is refused raises `ApiError`. Lists are async
    iterators that turn the pages themselves::

        async with Backend(url, key_id, secret, app_id=app_id) as backend:
            ann = await backend.users.create(externalId="ann")
            async for conversation in backend.conversations.of(user_id=ann["id"]):
                await backend.conversations.post(conversation["id"], "hello")
    """

    def __init__(self, url: str, key_id: str, secret: str, *, app_id: str = "") -> None:
        """The gateway at `url`, such as `https://chat.example.com/sc`."""
        self._rest = Rest(url, key_id, secret)
        self._key = key_id, secret
        app = f"apps/{app_id}"
        self.apps = Things(self._rest, "apps", "app", "apps")
        self.keys = Things(self._rest, f"{app}/keys", "key", "keys")
        self.users = Things(self._rest, f"{app}/users", "user", "users")
        self.attachments = Attachments(self._rest, app)
        self.conversations = Conversations(self._rest, app)
        self.integrations = Integrations(self._rest, app)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._rest.close()

    def user_token(self, external_id: str, **claims: object) -> str:
        """A JWT that lets a device log in as this user; give `exp` (epoch seconds) to let it expire."""
        key_id, secret = self._key
        return user_token(key_id, secret, external_id, **claims)
