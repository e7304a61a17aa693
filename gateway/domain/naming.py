"""What users are called: where they speak, and by those who look for them."""

from collections.abc import Iterable
from typing import Final

from gateway.domain.animals import animal_name
from gateway.domain.model import Person, User

CHANNELS: Final = {
    "web": "Web",
    "ios": "iOS",
    "android": "Android",
    "unity": "Unity",
    "apple": "Apple Messages",
    "instagram": "Instagram",
    "line": "LINE",
    "mailgun": "Email",
    "messagebird": "SMS",
    "messenger": "Messenger",
    "telegram": "Telegram",
    "twilio": "SMS",
    "twitter": "Twitter",
    "viber": "Viber",
    "wechat": "WeChat",
    "whatsapp": "WhatsApp",
}


def display_name(user: User) -> str | None:
    """Given name and surname, as far as there are any; None where there is neither."""
    given, surname = user.profile.given_name or "", user.profile.surname or ""
    return f"{given.strip()} {surname.strip()}".strip() or None


def author_name(person: Person, spoken_through: str | None, *, use_animal_names: bool) -> str:
    """The name of a user's messages: the first that fits, in the order that the API documents.

    Their own; an animal's; by channel and the user's external id, the channel's id of them, or the user's id; by that
    alone. `spoken_through` is a type of device or channel; None where it is none, and then the one seen last counts.
    """
    user = person.user
    named = display_name(user)
    if named is not None:
        return named
    if use_animal_names:
        return animal_name(user.id)
    channel = spoken_through or _seen_last(person)
    if channel is None:
        return nameless(user.id)
    return f"{CHANNELS.get(channel, channel.capitalize())} User {user.external_id or _known_on(channel, person)}"


def nameless(user_id: str) -> str:
    """What is said of somebody of whom nothing is known."""
    return f"User {user_id}"


def _known_on(channel: str, person: Person) -> str:
    """The id by which a channel knows somebody; their own where it has none."""
    known = (it.external_id for it in person.links if it.type == channel and it.status == "active")
    return next((it for it in known if it), person.user.id)


def _seen_last(person: Person) -> str | None:
    if person.devices:
        return max(person.devices, key=lambda it: it.last_seen).platform
    return next((it.type for it in reversed(person.links) if it.status == "active"), None)


def meant(namesakes: Iterable[User], brand: str | None) -> str | None:
    """The id of the one who is meant among those with the same external id: of a brand, or without one where that is
    "". Without a word of it: the one without a brand, else the only one.
    """
    ids = {it.brand_id or "": it.id for it in namesakes}
    if brand is not None:
        return ids.get(brand)
    return ids.get("") or (next(iter(ids.values())) if len(ids) == 1 else None)
