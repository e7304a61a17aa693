"""Credentials and integrations by their ids, remembered until something about their app changes."""

from collections.abc import Sequence
from typing import Final

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.events import Event, OfficeEvent, ServiceAccountEvent
from gateway.domain.model import Integration, Key, Office
from gateway.ports import Store


class Registry:
    """Only what was found is remembered: a new app is seen at once, also one made by another process."""

    HEARS: Final = (OfficeEvent, ServiceAccountEvent)

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys: dict[str, Key] = {}
        self._apps: dict[str, str] = {}
        self._changes = 0

    async def key(self, key_id: str) -> Key | None:
        known = self._keys.get(key_id)
        if known is None:
            before = self._changes
            known = await self._store.key(key_id)
            # What was read may be older than what was forgotten meanwhile.
            if known is not None and before == self._changes:
                self._keys[key_id] = known
        return known

    async def office(self, app_id: str) -> Office:
        """Raises `Refused` (404) for an app that is not there."""
        found = await self._store.office(app_id)
        if found is None:
            raise Refused(errors.APP_NOT_FOUND)
        return found

    async def integration(self, integration_id: str) -> tuple[Office, Integration]:
        """Raises `Refused` (404) for an integration that is not there or not active."""
        app_id = self._apps.get(integration_id) or await self._store.app_of(integration_id)
        office = await self.office(app_id) if app_id else None
        integration = office.integration(integration_id) if office else None
        if office is None or integration is None or integration.status != "active":
            raise Refused(errors.INTEGRATION_NOT_FOUND)
        self._apps[integration_id] = office.app.id
        return office, integration

    def hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, OfficeEvent):
                self._forget(event.app_id)
            elif isinstance(event, ServiceAccountEvent):
                self._forget(event.service_account.id)

    def _forget(self, gone: str) -> None:
        """What belongs to an app or a service account."""
        self._changes += 1
        self._keys = {it: key for it, key in self._keys.items() if gone not in (key.app_id, key.service_account_id)}
        self._apps = {it: owner for it, owner in self._apps.items() if owner != gone}
