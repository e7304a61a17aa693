"""Answers about clients and devices."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from gateway.wire.answers.answer import Answer, Id, Listing, Time


class Client(Answer, kw_only=True):
    """A way to reach a user. The one of type `sdk` stands for all of their devices."""

    id: Id
    type: str
    status: Literal["active", "inactive", "pending"]
    integration_id: Id | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    last_seen: Time | UnsetType = UNSET
    linked_at: Time | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    avatar_url: str | UnsetType = UNSET
    info: dict[str, Any] | UnsetType = UNSET
    raw: dict[str, Any] | UnsetType = UNSET


class ClientAnswer(Answer, kw_only=True):
    client: Client


class ClientList(Listing, kw_only=True):
    clients: tuple[Client, ...]


class Device(Answer, kw_only=True):
    """One installation of an SDK."""

    id: Id
    type: Literal["web", "ios", "android"]
    guid: str
    client_id: Id | UnsetType = UNSET
    status: Literal["active", "inactive"]
    integration_id: Id
    last_seen: Time
    push_notification_token: str | UnsetType = UNSET
    info: dict[str, Any]
    app_version: str | UnsetType = UNSET


class DeviceAnswer(Answer, kw_only=True):
    device: Device


class DeviceList(Answer, kw_only=True):
    devices: tuple[Device, ...]
