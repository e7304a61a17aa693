"""The breaking changes that the guide to the early access announced for 2020-09-28: a row for each, in its order."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, structs

from gateway.domain import errors, limits
from gateway.domain.errors import Refused
from gateway.domain.model import Office, Webhook
from gateway.domain.views import Page
from gateway.wire.cursor import PageQuery
from gateway.wire.early_access import reading, writing
from gateway.wire.early_access.writing import Where
from gateway.wire.v2 import Json

Adds = Callable[[Json], None]
Writes = Callable[[Json, Where], None]


class OffsetQuery(PageQuery, kw_only=True):
    """A page by `limit` and `offset`, too."""

    limit: Annotated[int, Meta(ge=1, le=limits.PAGE)] | None = None
    offset: Annotated[int, Meta(ge=0, le=limits.OFFSET)] = 0

    def page(self, fixed: int | None) -> Page:
        if self.offset and (self.after or self.before):
            raise Refused(errors.BAD_PAGE)
        return structs.replace(PageQuery.page(self, self.limit or fixed), skip=self.offset)


class Row(NamedTuple):
    """What was one way and is another, and what an app that has chosen both is given.

    `answers` and `payloads` are what is added to a body of REST, and to the payload of an event; `lists` to a page,
    `calls` to what a webhook is sent. `asks` are the bodies, by operation, that may be written as they were. Former
    `methods` and `query` parameters have the names of now beside them; `pages` is how these ask for a page; `parts` are
    those of paths.
    """

    what: str
    before: str
    now: str
    both: str
    answers: Adds | None = None
    payloads: Adds | None = None
    lists: Callable[[Json, Page], None] | None = None
    calls: Callable[[Json, Webhook], None] | None = None
    asks: Mapping[str, Writes] = {}
    methods: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    pages: type[PageQuery] | None = None
    parts: Mapping[str, Callable[[Office, str], str]] = {}


TABLE: Final = (
    Row(
        "payload of `user:merge`",
        "`surviving`, `discarded`, `discardedConversationId`",
        "`mergedUsers`, `mergedConversations`",
        "both are sent",
        payloads=reading.merge,
    ),
    Row(
        "what a refusal says",
        "an object `error` of `code` and `description`",
        "an array `errors`",
        "both are sent",
        answers=reading.error,
    ),
    Row(
        "users in webhooks",
        "`givenName`, `surname`, `email`, `avatarUrl` at the root",
        "the same in `profile`",
        "both are sent; users are created and updated in either form",
        payloads=reading.user_at_root,
        asks={"createUser": writing.profile, "updateUser": writing.profile},
    ),
    Row(
        "keys of custom integrations",
        "`name`",
        "`displayName`",
        "both are sent, either is taken",
        answers=reading.key_name,
        asks={"createCustomIntegrationKey": writing.key_name},
    ),
    Row(
        "custom integrations",
        "an object `webhook`",
        "an array `webhooks`",
        "both are sent, either is taken",
        answers=reading.one_webhook,
        asks={"createIntegration": writing.one_webhook},
    ),
    Row(
        "`author` of messages and activities",
        "`name`; `role`: `appUser`, `appMaker`",
        "`displayName`; `type`: `user`, `business`",
        "both are sent, either is taken",
        answers=reading.author,
        payloads=reading.author,
        asks={
            "postMessage": writing.author,
            "postActivity": writing.author,
            "createClient": writing.author_of_question,
        },
    ),
    Row(
        "conversations",
        "`appMakerLastRead`",
        "`businessLastRead`",
        "both are sent",
        answers=reading.last_read,
    ),
    Row(
        "changing what there is",
        "`PUT`",
        "`PATCH`",
        "either",
        methods={"PUT": "PATCH"},
    ),
    Row(
        "lists that have pages",
        "`limit`, `offset`; answers `hasMore`, `offset`",
        "`page[…]`; answers `meta`, `links`",
        "either is taken; `hasMore` and `offset` are sent too, except to whoever goes by a cursor",
        lists=reading.offset,
        query={"limit": "page[limit]", "offset": "page[offset]"},
        pages=OffsetQuery,
    ),
    Row(
        "a webhook's id",
        "that of its integration, through which it is changed",
        "one of its own, with routes of its own",
        "webhooks are called with the integration's id; either id opens the routes; the integration takes changes too",
        answers=reading.webhook_of_integration,
        calls=reading.called_by_integration,
        asks={"updateIntegration": writing.webhook_of_integration},
        parts={"webhookId": writing.webhook_id},
    ),
    Row(
        "empty `displayName` and `description` of conversations and integrations",
        "taken",
        "refused",
        "taken as `null`: there is none",
        asks={
            "createConversation": writing.no_empty_words,
            "updateConversation": writing.no_empty_words,
            "createIntegration": writing.no_empty_name,
            "updateIntegration": writing.no_empty_name,
        },
    ),
    Row(
        "shorthand",
        "in every text",
        "in messages of type `text` only",
        "in the texts of images and files too",
        asks={"postMessage": writing.captions},
    ),
    Row(
        "bad media",
        "`bad_request`",
        "`invalid_file`",
        "`error` has the former code, `errors` that of now",
        answers=reading.bad_media,
    ),
)
