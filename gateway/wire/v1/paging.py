"""Pages of a v1.1 list: `limit` and `offset` in, `hasMore` and `offset` out."""

from typing import Annotated

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.views import Page
from gateway.wire.requests import Body
from gateway.wire.v2 import Json


class PageQuery(Body, kw_only=True):
    """Up to `limit` records, but for the first `offset`."""

    limit: Annotated[int, Meta(ge=1, le=limits.PAGE)] = limits.PAGE_DEFAULT
    offset: Annotated[int, Meta(ge=0, le=limits.SEQ)] = 0

    @property
    def page(self) -> Page:
        return Page(size=self.limit, skip=self.offset)


def listing(name: str, shown: list[Json], page: Page, *, more: bool) -> Json:
    return {name: shown, "hasMore": more, "offset": page.skip}
