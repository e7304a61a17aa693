"""What may be tried in a house: small moves, each a command once it is known who and what there is."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from gateway.domain.commands import Command
from gateway.domain.content import Answer, Field, Form, FormResponse, LinkAction, PostbackAction, ReplyAction, Text
from gateway.domain.model import Source
from tests.domain.town import NOBODY, Orders

NAMES: Final = tuple("abcdefghijkl")  # two more than a room has seats
WEB: Final = Source(type="web", integration_id="0" * 24)
YES: Final = PostbackAction(text="Yes", payload="YES")
FORM: Final = Form(fields=(Field(type="text", name="n", label="l"),))
LOOK: Final = LinkAction(text="Look", uri="https://example.org")


class Move(NamedTuple):
    """Something that somebody tries. The numbers choose among what there is."""

    kind: str
    who: str
    where: int = 0
    which: int = 0


class Cast:
    """Who and what moves can name: `ids` of users by name, and all that ever was, whether or not it is still there."""

    def __init__(self, orders: Orders, integration_id: str) -> None:
        self.orders = orders
        self.integration_id = integration_id
        self.ids: dict[str, str] = {}
        self.rooms: list[str] = []
        self.messages: list[str] = []
        self.buttons: list[str] = []

    def room(self, move: Move) -> str:
        return _one(self.rooms, move.where)

    def user(self, move: Move) -> str:
        """By id where it is known: what a device sends twice must be recognised."""
        return self.ids.get(move.who, move.who)


def _one(those: list[str], which: int) -> str:
    """The newest are tried most often."""
    return those[-1 - which % len(those)] if those else NOBODY


def _several(move: Move) -> tuple[str, ...]:
    """Up to eleven names from the one that is named."""
    start = NAMES.index(move.who)
    return (NAMES * 2)[start : start + (move.which * 3) % 12]


def _says(cast: Cast, move: Move) -> Command[Any]:
    source = {"source": WEB} if move.which % 2 else {}
    return cast.orders.says(cast.room(move), f"text {move.which}", by=cast.user(move), **source)


def _sends(cast: Cast, move: Move) -> Command[Any]:
    """With a client message id, which others use too."""
    facts = {"client_message_id": f"mine {move.which % 3}", "source": WEB}
    return cast.orders.says(cast.room(move), "sent", by=cast.user(move), **facts)


def _asks(cast: Cast, move: Move) -> Command[Any]:
    if move.which == 6:
        return cast.orders.posts(cast.room(move), FORM)
    content = Text(text="Tea?", actions=(YES, LOOK, red(move.which))) if move.which % 2 else Text(text="Tea.")
    return cast.orders.posts(cast.room(move), content, metadata={"n": move.which})


def red(number: int) -> ReplyAction:
    return ReplyAction(text="Red", payload="RED", metadata={"red": number})


def _answers(cast: Cast, move: Move) -> Command[Any]:
    """In words of their own, with the payload of a button."""
    said = Text(text="The red one", payload="RED")
    return cast.orders.posts(cast.room(move), said, by=cast.user(move), source=WEB)


def _fills_in(cast: Cast, move: Move) -> Command[Any]:
    answer = Answer(type="text", name="n", label="l", text=f"text {move.which}")
    said = FormResponse(fields=(answer,), quoted_message_id=_one(cast.messages, move.which))
    return cast.orders.posts(cast.room(move), said, by=cast.user(move), source=WEB)


def _connects(cast: Cast, move: Move) -> Command[Any]:
    return cast.orders.connects(cast.integration_id, f"guid {move.which % 2}", external_id=move.who)


MOVES: Final[dict[str, Callable[[Cast, Move], Command[Any]]]] = {
    "comes": lambda cast, it: cast.orders.user(it.who),
    "goes": lambda cast, it: cast.orders.forgets(it.who),
    "is renamed": lambda cast, it: cast.orders.changes(it.who, profile={"surname": f"name {it.which}"}),
    "connects": _connects,
    "turns out to be": lambda cast, it: cast.orders.merges(NAMES[it.which], it.who),
    "opens a group": lambda cast, it: cast.orders.group(*_several(it)),
    "opens a personal one": lambda cast, it: cast.orders.personal(it.who, subscribers=(cast.orders.ref(it.who),)),
    "joins": lambda cast, it: cast.orders.joins(cast.room(it), it.who, subscribe=bool(it.which % 2)),
    "leaves": lambda cast, it: cast.orders.leaves(cast.room(it), it.who),
    "says": _says,
    "sends": _sends,
    "is asked": _asks,
    "answers": _answers,
    "fills in": _fills_in,
    "reads": lambda cast, it: cast.orders.reads(cast.room(it), cast.user(it)),
    "is read": lambda cast, it: cast.orders.reads(cast.room(it)),
    "presses": lambda cast, it: cast.orders.presses(cast.room(it), it.who, _one(cast.buttons, it.which)),
    "deletes": lambda cast, it: cast.orders.deletes(cast.room(it), _one(cast.messages, it.which)),
    "clears": lambda cast, it: cast.orders.clears(cast.room(it)),
    "alters": lambda cast, it: cast.orders.alters(cast.room(it), display_name=f"name {it.which}"),
    "removes": lambda cast, it: cast.orders.removes(cast.room(it)),
}

OFTEN: Final = ("joins", "says", "sends", "is asked", "reads", "comes")


def moves() -> st.SearchStrategy[Move]:
    kinds = st.sampled_from([*MOVES, *OFTEN, *OFTEN])
    return st.builds(Move, kinds, st.sampled_from(NAMES), st.integers(0, 2), st.integers(0, 7))


def command(cast: Cast, move: Move) -> Command[Any]:
    return MOVES[move.kind](cast, move)
