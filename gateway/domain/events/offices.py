"""What happens to apps, their keys, integrations and files, and to the installation."""

from gateway.domain.events.event import Event
from gateway.domain.model import Account, Attachment, Key, Office, Partner, ServiceAccount


class OfficeEvent(Event, kw_only=True):
    """An app, its keys, integrations or webhooks changed; `office` is how it is now."""

    office: Office


class OfficeChanged(OfficeEvent, kw_only=True, tag="app:change"):
    pass


class KeyRevoked(OfficeEvent, kw_only=True, tag="key:revoke"):
    key_id: str


class IntegrationRemoved(OfficeEvent, kw_only=True, tag="integration:remove"):
    integration_id: str


class AppRemoved(OfficeEvent, kw_only=True, tag="app:remove"):
    pass


class AccountKeyCreated(Event, kw_only=True, tag="account:key"):
    account: Account
    key: Key


class ServiceAccountEvent(Event, kw_only=True):
    """A service account or its keys changed; `service_account` is how it is now, or was."""

    service_account: ServiceAccount


class ServiceAccountChanged(ServiceAccountEvent, kw_only=True, tag="serviceAccount:change"):
    pass


class ServiceAccountRemoved(ServiceAccountEvent, kw_only=True, tag="serviceAccount:remove"):
    pass


class AttachmentEvent(Event, kw_only=True):
    """Something about an uploaded file; nobody is told."""

    attachment: Attachment


class AttachmentKept(AttachmentEvent, kw_only=True, tag="attachment:keep"):
    pass


class AttachmentRemoved(AttachmentEvent, kw_only=True, tag="attachment:remove"):
    pass


class PartnerCreated(Event, kw_only=True, tag="partner:create"):
    partner: Partner
