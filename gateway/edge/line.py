"""One connection to an endpoint: a call at a time, and how its answer begins."""

import asyncio
from email.utils import parsedate_to_datetime
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.domain.retry import Answered

BEGINNING: Final = 1_000  # bytes of an answer that are read
HEAD_BYTES: Final = 65_536  # of an answer, at most
SOON_S: Final = 1.0  # for what follows the head: the status is what counts
RETRY_AFTER: Final = b"retry-after"
DATE: Final = b"date"


class Unanswered(OSError):
    """The connection was closed before anything of an answer came."""

    def __init__(self) -> None:
        super().__init__("the connection was closed without an answer")


class Line(asyncio.Protocol):
    """Fit for another call when the answer came whole, and nothing after it."""

    def __init__(self) -> None:
        self.rested_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answered] | None = None
        self._until: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._whole = False
        self._begin()

    def _begin(self) -> None:
        self._parser = HttpResponseParser(self)
        self._read = 0
        self._status: int | None = None
        self._told: dict[bytes, bytes] = {}
        self._said = b""

    @property
    def fit(self) -> bool:
        """Whether it may carry another call."""
        transport = self._transport
        return (
            self._whole
            and transport is not None
            and not transport.is_closing()
            and not transport.get_write_buffer_size()
        )

    async def ask(self, request: bytes, until: float) -> Answered:
        """Makes a call that ends by then, in the loop's time. Raises `OSError`; `TimeoutError` where nothing came."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise Unanswered
        self._begin()
        self._whole = False
        self._until = until
        loop = asyncio.get_running_loop()
        self._answer, self._timer = loop.create_future(), loop.call_at(until, self._late)
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.close()
            raise
        finally:
            self._timer.cancel()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # what its socket tells it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._ended(whole=False)
        except HttpParserError:
            self._fail(OSError("what was answered is no HTTP"))
        if self._answer.done():
            return
        if self._status is None and self._read > HEAD_BYTES:
            self._fail(OSError("the answer's headers are too long"))
        elif self._status is not None:
            self._hurry()

    def connection_lost(self, exc: Exception | None) -> None:
        self._whole = False
        if self._status is not None:
            self._ended()
        else:
            self._fail(exc or OSError("the connection was closed within the answer") if self._read else Unanswered())

    # what the parser tells it

    def on_message_begin(self) -> None:
        self._whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in (RETRY_AFTER, DATE):
            self._told[name] = value

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status == 101 or status >= 200:
            self._status = status

    def on_body(self, body: bytes) -> None:
        self._said += body[: BEGINNING - len(self._said)]
        if len(self._said) >= BEGINNING:
            self._ended()

    def on_message_complete(self) -> None:
        if self._status is not None:
            self._ended(whole=self._parser.should_keep_alive())

    def _ended(self, *, whole: bool = False) -> None:
        """All is known that is wanted."""
        if self._answer is not None and not self._answer.done():
            self._whole = whole
            said = self._said.decode("utf-8", "replace")
            self._answer.set_result(Answered(self._status, after_s(self._told), said))

    def _hurry(self) -> None:
        """What counts has come: the rest comes soon, or never mind."""
        if self._until is not None and self._timer is not None:
            self._timer.cancel()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(min(loop.time() + SOON_S, self._until), self._ended)
            self._until = None

    def _late(self) -> None:
        self._fail(TimeoutError("no answer in time"))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


def after_s(told: dict[bytes, bytes]) -> float | None:
    """What `Retry-After` says: seconds, or a time by the endpoint's own clock, which its `Date` tells."""
    if RETRY_AFTER not in told:
        return None
    said = told[RETRY_AFTER].decode("latin-1")
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(told[DATE].decode("latin-1"))
    except (KeyError, TypeError, ValueError):
        return None
    return max(wait.total_seconds(), 0.0)
