"""What every value of the house is made of: frozen, compared by content, cheap to make and to copy."""

from typing import Protocol, dataclass_transform

import msgspec

Metadata = dict[str, str | int | float | bool]


@dataclass_transform(frozen_default=True)
class Value(msgspec.Struct, frozen=True, gc=False):
    """An immutable value. `gc=False`: values hold values and never each other in a ring."""


class Shape(Value, kw_only=True, rename="camel", omit_defaults=True):
    """A value whose written form is the API's own: camelCase names, and nothing said where there is nothing to say."""


class Stamp(Protocol):
    """The clock and the dice of one decision, brought in from outside so that deciding stays pure."""

    @property
    def at(self) -> int:
        """Now, in milliseconds since 1970 UTC."""

    def new_id(self) -> str:
        """24 lowercase hex characters, unique, later ones sorting after earlier ones."""

    def new_secret(self) -> str:
        """86 characters of base64url: 64 random bytes."""
