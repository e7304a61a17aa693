"""What an operation refuses, as its responses by status, each problem an example."""

from collections.abc import Sequence
from typing import Final

from gateway.domain.errors import Problem
from gateway.wire.v2 import Json

SAYS: Final = {
    400: "The request breaks a rule.",
    401: "No key is shown, or none that is known.",
    402: "The account does not pay for this.",
    403: "This key may not.",
    404: "There is no such thing.",
    409: "There is one already.",
    413: "The body is too large.",
    415: "The body is of a type that is not taken.",
    423: "It is full.",
    429: "Too much at once: try again later.",
    502: "Another server failed.",
    503: "Not now: try again.",
}


class Refusals:
    """Responses to the same problems are written once, and referred to."""

    def __init__(self, schema: Json) -> None:
        self._schema = schema
        self._names: dict[tuple[Problem, ...], str] = {}
        self.components: Json = {}

    def of(self, problems: Sequence[Problem], page: bool) -> Json:
        """The response with these problems, which share a status; where a `page` is looked at, it may be one too."""
        key = tuple(sorted(problems, key=lambda it: (it.code, it.title)))
        if page:
            return self._response(key, {"text/html": {"schema": {"type": "string"}}})
        if key not in self._names:
            self._names[key] = name = self._new_name(key)
            self.components[name] = self._response(key, {})
        return {"$ref": f"#/components/responses/{self._names[key]}"}

    def _new_name(self, problems: Sequence[Problem]) -> str:
        """The codes, and a number when there are others with the same ones."""
        name = "-".join(dict.fromkeys(it.code for it in problems))
        known = sum(it.partition(".")[0] == name for it in self.components)
        return f"{name}.{known + 1}" if known else name

    def _response(self, problems: Sequence[Problem], also: Json) -> Json:
        examples = {
            f"{it.code}.{number}": {
                "summary": it.title,
                "value": {"errors": [{"code": it.code, "title": it.title}]},
            }
            for number, it in enumerate(problems, start=1)
        }
        content = {"schema": self._schema, "examples": examples}
        return {
            "description": SAYS.get(problems[0].status, "Refused."),
            "content": {"application/json": content, **also},
        }
