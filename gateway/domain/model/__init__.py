"""The nouns: what there is between two events. Times are milliseconds since 1970 UTC."""

from gateway.domain.model.attachments import Attachment
from gateway.domain.model.clients import PENDING, SDK, AnyCriteria, Association, Client, Confirmation, Link
from gateway.domain.model.menus import Menu
from gateway.domain.model.moderation import Moderation
from gateway.domain.model.offices import (
    OWN,
    Account,
    App,
    AppSettings,
    Delivery,
    Integration,
    Key,
    Office,
    Pause,
    Scope,
    ServiceAccount,
    SpentCode,
    Webhook,
)
from gateway.domain.model.partners import Grant, Partner
from gateway.domain.model.people import AuthCode, BrandId, Device, ExternalId, Identity, Person, Profile, User
from gateway.domain.model.rooms import API, Author, Conversation, Kind, Participant, Room, Source
from gateway.domain.model.signing import SigningSecret
from gateway.domain.model.switchboards import Responder, Switchboard, SwitchboardIntegration
from gateway.domain.model.templates import MessageTemplate
from gateway.domain.value import Metadata

__all__ = [
    "API",
    "OWN",
    "PENDING",
    "SDK",
    "Account",
    "AnyCriteria",
    "App",
    "AppSettings",
    "Association",
    "Attachment",
    "AuthCode",
    "Author",
    "BrandId",
    "Client",
    "Confirmation",
    "Conversation",
    "Delivery",
    "Device",
    "ExternalId",
    "Grant",
    "Identity",
    "Integration",
    "Key",
    "Kind",
    "Link",
    "Menu",
    "MessageTemplate",
    "Metadata",
    "Moderation",
    "Office",
    "Participant",
    "Partner",
    "Pause",
    "Person",
    "Profile",
    "Responder",
    "Room",
    "Scope",
    "ServiceAccount",
    "SigningSecret",
    "Source",
    "SpentCode",
    "Switchboard",
    "SwitchboardIntegration",
    "User",
    "Webhook",
]
