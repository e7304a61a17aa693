"""Both ways of speaking, as values: only additions, nobody's own words touched, and no body that breaks it."""

from contextlib import suppress
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.errors import Refused
from gateway.domain.model import App, AppSettings, Integration, Office
from gateway.wire.early_access import NOW, TABLE, Asked, manner
from gateway.wire.json import encode
from gateway.wire.webhook_v2 import envelope
from tests.documented import FORMER, without_former
from tests.wire.test_webhook_v2 import FULL, TOLD, Json

CUSTOM: Final = Integration(id="i" * 24, type="custom", webhooks=(structs.replace(FULL, id="f" * 24),))
OFFICE: Final = Office(
    app=App(id="a", display_name="app", settings=AppSettings(early_access_compatibility=True)), integrations=(CUSTOM,)
)
LATER: Final = structs.replace(OFFICE, app=App(id="a", display_name="app"))
BOTH: Final = manner(OFFICE)
OPERATIONS: Final = sorted({name for row in TABLE for name in row.asks})
PARTS: Final = {"integrationId": CUSTOM.id}

ANN: Final = {"id": "1" * 24, "profile": {"givenName": "Ann", "locale": "en"}, "metadata": {"name": "x"}}
BOB: Final = {"id": "2" * 24, "profile": {}}


def written(operation: str, body: Any) -> Any:
    """A body as it is written now."""
    return orjson.loads(BOTH.asked(Asked(operation, PARTS), encode(body)))


def called(payload: Json) -> Json:
    """An event's payload as a webhook is told it."""
    told = {"webhook": {"id": FULL.id}, "events": [{"payload": payload}]}
    return dict(BOTH.called(told, FULL)["events"][0]["payload"])


def test_a_merge_is_told_both_ways() -> None:
    rooms = {"surviving": {"id": "3" * 24}, "discarded": {"id": "4" * 24}}
    merge: Json = {"mergedUsers": {"surviving": ANN, "discarded": BOB}, "mergedConversations": rooms, "reason": "api"}
    told = called(merge)
    ann = {**ANN, "givenName": "Ann"}
    assert told == {
        **merge,
        "mergedUsers": {"surviving": ann, "discarded": BOB},
        "surviving": ann,
        "discarded": BOB,
        "discardedConversationId": "4" * 24,
    }
    alone = called({"mergedUsers": {"surviving": ANN, "discarded": BOB}})
    assert "discardedConversationId" not in alone
    assert ANN.keys() == {"id", "profile", "metadata"}, "what was rendered is left as it was"


@pytest.mark.parametrize("event", TOLD, ids=lambda event: type(event).__name__)
def test_an_event_is_told_as_now_and_more(event: ev.Event) -> None:
    (now,), (both,) = (orjson.loads(envelope(it, FULL, [event]))["events"] for it in (LATER, OFFICE))
    assert without_former_users(without_former(both, "event")) == now


def without_former_users(said: Any) -> Any:
    """Without what users had at the root."""
    if isinstance(said, list):
        return [without_former_users(it) for it in said]
    if not isinstance(said, dict):
        return said
    own = {"givenName", "surname", "email", "avatarUrl"} if {"profile", "authenticated"} <= said.keys() else set()
    return {name: without_former_users(it) for name, it in said.items() if name not in own}


def test_quotes_and_what_was_said_before_have_authors_too() -> None:
    quoted = {"author": {"type": "user", "displayName": "Ann"}}
    message = {"author": {"type": "business"}, "quotedMessage": {"type": "message", "message": quoted}}
    told = called({"messageHistory": [message]})["messageHistory"][0]
    assert told["author"] == {"type": "business", "role": "appMaker"}
    inside = told["quotedMessage"]["message"]["author"]
    assert inside == {"type": "user", "role": "appUser", "displayName": "Ann", "name": "Ann"}


