"""The rules that every answer is held to notice when one is broken."""

from typing import Any

import pytest

from tests.edge.rules import broken
from tests.house_under_test import Answer

ID = "0" * 24
TIME = "2026-11-21T07:33:09.559Z"
MESSAGE = {
    "id": ID,
    "received": TIME,
    "author": {"type": "business", "displayName": "Steve"},
    "content": {"type": "text", "text": "hi"},
    "source": {"type": "api:conversations"},
}
WEBHOOK = {"id": ID, "version": "v2", "target": "https://x.y", "triggers": ["conversation:read"], "secret": "s"}
CUSTOM = {"id": ID, "type": "custom", "status": "active", "webhooks": [WEBHOOK]}
SEAT = {"id": ID, "userId": ID, "unreadCount": 0, "clientAssociations": []}


def test_what_is_right_is_not_blamed() -> None:
    for body in (
        {},
        {"messages": [MESSAGE], "meta": {"hasMore": False}},
        {"integration": CUSTOM},
        {"participant": SEAT},
        {"users": [], "metadata": {"anything": None}},
    ):
        assert broken(Answer(200, body)) == []
    assert broken(Answer(404, {"errors": [{"code": "user_not_found", "title": "User not found"}]})) == []


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{**MESSAGE, "received": 1_600_000_000.5}]},
        {"messages": [{**MESSAGE, "received": "2026-11-21T07:33:09Z"}]},
        {"messages": [{**MESSAGE, "author": {}}]},
        {"messages": [{**MESSAGE, "source": {}}]},
        {"messages": [{**MESSAGE, "content": {"type": "hologram"}}]},
        {"messages": [{**MESSAGE, "content": {"type": "text", "text": "x" * 4097}}]},
        {"messages": [{**MESSAGE, "content": {"type": "image"}}]},
        {"messages": [{**MESSAGE, "content": {"type": "carousel", "items": []}}]},
        {"messages": [{**MESSAGE, "content": {"type": "list", "items": [{"title": "a", "actions": []}]}}]},
        {"messages": [MESSAGE], "meta": {"hasMore": 0}},
        {"integration": {**CUSTOM, "webhooks": []}},
        {"integrations": [{**CUSTOM, "webhooks": [WEBHOOK, WEBHOOK]}]},
        {"integration": {**CUSTOM, "type": "zd:agentWorkspace"}},
        {"webhook": {**WEBHOOK, "triggers": []}},
        {"participant": {**SEAT, "unreadCount": 1.0}},
        {"participant": {**SEAT, "clientAssociations": [{"type": "web"}]}},
        {"participants": [{**SEAT, "lastRead": None}]},
        {"user": {"id": ID}},
        {"user": {"id": "5"}},
        {"conversation": {"id": ID, "type": "sdkGroup", "isDefault": False, "displayName": ""}},
    ],
)
def test_what_is_wrong_is_noticed(body: dict[str, Any]) -> None:
    assert broken(Answer(200, body)) != []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (204, {}),
        (400, {}),
        (400, {"errors": []}),
        (400, {"errors": [{"code": "bad_request"}]}),
        (400, {"errors": [{"code": "Bad Request", "title": "x"}]}),
        (400, {"errors": [{"code": "bad_request", "title": ""}]}),
        (400, {"errors": [{"code": "bad_request", "title": "x", "stack": "y"}]}),
        (500, {"error": "x"}),
    ],
)
def test_what_is_no_refusal_is_noticed(status: int, body: dict[str, Any]) -> None:
    assert broken(Answer(status, body)) != []
