"""The official OpenAPI document, where a copy stands next to the checkout, and answers held to its schemas."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

FILE = Path(__file__).parents[3] / "shared" / "reference" / "sunshine-conversations-v2-openapi.yaml"
WHY_NOT = f"{FILE.name} is not in ../shared/reference, next to the checkout"
NAME = "urn:official"


def _document() -> Any:
    return msgspec.yaml.decode(FILE.read_bytes()) if FILE.is_file() else None


DOCUMENT = _document()


def unlike_official(method: str, path: str, status: int, body: Any) -> list[str]:
    """Where an answer is not what the official document says; `path` with its parts in braces."""
    assert DOCUMENT is not None
    responses = ("paths", path, method.lower(), "responses", str(status), "content")
    (media,) = DOCUMENT["paths"][path][method.lower()]["responses"][str(status)]["content"]
    pointer = "/".join(
        quote(it.replace("~", "~0").replace("/", "~1"), safe="~") for it in (*responses, media, "schema")
    )
    registry: Registry[Any] = Registry().with_resource(NAME, DRAFT4.create_resource(DOCUMENT))
    validator = OAS30Validator({"$ref": f"{NAME}#/{pointer}"}, registry=registry)
    return [f"{it.json_path}: {it.message}" for it in validator.iter_errors(body)]