def test_nobodys_own_words_are_touched() -> None:
    own = {"name": "x", "role": "y", "webhook": "z", "error": "e", "appMakerLastRead": "t"}
    body = {"conversation": {"id": "1", "metadata": own}, "user": {"profile": {}, "metadata": own}}
    assert BOTH.answered(body, {}) == body
    assert {it for names in FORMER.values() for it in names} > own.keys()


def test_now_is_left_as_it_is() -> None:
    body: Json = {"errors": [{"code": "not_found", "title": "No"}]}
    assert NOW.answered(body, {"limit": "1"}) is body
    assert NOW.called(body, FULL) is body
    raw = b'{"name": "x"}'
    assert NOW.asked(Asked("createCustomIntegrationKey", PARTS), raw) is raw
    assert NOW.formerly(raw) == b"{}"
    assert manner(LATER) is NOW


@pytest.mark.parametrize(
    ("operation", "before", "now"),
    [
        ("postMessage", {"author": {"role": "appMaker"}}, {"author": {"type": "business"}, "captions": True}),
        ("postActivity", {"author": {"role": "appUser"}}, {"author": {"type": "user"}}),
        ("postActivity", {"author": {"role": "business", "name": None}}, None),
        ("postActivity", {"author": {"role": "appUser", "type": "user"}}, {"author": {"type": "user"}}),
        ("updateUser", {"email": None, "profile": None}, {"profile": {"email": None}}),
        ("updateUser", {"email": "a@b.c", "profile": {"email": "a@b.c"}}, {"profile": {"email": "a@b.c"}}),
        ("createIntegration", {"webhook": None}, {"webhook": None}),
        ("updateIntegration", {"webhook": {"id": "i" * 24, "target": FULL.target}}, {"webhook": {}}),
        ("updateIntegration", {"webhooks": [{"id": "f" * 24, "includeFullUser": False}]}, None),
        ("updateConversation", {"description": "", "displayName": None}, {"description": None, "displayName": None}),
        (
            "createClient",
            {"confirmation": {"message": {"author": {"role": "appMaker"}}}},
            {"confirmation": {"message": {"author": {"type": "business"}}}},
        ),
    ],
)
def test_what_was_written_is_put_as_it_is_written_now(operation: str, before: Json, now: Json | None) -> None:
    expected = (
        now
        or {
            "postActivity": {"author": {"type": "business", "displayName": None}},
            "updateIntegration": {"webhook": {"includeFullUser": False}},
        }[operation]
    )
    assert written(operation, before) == expected


@pytest.mark.parametrize(
    ("operation", "body", "named"),
    [
        ("postMessage", {"author": {"role": "appUser", "type": "business"}}, "author.role and author.type"),
        ("postActivity", {"author": {"name": "A", "displayName": "B"}}, "author.name and author.displayName"),
        ("createUser", {"surname": "A", "profile": {"surname": "B"}}, "surname and profile.surname"),
        ("createCustomIntegrationKey", {"name": "A", "displayName": "B"}, "name and displayName"),
        ("createIntegration", {"webhook": {}, "webhooks": []}, "webhook and webhooks"),
        ("updateIntegration", {"webhook": {"id": "other"}}, "webhook.id"),
        ("updateIntegration", {"webhook": {"version": "v1"}}, "webhook.version"),
    ],
)
def test_what_is_said_twice_says_the_same(operation: str, body: Json, named: str) -> None:
    with pytest.raises(Refused, match=named.replace(".", r"\.")) as refused:
        written(operation, body)
    assert refused.value.problem.status == 400


NAMES: Final = ["author", "role", "type", "name", "displayName", "profile", "email", "webhook", "webhooks", "target"]
ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "appUser", "appMaker", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(operation=st.sampled_from(OPERATIONS), body=ANYTHING)
def test_no_body_breaks_it(operation: str, body: Any) -> None:
    """What is not as it should be goes on to whoever refuses it in a sentence."""
    with suppress(Refused):
        written(operation, body)
