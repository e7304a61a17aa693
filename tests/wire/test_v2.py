"""The REST v2 objects: what they say, and that a field without a value is left out."""

from typing import Any, Final

import orjson
import pytest
from msgspec import structs

from gateway.domain.content import Reference, Text
from gateway.domain.message import Message
from gateway.domain.model import (
    API,
    App,
    AppSettings,
    Association,
    Author,
    Client,
    Conversation,
    Device,
    Integration,
    Key,
    Kind,
    Participant,
    Person,
    Profile,
    Room,
    Scope,
    Source,
    User,
    Webhook,
)
from gateway.domain.views import Guest
from gateway.wire import v2
from gateway.wire.json import encode

Json = dict[str, Any]

T0: Final = "2023-11-14T22:13:20.000Z"
AT: Final = 1_700_000_000_000
USER: Final = User(id="u", app_id="a")
ROOM: Final = Conversation(id="c", app_id="a", type=Kind.GROUP, created_at=AT, last_updated_at=AT)
MESSAGE: Final = Message(
    id="m", seq=7, received=AT, author=Author(type="business"), content=Text(text="hi"), source=API
)
DEVICE: Final = Device(id="d", guid="g", platform="web", integration_id="i", last_seen=AT)
HOOK: Final = Webhook(id="h", integration_id="i", target="https://example.org", triggers=("user:remove",), secret="s")


def written(shown: Json) -> Json:
    """An object as a reader of the API finds it."""
    read: Json = orjson.loads(encode(shown))
    return read


def test_a_user_says_only_what_is_known() -> None:
    assert written(v2.user(USER)) == {
        "id": "u",
        "authenticated": False,
        "toBeRetained": False,
        "profile": {},
        "metadata": {},
        "identities": [],
    }
    known = structs.replace(
        USER,
        external_id="e",
        authenticated=True,
        signed_up_at=AT,
        profile=Profile(given_name="Ann", avatar_url="https://example.org/a.png"),
        metadata={"n": 1},
        session_hashes=("hash",),
        default_conversation_id="c",
        conversations=3,
    )
    assert written(v2.user(known)) == {
        "id": "u",
        "authenticated": True,
        "externalId": "e",
        "signedUpAt": T0,
        "toBeRetained": False,
        "profile": {"givenName": "Ann", "avatarUrl": "https://example.org/a.png"},
        "metadata": {"n": 1},
        "identities": [],
    }
    assert v2.short_user(known) == {"id": "u", "authenticated": True, "externalId": "e"}


def test_a_conversation_says_only_what_is_known() -> None:
    bare = {"id": "c", "type": "sdkGroup", "isDefault": False, "lastUpdatedAt": T0, "createdAt": T0}
    assert written(v2.conversation(ROOM)) == bare
    known = structs.replace(
        ROOM, display_name="Crew", description="d", icon_url="i", metadata={"n": 1}, business_last_read=AT
    )
    assert written(v2.conversation(known)) == {
        **bare,
        "displayName": "Crew",
        "description": "d",
        "iconUrl": "i",
        "metadata": {"n": 1},
        "businessLastRead": T0,
    }
    assert v2.short_conversation(ROOM) == {"id": "c", "type": "sdkGroup"}
    assert v2.short_conversation(known) == {"id": "c", "type": "sdkGroup", "metadata": {"n": 1}}


def test_a_participant_counts_what_is_unread() -> None:
    room = Room(structs.replace(ROOM, posted=5, cleared=2))
    seat = Participant(id="p", user_id="u", read=1)
    shown = v2.participant(room, seat, USER)
    assert shown == {"id": "p", "userId": "u", "unreadCount": 3, "clientAssociations": []}
    read = structs.replace(seat, read=4, last_read=AT)
    person = Person(user=structs.replace(USER, external_id="e"), client=Client(id="k", linked_at=AT))
    assert v2.seat(room, read, person) == {
        "id": "p",
        "userId": "u",
        "userExternalId": "e",
        "unreadCount": 1,
        "lastRead": T0,
        "clientAssociations": [{"type": "sdk", "clientId": "k"}],
    }


