"""What the demo's routes share: the scene once it is set, and the calls its webhook has received."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from gateway.edge.demo.scene import Scene
from gateway.wire.times import iso

Json = dict[str, Any]

OK: Final = 200
DOWN: Final = 503
REPLAYED: Final = 50  # calls that a page is told when it opens


class Stage:
    """The routes are there before the scene is: it needs the port to be open. `scene` waits for it.

    `now` gives milliseconds since 1970 UTC. While `down`, the webhook answers 503.
    """

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._scene: Scene | None = None
        self._ready = asyncio.Event()
        self._calls: deque[Json] = deque(maxlen=REPLAYED)
        self._attempts: Counter[str] = Counter()
        self._watching: set[asyncio.Queue[Json | None]] = set()
        self.down = False
        self.letters: asyncio.Queue[Json] = asyncio.Queue()

    def open(self, scene: Scene) -> None:
        self._scene = scene
        self._ready.set()

    async def scene(self) -> Scene:
        await self._ready.wait()
        if self._scene is None:
            raise RuntimeError("the stage is open without a scene")
        return self._scene

    def receive(self, body: Json) -> int:
        """Take a webhook call in; returns the status to answer it with. Its events go to the business."""
        status = DOWN if self.down else OK
        first = body["events"][0]["id"]
        self._attempts[first] += 1
        self._tell({"at": iso(self._now()), "status": status, "attempt": self._attempts[first], "body": body})
        if status == OK:
            del self._attempts[first]
            for event in body["events"]:
                self.letters.put_nowait(event)
        return status

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Json | None]]:
        """The last calls and all to come; None when the house closes."""
        calls: asyncio.Queue[Json | None] = asyncio.Queue()
        for call in self._calls:
            calls.put_nowait(call)
        self._watching.add(calls)
        try:
            yield calls
        finally:
            self._watching.discard(calls)

    def close(self) -> None:
        for calls in self._watching:
            calls.put_nowait(None)

    def _tell(self, call: Json) -> None:
        self._calls.append(call)
        for calls in self._watching:
            calls.put_nowait(call)
