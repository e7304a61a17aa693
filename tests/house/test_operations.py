"""Every operation says what the API's own document needs of it."""

import pytest

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.act.__name__)


def test_ids_are_unique() -> None:
    """An operation's id is the name of its act."""
    names = [it.act.__name__ for it in OPERATIONS]
    assert len(set(names)) == len(names)


@each_operation
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    summary = (operation.act.__doc__ or "").partition("\n")[0]
    assert summary[:1].isupper()
    assert summary.endswith(".")
    assert len(summary) <= 100


@each_operation
def test_an_operation_names_its_own_refusals_once(operation: Operation) -> None:
    assert len(set(operation.refusals)) == len(operation.refusals)


@each_operation
def test_only_what_has_a_body_asks_for_one(operation: Operation) -> None:
    assert (operation.asks is not None) <= (operation.method in ("POST", "PATCH", "PUT"))