def test_devices_are_told_what_a_participant_is_called() -> None:
    seat = Participant(id="p", user_id="u")
    ann = structs.replace(USER, profile=Profile(given_name="Ann"))
    named = v2.named_guests(Room(ROOM), [Guest(seat, ann), Guest(seat, USER, (Association("u", "k"),))])
    plain = v2.guests(Room(ROOM), [Guest(seat, ann), Guest(seat, USER, (Association("u", "k"),))])
    assert [it.get("displayName") for it in named] == ["Ann", None]
    assert [{**it, "displayName": "Ann"} if it in plain[:1] else it for it in plain] == named


def test_a_message_says_only_what_is_known() -> None:
    bare = {
        "id": "m",
        "received": T0,
        "author": {"type": "business", "avatarUrl": v2.NO_AVATAR},
        "content": {"type": "text", "text": "hi"},
        "source": {"type": "api:conversations"},
    }
    assert written(v2.message(MESSAGE)) == bare
    more = structs.replace(
        MESSAGE,
        metadata={"n": 1},
        references=(Reference(uri="https://example.org"),),
        source=Source(type="web", integration_id="i"),
        client_message_id="mine",
    )
    assert written(v2.message(more)) == {
        **bare,
        "metadata": {"n": 1},
        "references": [{"uri": "https://example.org"}],
        "source": {"type": "web", "integrationId": "i"},
    }


def test_a_deleted_message_says_that_it_is() -> None:
    gone = structs.replace(MESSAGE, content=None, metadata={"n": 1})
    assert written(v2.message(gone)) == {
        "id": "m",
        "received": T0,
        "author": {"type": "business", "avatarUrl": v2.NO_AVATAR},
        "deleted": True,
        "source": {"type": "api:conversations"},
    }


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        (Author(type="user", user_id="u"), {"type": "user", "userId": "u"}),
        (
            Author(type="user", user_id="u", display_name="Ann", avatar_url="a"),
            {"type": "user", "userId": "u", "displayName": "Ann", "avatarUrl": "a"},
        ),
        (
            Author(type="business", display_name="Shop", avatar_url="a", subtypes=("AI",)),
            {"type": "business", "displayName": "Shop", "avatarUrl": "a", "subtypes": ("AI",)},
        ),
    ],
)
def test_an_author(author: Author, shown: Json) -> None:
    assert v2.author(author) == shown


def test_clients_and_devices() -> None:
    assert v2.client(Client(id="k", linked_at=AT)) == {"id": "k", "type": "sdk", "status": "active", "linkedAt": T0}
    bare = {"id": "d", "type": "web", "guid": "g", "status": "active", "integrationId": "i", "lastSeen": T0, "info": {}}
    assert v2.device(DEVICE, None) == bare
    known = structs.replace(DEVICE, push_token="t", app_version="1", info={"os": "x"}, state="background")
    more = {"clientId": "k", "pushNotificationToken": "t", "appVersion": "1", "info": {"os": "x"}}
    assert v2.device(known, "k") == {**bare, **more}


def test_integrations_show_the_fields_of_their_type() -> None:
    line = Integration(id="i", type="line", fields={"channelId": "5", "channelSecret": "s"})
    shown = {"id": "i", "type": "line", "status": "active", "channelId": "5", "showAIDisclaimer": True}
    assert v2.integration(line, None) == shown
    custom = Integration(id="i", type="custom", display_name="Bot", webhooks=(HOOK, structs.replace(HOOK, id="2")))
    assert v2.integration(custom, None) == {
        "id": "i",
        "type": "custom",
        "status": "active",
        "displayName": "Bot",
        "webhooks": [v2.webhook(HOOK)],
    }


def test_apps_keys_and_webhooks() -> None:
    app = v2.app(App(id="a", display_name="app", settings=AppSettings(multi_convo_enabled=True)))
    assert (app["id"], app["displayName"], app["metadata"]) == ("a", "app", {})
    assert set(app["settings"]) == set(AppSettings.__struct_encode_fields__) - {"earlyAccessCompatibility"}
    assert [name for name, value in app["settings"].items() if value is True] == [
        "maskCreditCardNumbers",
        "multiConvoEnabled",
        "appLocalizationEnabled",
    ]
    key = Key(id="app_1", secret="s", display_name="key", scope=Scope.APP, app_id="a")
    assert v2.key(key) == {"id": "app_1", "displayName": "key", "secret": "s"}
    assert written(v2.webhook(HOOK)) == {
        "id": "h",
        "version": "v2",
        "target": "https://example.org",
        "triggers": ["user:remove"],
        "secret": "s",
        "includeFullUser": False,
        "includeFullSource": False,
    }
