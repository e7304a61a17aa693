"""The fields that a device may write, in the API's own words. `None` unsets one."""

from __future__ import annotations

from typing import Literal, TypedDict

from clients.python.wire import Json


class ConversationChanges(TypedDict, total=False):
    """What `conversation:update` takes."""

    displayName: str | None
    description: str | None
    iconUrl: str | None
    metadata: Json | None


class NewConversation(ConversationChanges, total=False):
    """What `conversation:create` takes: the above, and the first messages."""

    messages: list[Json]


class UserChanges(TypedDict, total=False):
    """What `user:update` takes."""

    profile: Json
    metadata: Json


class DeviceChanges(TypedDict, total=False):
    """What `device:update` takes. A device in the background never marks anything read."""

    pushNotificationToken: str | None
    state: Literal["foreground", "background"]


class Described(TypedDict, total=False):
    """What a hello says of the device. The guid is made once and kept."""

    guid: str
    platform: Literal["web", "ios", "android"]
    appVersion: str | None
    info: Json
    pushNotificationToken: str | None
