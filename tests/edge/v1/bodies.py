"""Bodies that nobody should send, and the word that the refusal should have for what is wrong with them."""

from typing import Any, Final

from tests.house_under_test import Answer

HUGE: Final = 10**400
WRONG: Final[tuple[Any, ...]] = (None, 7, HUGE, True, [], ["a"], {}, {"a": 1})

Odd = list[tuple[dict[str, Any], str]]


def odd(name: str, *values: Any) -> Odd:
    """A field with each of these values, which it should not have."""
    return [({name: value}, name) for value in values]


def within(name: str, odds: Odd) -> Odd:
    """The same one level deeper."""
    return [({name: change}, named) for change, named in odds]


NAMES: Final = odd("name", *WRONG, "", "x" * 101)
ODD: Final[dict[str, Odd]] = {
    "app": [
        *NAMES,
        *odd("settings", "on", 1, HUGE, [], True),
        *within("settings", odd("useAnimalNames", None, "yes", 1, [], {})),
        *within("settings", odd("conversationRetentionSeconds", None, "1", 1.5, -1, HUGE, True)),
        *odd("metadata", "x", 1, [], {"a": []}, {"a": {"b": 1}}, {"a": "x" * 4096}),
    ],
    "key": [({}, "name"), *NAMES],
    "webhook": [
        *odd("target", *WRONG, "", "example.org", "ftp://example.org", "javascript:alert(1)", "https://"),
        *odd("triggers", "postback", 1, HUGE, True, [], {}, [1], [None], [["postback"]], ["nonsense"]),
        *odd("includeClient", "yes", 1, [], {}),
        *odd("includeFullAppUser", "yes", 0, [], {}),
    ],
    "integration": [
        *odd("displayName", 7, HUGE, True, [], {}, "", "x" * 101),
        *odd("brandColor", 7, "red", "12345", [], {}),
        *odd("fixedIntroPane", "yes", 1, [], {}),
        *odd("displayStyle", "sheet", 1, [], {}),
        *odd("integrationOrder", "web", 1, {}, [1], [None]),
        *odd("originWhitelist", "https://shop.example", 1, {}, ["shop.example"], ["https://shop.example/path"]),
    ],
}


def spoilt(refused: Answer, named: str) -> bool:
    """Whether a 400 says which field is wrong."""
    status, code, description = refused.error
    assert (status, code) == (400, "bad_request"), refused
    assert named.lower() in description.lower(), description
    return True
