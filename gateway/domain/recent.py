"""What was used last, bounded."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(dict[K, V], Generic[K, V]):
    """A dict that forgets what was written longest ago."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __setitem__(self, key: K, value: V) -> None:
        if key in self:
            super().__delitem__(key)
        elif len(self) >= self._size:
            super().__delitem__(next(iter(self)))
        super().__setitem__(key, value)
