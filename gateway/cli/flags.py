"""Flags that several commands take, and how a command is run with them."""

from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

from cyclopts import Parameter

from gateway import bootstrap
from gateway.config import Settings

T = TypeVar("T")

DEFAULTS = Settings()

Given = Annotated[Settings, Parameter(name="*")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object")]


def run(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    bootstrap.logging_to_stderr(settings.log_level)
    return bootstrap.run(work)
