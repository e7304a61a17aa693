"""Pages of a v1.1 list: `limit` and `offset` in, `hasMore` and `offset` out."""

from typing import Annotated

from msgspec import Meta

from gateway.domain import limits
from gateway.wire.requests import Body


class PageQuery(Body, kw_only=True):
    """Up to `limit` records, but for the first `offset`."""

    limit: Annotated[int, Meta(ge=1, le=limits.PAGE)] = limits.PAGE_DEFAULT
    offset: Annotated[int, Meta(ge=0, le=limits.SEQ)] = 0
