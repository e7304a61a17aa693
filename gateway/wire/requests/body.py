"""What every request body is, and how what was sent is told from what was not."""

from datetime import MAXYEAR, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, structs

from gateway.domain.value import Shape
from gateway.wire.times import EPOCH

Moment = Annotated[datetime, Meta(tz=True)]


class Body(Shape, kw_only=True):
    """A request body; unknown fields are let pass."""


def check_moment(moment: Moment | None | UnsetType, what: str) -> None:
    """Hold a time to those that can be counted and written; raises ValueError."""
    if isinstance(moment, datetime) and not EPOCH.year <= moment.year < MAXYEAR:
        raise ValueError(f"{what} should be between {EPOCH.year} and {MAXYEAR}")


def changes(body: Shape) -> dict[str, Any]:
    """The fields that were sent, under their Python names."""
    return {name: value for name, value in structs.asdict(body).items() if value is not UNSET}


def api_fields(body: Shape) -> dict[str, Any]:
    """The fields that were sent, under the API's names."""
    named = zip(body.__struct_encode_fields__, body.__struct_fields__, strict=True)
    return {written: value for written, name in named if (value := getattr(body, name)) is not UNSET}
