"""Every row of the table of early access, with the setting off and on, over HTTP and at a webhook's receiver."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from gateway.edge.http import OPERATIONS
from gateway.wire.early_access import TABLE
from tests.edge import former_names, former_ways
from tests.house_under_test import House, opened
from tests.receiver import Receiver

GUIDE = Path(__file__).parents[3] / "shared" / "reference" / "guide-multi-party.txt"


STORIES: Final = (
    former_names.merge,
    former_names.refusals,
    former_names.users,
    former_names.keys,
    former_names.custom_integrations,
    former_names.authors,
    former_names.conversations,
    former_ways.methods,
    former_ways.lists,
    former_ways.webhook_ids,
    former_ways.empty_words,
    former_ways.captions,
    former_names.bad_media,
)

Story = Callable[[House, Receiver, bool], Awaitable[None]]


@pytest.mark.parametrize("both", [False, True], ids=["off", "on"])
@pytest.mark.parametrize("story", [pytest.param(it, id=it.__name__) for _, it in zip(TABLE, STORIES, strict=True)])
async def test_a_change_is_made_or_both_ways_hold(house: House, receiver: Receiver, story: Story, both: bool) -> None:
    """A story for each row, in the order of the table."""
    await house.speaks_early_access(on=both)
    await story(house, receiver, both)


@pytest.mark.skipif(not GUIDE.is_file(), reason=f"{GUIDE.name} is not in ../shared/reference, next to the checkout")
def test_the_table_has_a_row_for_each_change_of_the_guide() -> None:
    announced = re.findall(r"^(?:ITC|TBI|COM) \d{4}-\d\d-\d\d", GUIDE.read_text(), re.MULTILINE)
    assert len(announced) == len(TABLE) == 13


def test_the_operations_it_names_are_there() -> None:
    assert {name for row in TABLE for name in row.asks} <= {it.id for it in OPERATIONS}


async def test_a_prefix_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", path_prefix="/sc") as house:
        await house.speaks_early_access(on=True)
        assert set((await house.rest("GET", "/users/nobody")).body) == {"errors", "error"}


async def test_it_is_shown_while_it_is_on(house: House) -> None:
    path = f"/v2/apps/{house.app_id}"
    for on in (True, False):
        await house.speaks_early_access(on=on)
        settings = (await house.rest("GET", path)).body["app"]["settings"]
        assert settings.get("earlyAccessCompatibility") == (True if on else None)
    made = {"displayName": "early", "settings": {"earlyAccessCompatibility": True}}
    answer = await house.rest("POST", "/v2/apps", made, key=house.account)
    assert answer.body["app"]["settings"]["earlyAccessCompatibility"] is True
