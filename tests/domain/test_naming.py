"""What a user is called."""

import pytest

from gateway.domain.model import Profile, User
from gateway.domain.naming import display_name


@pytest.mark.parametrize(
    ("given_name", "surname", "shown"),
    [("Ann", "Lee", "Ann Lee"), ("Ann", None, "Ann"), (None, "Lee", "Lee"), ("", "", None), (None, None, None)],
)
def test_as_much_of_the_name_as_there_is(given_name: str | None, surname: str | None, shown: str | None) -> None:
    profile = Profile(given_name=given_name, surname=surname)
    assert display_name(User(id="1", app_id="2", profile=profile)) == shown
