"""The gateway, as a backend that was written for the official Python client meets it."""

import pytest

from tests.house_under_test import House
from tests.official.client import Official


@pytest.fixture
def official(house: House) -> Official:
    """The client with the app's key."""
    return Official(house)
