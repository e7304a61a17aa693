"""Types become JSON Schema, as OpenAPI 3.1 has it: what msgspec says of them, and the rules it has no words for."""

from collections.abc import Iterable
from typing import Any, Final

from gateway.domain.content import AnyAction, Content, ItemAction
from gateway.domain.model import Metadata
from gateway.wire import answers, json, requests
from gateway.wire.openapi.rules import RULES
from gateway.wire.v2 import Json

PLACE: Final = "#/components/schemas/"
NAMED: Final[dict[str, Any]] = {  # what has no class of its own, and is written once all the same
    "Metadata": Metadata,
    "Content": Content,
    "Action": AnyAction,
    "ItemAction": ItemAction,
    "Integration": answers.Integration,
    "IntegrationCreate": requests.IntegrationCreate,
}


class Schemas:
    """The schemas of these types, and of all they are made of, by reference."""

    def __init__(self, kinds: Iterable[Any], asked: Iterable[Any]) -> None:
        """`asked` are those that a query string says, which knows no null."""
        self._kinds = [*dict.fromkeys(kinds), *NAMED.values()]
        shown, components = json.schemas(self._kinds, PLACE + "{name}")
        plain = [_plain(it) for it in shown]
        named = dict(zip(NAMED, plain[-len(NAMED) :], strict=True))
        self._shown = [_refer(it, named) for it in plain]
        self.components: Json = {name: _refer(_plain(it), named) for name, it in sorted(components.items())} | {
            name: {part: _refer(it, named) for part, it in whole.items()} for name, whole in named.items()
        }
        for kind in asked:
            self.components[self._name(kind)] = _without_null(self.inside(kind))
        for name, rule in RULES.items():
            if name in self.components:
                _add(self.components[name], rule)

    def of(self, kind: Any) -> Json:
        """A type's schema: a reference, where it has a name."""
        shown: Json = self._shown[self._kinds.index(kind)]
        return shown

    def inside(self, kind: Any) -> Json:
        """The schema that a type's reference leads to."""
        component: Json = self.components[self._name(kind)]
        return component

    def _name(self, kind: Any) -> str:
        return str(self.of(kind)["$ref"]).removeprefix(PLACE)


def _add(schema: Json, rule: Json) -> None:
    """Lay a rule over a schema: objects are joined, anything else is replaced."""
    for name, said in rule.items():
        if isinstance(said, dict) and isinstance(schema.get(name), dict):
            _add(schema[name], said)
        else:
            schema[name] = said


def _plain(schema: Any) -> Any:
    """As people write it: no `default: null`, a type that may be null in one word, `oneOf` where a field tells the
    kinds apart."""
    if isinstance(schema, list | tuple):
        return [_plain(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {name: _plain(it) for name, it in schema.items() if not _is_noise(name, it)}
    if isinstance(tidy.get("pattern"), str):
        tidy["pattern"] = tidy["pattern"].replace(r"\Z", "$").replace(r"\ud800-\udfff", "")  # as all dialects read it
    if "discriminator" in tidy:
        tidy["oneOf"] = tidy.pop("anyOf")
    if "anyOf" in tidy:
        tidy = _joined(tidy)
    return tidy


def _refer(schema: Any, named: Json) -> Any:
    """The same, with a reference wherever one of these stands."""
    if isinstance(schema, list):
        return [_refer(it, named) for it in schema]
    if not isinstance(schema, dict):
        return schema
    name = next((name for name, it in named.items() if it == schema), None)
    if name is not None:
        return {"$ref": PLACE + name}
    return {part: _refer(it, named) for part, it in schema.items()}


def _without_null(schema: Json) -> Json:
    """An object whose fields are left out rather than null."""
    fields = {
        name: {**it, "type": it["type"][0]} if isinstance(it.get("type"), list) else it
        for name, it in schema["properties"].items()
    }
    return {**schema, "properties": fields}


def _is_noise(name: str, said: Any) -> bool:
    return (name == "default" and said is None) or (name == "title" and isinstance(said, str))


def _joined(schema: Json) -> Json:
    """`anyOf` of plain types is one type; of a type and null, a type that may be null."""
    options: list[Json] = schema.pop("anyOf")
    if all(it.keys() == {"type"} and isinstance(it["type"], str) for it in options):
        names = [it["type"] for it in options]
        return {**schema, "type": [it for it in names if it != "integer" or "number" not in names]}
    rest = [it for it in options if it != {"type": "null"}]
    if len(rest) == 1 and len(options) == 2:
        only = rest[0]
        if isinstance(only.get("type"), list):
            return {**schema, **only, "type": [*only["type"], "null"]}
        if isinstance(only.get("type"), str) and only["type"] != "object":
            return {**schema, **only, "type": [only["type"], "null"]}
        if "enum" in only:
            return {**schema, **only, "enum": [*only["enum"], None]}
    return {**schema, "anyOf": options}
