"""What a user is called where they speak."""

from gateway.domain.model import User


def display_name(user: User) -> str | None:
    """Given name and surname, as far as there are any; None where there is neither."""
    return " ".join(it for it in (user.profile.given_name, user.profile.surname) if it) or None
