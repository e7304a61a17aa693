"""Refusals as v1.1 writes them: one `error`, in which fields are called by the names they have here."""

import re
from typing import Final

from gateway.domain.errors import MESSAGE_REFUSED, Problem
from gateway.wire.v2 import Json

NESTED: Final = re.compile(r"\b(?:content|matchCriteria)\.(?=\w)")  # what v1.1 has at the top


def refusal(it: Problem) -> Json:
    title = it.title if it.code == MESSAGE_REFUSED.code else NESTED.sub("", it.title)  # the business's own words
    return {"error": {"code": it.code, "description": title}}
