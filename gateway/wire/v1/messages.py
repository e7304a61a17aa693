"""Messages and conversations as v1.1 writes them: flat, with the author and the content at the top."""

import hashlib
from typing import Any, Final

from gateway.domain.content import Content, File, FormResponse, Image, Template
from gateway.domain.message import Message
from gateway.domain.model import API, App, Author, Room, Source
from gateway.wire.json import plain
from gateway.wire.v1.times import seconds
from gateway.wire.v2 import NO_AVATAR, Json, without_none

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
AUTHOR_ID: Final = 22  # characters of a business author's id
NOT_IN_V1: Final = ("htmlText", "markdownText", "attachmentId", "quotedMessageId")
OFFERED: Final = {"state": "offered", "currency": "usd"}  # what a buy button has besides
ROLES: Final = {"user": "appUser", "business": "appMaker"}


def message(it: Message, app: App) -> Json:
    """A message that is not deleted. The business speaks in the app's name where it gives none."""
    assert it.content is not None
    return without_none(
        _id=it.id,
        role=ROLES[it.author.type],
        authorId=author_id(it.author, app),
        name=it.author.display_name or app.display_name,
        avatarUrl=it.author.avatar_url or NO_AVATAR,
        received=seconds(it.received),
        source=source(it.source),
        metadata=it.metadata,
        quotedMessage=_quoted(it, app),
        **_flat(it.id, it.content),
    )


def author_id(author: Author, app: App) -> str:
    """A user's own id; of the business, one for each name that it speaks under."""
    if author.user_id is not None:
        return author.user_id
    dice = int.from_bytes(hashlib.sha256(f"{app.id}\0{author.display_name or ''}".encode()).digest())
    written = ""
    while len(written) < AUTHOR_ID:
        dice, digit = divmod(dice, len(DIGITS))
        written += DIGITS[digit]
    return written


def source(it: Source) -> Json:
    return without_none(type="api" if it.type == API.type else it.type, integrationId=it.integration_id)


def conversation(room: Room) -> Json:
    """A user's default conversation. Its one participant is the user."""
    it, seat = room.conversation, room.participants[0]
    return without_none(
        _id=it.id,
        unreadCount=room.unread(seat),
        appUserLastRead=_moment(seat.last_read),
        appMakerLastRead=_moment(it.business_last_read),
    )


def _moment(ms: int | None) -> float | None:
    return None if ms is None else seconds(ms)


def _quoted(it: Message, app: App) -> Json | None:
    if it.quoted is None or it.quoted.deleted:
        return None
    return {"type": "message", "message": message(it.quoted, app)}


def _flat(message_id: str, content: Content) -> Json:
    """A content's own fields, its type among them, and always a text."""
    fields = {name: value for name, value in plain(content).items() if name not in NOT_IN_V1}
    fields["text"] = _text(content)
    if "actions" in fields:
        fields["actions"] = [action(it) for it in fields["actions"]]
    if "items" in fields:
        fields["items"] = [_item(message_id, number, it) for number, it in enumerate(fields["items"])]
    return fields


def _text(content: Content) -> str:
    """What shows a file has a blank at least; the rest may say nothing in words."""
    match content:
        case Image() | File():
            return content.text or " "
        case FormResponse():
            return content.text_fallback or ""
        case Template():
            return ""
        case _:
            return content.text or ""


def action(it: dict[str, Any]) -> Json:
    """A button, from the API's own form of it."""
    kind, action_id = it["type"], it.get("id")
    shown = {name: value for name, value in it.items() if name != "id"}
    if kind == "buy":
        shown = {**OFFERED, **shown}
    named = {} if action_id is None else {"_id": action_id}
    return {"uri": "", **shown, **named}


def _item(message_id: str, number: int, it: dict[str, Any]) -> Json:
    item_id = hashlib.sha256(f"{message_id}\0{number}".encode()).hexdigest()[: len(message_id)]
    return {**it, "_id": item_id, "actions": [action(each) for each in it["actions"]]}
