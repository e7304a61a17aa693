"""What a merge of users makes of what is kept, as statements."""

from collections.abc import Iterator, Sequence

from gateway.domain.events import Union, UserMerged
from gateway.stores.sqlite.connection import QUERIES, Statement, over, put


def files(merges: Sequence[UserMerged]) -> Iterator[Statement]:
    """Before users and conversations go: their files would go with them."""
    for it in merges:
        yield _run("give_files", it.user.id, it.discarded.id)
        if it.union is not None:
            yield _run("move_files", it.union.surviving.id, it.union.discarded.id)


def histories(merges: Sequence[UserMerged]) -> Iterator[Statement]:
    """After all that the group wrote, and before conversations go."""
    for it in merges:
        if it.union is not None:
            yield from put("put_stays", [(it.discarded.id, it.union.surviving.id)])
            yield from _numbered_anew(it.union)
        for name in _OF_USERS:
            yield _run(name, it.user.id, it.discarded.id)
        yield from over("drop_stays", [it.discarded.id])
        yield from over("drop_formers", [it.discarded.id])


_OF_ROOMS = ("move_actions", "move_uses", "move_messages", "move_quotes", "drop_moved")
_OF_USERS = ("yield_message_ids", "give_messages", "give_quotes", "give_stays", "give_formers")


def _numbered_anew(union: Union) -> Iterator[Statement]:
    """The messages of both conversations in the order of time; whatever else happened is told by no number any more."""
    if union.numbered_from is None:
        return
    yield _run("drop_events_until", union.surviving.id, union.numbered_from)
    yield _run("number_anew", union.surviving.id, union.discarded.id, union.numbered_from)
    for name in _OF_ROOMS:
        yield _run(name, union.surviving.id, union.discarded.id)


def _run(name: str, *values: object) -> Statement:
    return Statement(QUERIES[name], values)
