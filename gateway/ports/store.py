"""What lasts, and how it is changed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from gateway.domain import errors
from gateway.domain.commands import Needs
from gateway.domain.errors import Refused
from gateway.domain.events import Event
from gateway.domain.house import House
from gateway.domain.message import Message
from gateway.domain.model import App, Attachment, Key, Office, Partner, Room, ServiceAccount, User
from gateway.domain.views import Guest, Overview, Page, Sought, Told
from gateway.ports.records import Attempt, Backlog, Behind, Lane, Mirrored, Replay, Settled


class Unwritable(Refused):
    """What was to be written was not, since the disk is full, read-only, broken or held by others, as `why` says.

    Nothing is wrong with what it was; it may be tried again.
    """

    def __init__(self, why: str) -> None:
        super().__init__(errors.UNAVAILABLE)
        self.why = why


class Group(Protocol):
    """One open transaction of the corridor. Nobody else changes what it holds until it ends."""

    async def hold(self, needs: Sequence[Needs]) -> House:
        """Read all that is needed, in as many statements as there are kinds of thing."""

    async def append(self, house: House, events: Sequence[Event], mirrored: Sequence[Mirrored]) -> Sequence[Mirrored]:
        """Write what changed in the house, the events of its histories and the outbox rows, a statement per table.

        When the transaction's context ends without an error, all of it is on disk; else none of it. Gives the outbox
        rows with their ids, which ascend.
        """


class Store(Protocol):
    """What lasts. Reads see everything that was committed before they began. Whatever writes may raise `Unwritable`."""

    @property
    def epoch(self) -> str:
        """Changes when histories stop continuing, as after a restored backup."""

    async def ready(self) -> bool:
        """Whether it can write."""

    async def close(self) -> None: ...

    def group(self) -> AbstractAsyncContextManager[Group]:
        """The corridor's transaction; one at a time."""

    async def peek(self, needs: Needs) -> House:
        """What `Group.hold` gives, outside any transaction, for those who only look."""

    def recall(self, needs: Needs) -> House | None:
        """What `peek` gives, where nothing has to be waited for; else None."""

    async def office(self, app_id: str) -> Office | None:
        """The same of an app alone."""

    # Credentials
    async def key(self, key_id: str) -> Key | None: ...
    async def account_keys(self) -> Sequence[Key]: ...
    async def partner(self, partner_id: str) -> Partner | None:
        """An OAuth client."""

    async def app_of(self, integration_id: str) -> str | None:
        """The id of the app an integration belongs to."""

    async def people_by_email(self, app_id: str, email: str) -> Sequence[User]:
        """The users of an app who were proven to have an e-mail address, whatever its case, oldest first."""

    # Lists: records, and whether there are more in the direction of the page
    async def service_accounts(self, page: Page) -> tuple[Sequence[ServiceAccount], bool]:
        """Oldest first, and only forwards."""

    async def apps(self, page: Page, service_account_id: str | None = None) -> tuple[Sequence[App], bool]:
        """Oldest first: all apps, or those of a service account."""

    async def conversations(self, user_id: str, page: Page) -> tuple[Sequence[Room], bool]:
        """A user's conversations, oldest first."""

    async def rooms(self, ids: Sequence[str]) -> Sequence[Room]:
        """Those of the conversations that are there."""

    async def guests(self, room: Room) -> tuple[Guest, ...]:
        """The participants of a room with what is shown of their users, in the order they joined."""

    async def messages(self, conversation_id: str, page: Page) -> tuple[Sequence[Message], bool]:
        """Messages oldest first; without a cursor, the newest page."""

    async def messages_by_seq(
        self, conversation_id: str, *, before: int | None, after: int | None, limit: int, skip: int = 0
    ) -> tuple[Sequence[Message], bool]:
        """Messages oldest first, on one side of a seq; without either, the newest but for the first `skip`."""

    async def messages_by_time(
        self, conversation_id: str, *, before: int | None, after: int | None, limit: int
    ) -> tuple[Sequence[Message], bool]:
        """Messages that were not deleted, oldest first, on one side of a time in milliseconds, which none of them has.

        They are the nearest to it; without either, the newest.
        """

    async def overviews(self, user_id: str, after: str | None, limit: int) -> tuple[Sequence[Overview], bool]:
        """A user's conversations, most recently active first, after the conversation with that id."""

    async def overview(self, conversation_id: str) -> Overview | None: ...
    async def replay(self, user_id: str, positions: dict[str, int], limit: int) -> dict[str, Replay]:
        """What happened after each position, at most `limit` events each, in the conversations where the user sits now.

        A conversation the user does not sit in is absent from the answer.
        """

    # Retention
    async def apps_with_retention(self) -> Sequence[App]:
        """The apps that keep messages for a time only."""

    async def quiet(
        self, app_id: str, since: int, until: int, after: str, limit: int
    ) -> tuple[Sequence[str], str | None]:
        """Of an app's next `limit` conversations, those with messages that were last active within these times.

        With it, the id after which to go on; None when that was all.
        """

    # Files
    async def attachments(self, ids: Sequence[str]) -> Sequence[Attachment]:
        """Those of the files that are there."""

    async def gone_attachments(self, limit: int) -> Sequence[str]:
        """Ids of files that are no more, and whose bytes may still be there.

        A file goes in the very transaction in which what it belongs to goes.
        """

    async def forget_attachments(self, ids: Sequence[str]) -> None:
        """The bytes of these gone files are deleted."""

    async def abandon_attachments(self, before: int) -> None:
        """Files for a message that were made before that time, in milliseconds, and never shown by one, go."""

    async def strays(self, ids: Sequence[str]) -> Sequence[str]:
        """Those of the ids that no file has, not even one that has gone."""

    # The outbox
    async def targets(self) -> Sequence[str]:
        """The ids of webhooks with waiting events."""

    async def lanes(self, webhook_id: str, after: str, limit: int) -> Sequence[Lane]:
        """The next lanes of a webhook with waiting events, by name."""

    async def waiting(self, webhook_id: str, lanes: Sequence[str], limit: int) -> Sequence[Mirrored]:
        """The oldest waiting events of each lane, at most `limit` of one: lane by lane, in order."""

    async def backlog(self, webhook_id: str) -> Backlog | None:
        """What waits for a webhook; None where nothing does."""

    async def behind(self, limit: int) -> Behind:
        """The webhooks that have waiting events; of at most `limit` how many, the most first."""

    async def settle(self, settled: Sequence[Settled], attempts: Sequence[Attempt] = ()) -> None:
        """Durable when it returns, with the calls that led to it. Losing it sends an event again, never skips it.

        What was given up meanwhile stays so, unless it was delivered.
        """

    # What is kept of the outbox: each takes a few rows at a time, so that no commit waits for long
    async def purge(self, delivered_before: int, failed_before: int, limit: int) -> int:
        """Events that were delivered and calls that were made before a time go, and events given up before another.

        At most so many of each; gives how many were found. What waits again meanwhile stays.
        """

    async def stale(self, webhook_id: str, before: int, after: str, limit: int) -> tuple[Sequence[str], str | None]:
        """Of a webhook's next `limit` lanes, those whose oldest event waits since before a time, in milliseconds.

        It waits since it happened, or since it might have gone last. With them, the lane after which to go on; None
        when those were all.
        """

    async def give_up(self, webhook_id: str, lanes: Sequence[str], limit: int, before: int, now: int) -> int:
        """Give up the oldest events of these lanes that wait since before that time, at most `limit` of each.

        Gives how many those were.
        """

    async def gone_webhooks(self) -> Sequence[str]:
        """The ids of webhooks that are no more, since the commit that removed them and until they are forgotten."""

    async def clear(self, webhook_id: str, limit: int) -> int:
        """Some events and calls of a webhook go, whatever became of them: at most so many of each; gives how many."""

    async def forget_webhook(self, webhook_id: str) -> None:
        """Nothing is left of a webhook that is no more, and nothing comes."""

    # What webhooks were told
    async def told(self, webhook_id: str, status: str, page: Page) -> tuple[Sequence[Told], bool]:
        """What is `waiting`, lane by lane, in order; or what was `delivered` or `failed`, last ended first.

        Its cursors are the ids of events.
        """

    async def told_event(self, webhook_id: str, event_id: str) -> Told | None: ...

    async def attempts(self, webhook_id: str, sought: Sought, page: Page) -> tuple[Sequence[Attempt], int | None]:
        """A webhook's calls, newest first; and the id of the call to go on from, None where that was all.

        Its cursors are the ids of calls, in hex. No more than some thousands are looked at for a page, which may then
        be short.
        """

    async def keep(self, attempt: Attempt) -> Attempt:
        """A call that was about nothing in the outbox; gives it with its id. Durable when it returns."""

    def ended(self, webhook_id: str, since: int, until: int, *, failed: bool) -> AsyncIterator[Sequence[int]]:
        """The row ids of events that happened, and ended so, within these times, in milliseconds; a page at a time."""

    async def revive(self, webhook_id: str, ids: Sequence[int], until: int, *, failed: bool) -> int:
        """Those of the events that ended up to that time wait again, as if never tried; gives how many.

        With `failed`, only those that were given up. Durable when it returns.
        """
