"""Decisions about how webhooks are called."""

from collections.abc import Callable

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import signing
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.integrations import having_webhooks, webhook_of, with_integration
from gateway.domain.decide.offices import changed
from gateway.domain.house import House
from gateway.domain.model import Delivery, Pause
from gateway.domain.value import Stamp


def update(house: House, command: cmd.UpdateDelivery, stamp: Stamp) -> Decision:
    named = ("one_per_call", "standard", "schedule")
    changes = {name: value for name in named if (value := getattr(command, name)) is not UNSET}

    def after(before: Delivery) -> Delivery:
        return structs.replace(before, paused=_pause(before.paused, command, stamp), **changes)

    return _with_delivery(house, command, stamp, after)


def _pause(before: Pause | None, command: cmd.UpdateDelivery, stamp: Stamp) -> Pause | None:
    """What is paused already stays so since then."""
    if command.paused is UNSET:
        return before
    return (before or Pause(since=stamp.at, why=command.why)) if command.paused else None


def rotate(house: House, command: cmd.RotateSigningSecret, stamp: Stamp) -> Decision:
    def after(before: Delivery) -> Delivery:
        return structs.replace(before, signing=signing.rotated(before.signing, stamp, command.grace_s))

    return _with_delivery(house, command, stamp, after)


def _with_delivery(
    house: House,
    command: cmd.UpdateDelivery | cmd.RotateSigningSecret,
    stamp: Stamp,
    after: Callable[[Delivery], Delivery],
) -> Decision:
    office, integration = having_webhooks(house, command.app_id, command.integration_id)
    before = webhook_of(integration, command.webhook_id)
    webhook = structs.replace(before, delivery=after(before.delivery))
    webhooks = tuple(webhook if it.id == webhook.id else it for it in integration.webhooks)
    return changed(with_integration(office, structs.replace(integration, webhooks=webhooks)), stamp, webhook)
