"""What became of what webhooks were due, as statements."""

from collections.abc import Iterator, Sequence

from msgspec import structs

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
