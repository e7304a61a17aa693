"""Who a device says it is."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from joserfc import jwt as jose
from joserfc.jwk import OctKey

from clients.python.wire import Json

Renewal: TypeAlias = Callable[[], Awaitable[str | None]]
"""Gives a fresh JWT when the old one was refused, or `None` to give up."""


class Session(NamedTuple):
    """What lets an anonymous user come back: keep both."""

    user_id: str
    token: str


@dataclass(slots=True)
class Credentials:
    """A token, an anonymous session, both (a login), or neither (a new anonymous user)."""

    jwt: str | None = None
    session: Session | None = None
    on_refusal: Renewal | None = None

    def auth(self) -> Json:
        """The `auth` of a hello; empty for a new anonymous user."""
        said: Json = {}
        if self.jwt is not None:
            said["jwt"] = self.jwt
        if self.session is not None:
            said["userId"], said["sessionToken"] = self.session
        return said

    def authorization(self) -> str:
        """The header of a request beside the socket. An anonymous user has a session once they were welcomed."""
        if self.jwt is not None:
            return f"Bearer {self.jwt}"
        assert self.session is not None
        return "Basic " + b64encode(f"{self.session.user_id}:{self.session.token}".encode()).decode()

    def learn(self, answer: Json) -> None:
        """Takes over what a welcome or a login said: a session for the anonymous, none for the identified."""
        token = answer.get("sessionToken")
        if token is not None:
            self.session = Session(answer["user"]["id"], token)
        elif self.jwt is not None:
            self.session = None

    def merged(self, user: Json, token: str | None) -> None:
        """The user is part of another one from here on; an anonymous one is handed a session of theirs."""
        if token is not None:
            self.session = Session(user["id"], token)

    async def renew(self) -> bool:
        """Asks the program for a fresh token; whether it gave one."""
        fresh = await self.on_refusal() if self.on_refusal is not None else None
        self.jwt = fresh or self.jwt
        return fresh is not None


def user_token(key_id: str, secret: str, external_id: str, **claims: object) -> str:
    """A JWT that logs `external_id` in, signed with an app key; `exp` may be among the claims."""
    payload = {"scope": "user", "external_id": external_id, **claims}
    return jose.encode({"alg": "HS256", "kid": key_id}, payload, OctKey.import_key(secret))
