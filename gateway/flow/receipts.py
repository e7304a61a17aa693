"""What a device was pushed, from the moment it is written until it is proven to have arrived.

A ping is written after the frames it is to prove. Its pong says that all before it was received: TCP keeps the order.
"""

from typing import Final, NamedTuple

WAITING: Final = 1_000  # of one device; one that answers no ping is not waited for with more


class Pushed(NamedTuple):
    """A message on its way to a device."""

    conversation_id: str
    seq: int
    message_id: str


class Receipts:
    """One ping at a time: what is written while it is under way waits for the next."""

    __slots__ = ("_asked", "_written")

    def __init__(self) -> None:
        self._written: list[Pushed] = []  # an empty deque takes 700 bytes, of every device
        self._asked: tuple[Pushed, ...] = ()

    def __bool__(self) -> bool:
        """Whether something waits to be asked after."""
        return bool(self._written)

    def written(self, pushed: list[Pushed]) -> None:
        self._written += pushed
        del self._written[:-WAITING]

    def asked(self) -> None:
        """A ping is written after everything that was written until now."""
        self._asked = tuple(self._written)
        self._written.clear()

    def proven(self) -> dict[str, tuple[tuple[int, str], ...]]:
        """The ping was answered: (seq, message id) of what arrived, by conversation."""
        arrived: dict[str, tuple[tuple[int, str], ...]] = {}
        for it in self._asked:
            arrived[it.conversation_id] = (*arrived.get(it.conversation_id, ()), (it.seq, it.message_id))
        self._asked = ()
        return arrived

    def forget(self) -> None:
        """The device is somebody else's from here on."""
        self._written.clear()
        self._asked = ()
