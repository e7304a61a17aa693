"""What became of what webhooks were due, and of webhooks, as statements."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from gateway.domain.house import House
from gateway.domain.model import Office
from gateway.ports import Attempt, Settled
from gateway.stores.sqlite.connection import QUERIES, Row, Statement, over, put
from gateway.wire.json import store


def settled(settled: Sequence[Settled], attempts: Sequence[Attempt]) -> list[Statement]:
    """One statement for each thing that may become of an event, and the calls."""
    gone = [row for it in settled if it.is_gone for row in it.ids]
    later = [(row, it.attempts, it.due_at) for it in settled if it.due_at is not None for row in it.ids]
    failed = [(row, it.attempts, it.failed_at) for it in settled if it.failed_at is not None for row in it.ids]
    return [
        *over("drop_outbox", gone),
        *_delivered(settled),
        *over("postpone_outbox", later),
        *over("fail_outbox", failed),
        *put("put_attempts", [_attempt(it) for it in attempts]),
    ]


def _delivered(settled: Sequence[Settled]) -> Iterator[Statement]:
    """All with the same time, which is that of the last of them."""
    ended = [it for it in settled if it.delivered_at is not None]
    if ended:
        at = max(it.delivered_at or 0 for it in ended)
        yield Statement(QUERIES["end_outbox"], (store([row for it in ended for row in it.ids]), at))


def attempt(it: Attempt) -> Statement:
    return Statement(QUERIES["put_attempt"], tuple(_attempt(it)))


def revived(webhook_id: str, ids: Sequence[int], until: int, *, failed: bool) -> Statement:
    return Statement(QUERIES["revive_outbox"], (webhook_id, store(list(ids)), until, failed))


def _attempt(it: Attempt) -> Row:
    return it.webhook_id, it.at, it.said, store(structs.replace(it, said=""))


def webhooks_gone(house: House) -> list[Statement]:
    """Webhooks that a group has removed: all that they were due or told goes after them."""
    gone = [(it,) for _, before, now in house.offices.changes() for it in sorted(_hooks(before) - _hooks(now))]
    return put("put_gone_webhooks", gone)


def _hooks(office: Office | None) -> set[str]:
    return {it.id for it in office.webhooks} if office else set()


def cleared(webhook_id: str, limit: int) -> list[Statement]:
    """Some of what a webhook was due or told."""
    return [Statement(QUERIES[name], (webhook_id, limit)) for name in ("clear_outbox", "clear_attempts")]


def purged(
    events: Sequence[int], attempts: Sequence[int], delivered_before: int, failed_before: int
) -> list[Statement]:
    """What is not kept any longer, of what was looked up: meanwhile an event may wait again."""
    ended = (
        [Statement(QUERIES["purge_outbox"], (store(list(events)), delivered_before, failed_before))] if events else []
    )
    return [*ended, *over("purge_attempts", list(attempts))]
