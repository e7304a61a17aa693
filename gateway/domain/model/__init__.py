"""The nouns: what there is between two events. Times are milliseconds since 1970 UTC."""

from gateway.domain.model.offices import Account, App, AppSettings, Integration, Key, Office, Scope, Webhook
from gateway.domain.model.people import Client, Device, ExternalId, Person, Profile, User
from gateway.domain.model.rooms import API, Author, Conversation, Kind, Participant, Room, Source
from gateway.domain.value import Metadata

__all__ = [
    "API",
    "Account",
    "App",
    "AppSettings",
    "Author",
    "Client",
    "Conversation",
    "Device",
    "ExternalId",
    "Integration",
    "Key",
    "Kind",
    "Metadata",
    "Office",
    "Participant",
    "Person",
    "Profile",
    "Room",
    "Scope",
    "Source",
    "User",
    "Webhook",
]
