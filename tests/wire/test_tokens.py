"""Credentials as text, and that what does not prove anything is refused."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gateway.domain import errors
from gateway.domain.access import Claims
from gateway.domain.errors import Refused
from gateway.domain.model import Grant, Key, Scope
from gateway.wire import tokens
from gateway.wire.tokens import Basic, Bearer

SECRET = "s" * 86
KEY = "app_" + "0" * 24


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(payload: Any, secret: str = SECRET, **header: Any) -> str:
    """A JWT of our own making, so that the library under test is not its own witness."""
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': KEY, **header})}.{part(payload)}"
    proof = hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def claims_of(header: str | None) -> Claims:
    """What a header proves, as a caller would be told."""
    shown = tokens.credentials(header)
    assert isinstance(shown, Bearer)
    return tokens.verify(shown.token, SECRET)


def refused(header: str | None) -> None:
    """The header gets no further: neither as credentials, nor when its token is verified."""
    with pytest.raises(Refused) as refusal:
        claims_of(header)
    assert refusal.value.problem == errors.UNAUTHORIZED


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b"app_1:secret", Basic("app_1", "secret")),
        (b"app_1:se:cr:et", Basic("app_1", "se:cr:et")),
        (b"app_1:", Basic("app_1", "")),
        ("ключ:é".encode(), Basic("ключ", "é")),
    ],
)
def test_basic_credentials(text: bytes, shown: Basic) -> None:
    assert tokens.credentials(basic(text)) == shown
    assert tokens.credentials(basic(text).replace("Basic", "basic")) == shown


def test_a_bearer_token_names_its_key() -> None:
    token = signed({"scope": "app"})
    assert tokens.credentials(f"Bearer {token}") == Bearer(token, KEY)
    assert tokens.verify(token, SECRET) == Claims(scope="app")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic !",
        "Basic é",
        "Basic \udcff",
        basic(b"\xff:secret"),
        "Bearer",
        "Bearer ",
        "Bearer a.b",
        "Bearer a.b.c",
        "Bearer é.é.é",
        "Bearer \udcff.a.b",
        f"Digest {SECRET}",
        f"Bearer {SECRET}",
    ],
)
def test_a_header_that_shows_nothing_is_refused(header: str) -> None:
    refused(header)


def test_no_header_is_refused() -> None:
    refused(None)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(f"{part({'alg': 'none', 'kid': KEY})}.{part({'scope': 'app'})}.", id="unsigned"),
        pytest.param(signed({"scope": "app"}, alg="none"), id="says it is unsigned"),
        pytest.param(signed({"scope": "app"}, alg="HS512"), id="another algorithm"),
        pytest.param(signed({"scope": "app"}, alg="RS256"), id="an algorithm of another kind"),
        pytest.param(signed({"scope": "app"}, alg="hs256"), id="an algorithm in small letters"),
        pytest.param(signed({"scope": "app"}, alg=None), id="no algorithm"),
        pytest.param(signed({"scope": "app"}, kid=None), id="no key"),
        pytest.param(signed({"scope": "app"}, kid=7), id="a key that is a number"),
        pytest.param(signed({"scope": "app"}, kid="é"), id="a key that cannot be"),
        pytest.param(signed({"scope": "app"}, "x" * 86), id="another secret"),
        pytest.param(signed({"scope": "app"})[:-4], id="half a signature"),
        pytest.param(signed([1]), id="a payload that is no object"),
        pytest.param(signed("app"), id="a payload that is a string"),
        pytest.param(signed({"scope": "user", "external_id": 7}), id="an external id that is a number"),
        pytest.param(signed({"scope": "user", "external_id": ["ann"]}), id="an external id that is a list"),
        pytest.param(signed({"scope": ["app"]}), id="a scope that is a list"),
        pytest.param(signed({"scope": "app", "exp": "soon"}), id="a time that is a word"),
        pytest.param(signed({"scope": "app"}, crit=["exp"]), id="a header that must be understood and is not"),
    ],
)
def test_a_token_that_proves_nothing_is_refused(token: str) -> None:
    refused(f"Bearer {token}")


@pytest.mark.parametrize("place", range(3))
def test_a_token_changed_anywhere_is_refused(place: int) -> None:
    parts = signed({"scope": "user", "external_id": "ann"}).split(".")
    parts[place] = parts[place][:-2] + ("AA" if parts[place][-2:] != "AA" else "BB")
    refused("Bearer " + ".".join(parts))


def test_what_a_token_claims() -> None:
    token = signed({"scope": "user", "external_id": "ann", "exp": 1_700_000_000, "more": {"a": 1}})
    assert tokens.verify(token, SECRET) == Claims(scope="user", external_id="ann", expires_at=1_700_000_000)


def test_the_time_is_left_to_who_has_a_clock() -> None:
    """An expired token is not refused here: this floor has no clock."""
    assert tokens.verify(signed({"exp": 0, "nbf": 1e12, "iat": 1e12, "aud": "x"}), SECRET).expires_at == 0


def test_our_own_tokens_are_verified() -> None:
    token = tokens.sign(KEY, SECRET, {"scope": "user", "external_id": "ann"})
    assert tokens.bearer(token).key_id == KEY
    assert tokens.verify(token, SECRET).external_id == "ann"


@given(st.text())
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    for header in (text, f"Basic {text}", f"Bearer {text}", f"Bearer {part({'alg': 'HS256', 'kid': 'k'})}.{text}"):
        with contextlib.suppress(Refused):
            tokens.credentials(header)


def test_of_a_session_token_a_digest_is_kept() -> None:
    kept = tokens.digest("token")
    assert kept != tokens.digest("token ")
    assert len(kept) == 64
    assert "token" not in kept


@pytest.mark.parametrize(
    "shown", [basic(f"\xff{SECRET}".encode("latin-1")), f"Bearer {signed({'scope': SECRET}, alg='none')}", SECRET]
)
def test_a_refusal_says_nothing_of_what_was_shown(shown: str) -> None:
    with pytest.raises(Refused) as refusal:
        tokens.credentials(shown)
    said = repr(refusal.value) + "".join(traceback.format_exception(refusal.value))
    assert SECRET not in said
    assert shown.split()[-1] not in said


# Authorization codes


def _granted() -> tuple[Key, Grant]:
    key = Key(id="app_1", secret="s" * 86, display_name="x", scope=Scope.APP)
    grant = Grant(id="g", partner_id="p", app_id="a", redirect_uri="https://example.org/?ü", until=1_700_000_120_000)
    return key, grant


def test_a_code_says_what_was_granted_and_by_which_key() -> None:
    key, grant = _granted()
    code = tokens.code(key, grant)
    assert tokens.bearer(code).key_id == key.id
    assert tokens.grant(code, key) == grant
    assert re.fullmatch(r"[\w.-]+", code)


def test_a_code_is_no_token_and_a_token_no_code() -> None:
    key, grant = _granted()
    assert tokens.verify(tokens.code(key, grant), key.secret).scope == "code"
    said = {"aud": "p", "app_id": "a", "redirect_uri": "u", "exp": 1, "jti": "g"}
    assert tokens.grant(tokens.sign(key.id, key.secret, {**said, "scope": "code"}), key).id == "g"
    for wrong in ({**said, "scope": "app"}, said, {"scope": "code"}, {**said, "scope": "code", "exp": []}):
        with pytest.raises(Refused):
            tokens.grant(tokens.sign(key.id, key.secret, wrong), key)
    with pytest.raises(Refused):
        tokens.grant(tokens.code(structs.replace(key, secret="t" * 86), grant), key)
