"""Credentials as text: Basic and Bearer headers, JWTs, session tokens."""

import base64
import binascii
import hashlib
from functools import lru_cache
from typing import Any, Final, Literal

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import structs

from gateway.domain import errors, limits
from gateway.domain.access import Claims
from gateway.domain.errors import Refused
from gateway.domain.model import AuthCode, Grant, Key
from gateway.domain.value import Value
from gateway.wire.json import shape

ALGORITHMS: Final = ["HS256"]
AUTH_CODE: Final = "ac_"  # what auth codes begin with


class Basic(Value):
    key_id: str
    secret: str


class Bearer(Value):
    """A JWT; `key_id` is what its header names and is not verified yet."""

    token: str
    key_id: str


def credentials(header: str | None) -> Basic | Bearer:
    """What an Authorization header shows; raises `Refused` (401)."""
    kind, _, value = (header or "").partition(" ")
    if kind.lower() == "basic":
        return _basic(value.strip())
    if kind.lower() == "bearer":
        return bearer(value.strip())
    raise Refused(errors.UNAUTHORIZED)


def _basic(value: str) -> Basic:
    try:
        key_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refused(errors.UNAUTHORIZED) from None
    return Basic(key_id, secret)


def bearer(token: str) -> Bearer:
    """The token and the key it names; raises `Refused` (401)."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise Refused(errors.UNAUTHORIZED) from None
    key_id = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str) or not key_id.isascii():
        raise Refused(errors.UNAUTHORIZED)
    return Bearer(token, key_id)


def verify(token: str, secret: str) -> Claims:
    """The claims of a token signed with `secret`; its time is not looked at. Raises `Refused` (401)."""
    return _claims(_verified(token, secret))


def _verified(token: str, secret: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, _key(secret), algorithms=ALGORITHMS).claims
    except (JoseError, ValueError):
        raise Refused(errors.UNAUTHORIZED) from None


@lru_cache(maxsize=1_024)
def _key(secret: str) -> OctKey:
    return OctKey.import_key(secret)


def _claims(said: dict[str, Any]) -> Claims:
    """An `external_id`, which v1.1 calls `userId`, must be a JSON string: a number is refused, not turned into one."""
    external_id = said.get("userId" if said.get("scope") == "appUser" else "external_id")
    if not isinstance(external_id, str | None):
        raise Refused(errors.UNAUTHORIZED)
    known = {"scope": said.get("scope"), "external_id": external_id, "expires_at": said.get("exp")}
    try:
        claims = shape(known, Claims)
    except Refused:
        raise Refused(errors.UNAUTHORIZED) from None
    email = said.get("email") if said.get("email_verified") is True else None
    return structs.replace(claims, email=_words(email), name=_words(said.get("name")))


def _words(said: object) -> str | None:
    """A claim that may be left out: one that is no use is let pass, so that nobody stays outside for it."""
    words = said.strip() if isinstance(said, str) else ""
    return words if 1 <= len(words) <= limits.PROFILE and "\0" not in words else None


def sign(key_id: str, secret: str, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": key_id}, claims, _key(secret))


def of_key(key: Key, now_ms: int) -> str:
    """A token that opens what the key opens, as long as there is the key."""
    return sign(key.id, key.secret, {"scope": key.claim, "iat": now_ms // 1000})


class _Code(Value, kw_only=True):
    """An authorization code's claims. Its scope opens nothing: a code is no token."""

    scope: Literal["code"]
    jti: str
    aud: str
    app_id: str
    redirect_uri: str
    exp: int


def code(key: Key, grant: Grant) -> str:
    """A grant as text, signed with the key of whoever gives it. It is written to the second."""
    said = _Code(
        scope="code",
        jti=grant.id,
        aud=grant.partner_id,
        app_id=grant.app_id,
        redirect_uri=grant.redirect_uri,
        exp=grant.until // 1000,
    )
    return sign(key.id, key.secret, structs.asdict(said))


def grant(code: str, key: Key) -> Grant:
    """What a code signed with `key` says; its time is not looked at. Raises `Refused`."""
    said = shape(_verified(code, key.secret), _Code)
    return Grant(
        id=said.jti,
        partner_id=said.aud,
        app_id=said.app_id,
        redirect_uri=said.redirect_uri,
        until=said.exp * 1000,
    )


class _AuthCode(Value, kw_only=True):
    """An auth code's claims. Its scope opens nothing but the device socket."""

    scope: Literal["authCode"]
    app_id: str
    user_id: str
    exp: int


def auth_code(key: Key, it: AuthCode) -> str:
    """The code as text, signed with a key of the app. It is written to the second."""
    said = _AuthCode(scope="authCode", app_id=it.app_id, user_id=it.user_id, exp=it.until // 1000)
    return AUTH_CODE + sign(key.id, key.secret, structs.asdict(said))


def auth_code_key(code: str) -> str:
    """The key that an auth code names; nothing is verified yet. Raises `Refused` (401)."""
    return bearer(code.removeprefix(AUTH_CODE)).key_id


def read_auth_code(code: str, key: Key) -> AuthCode:
    """What an auth code signed with `key` says; its time is not looked at. Raises `Refused`."""
    said = shape(_verified(code.removeprefix(AUTH_CODE), key.secret), _AuthCode)
    return AuthCode(app_id=said.app_id, user_id=said.user_id, until=said.exp * 1000)


def digest(token: str) -> str:
    """What is kept of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()
