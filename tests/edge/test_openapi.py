"""The API's own document: what it is, how it is served, and that it knows every operation."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.domain.model import Scope
from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS
from gateway.wire.openapi import document
from gateway.wire.openapi.examples import EXAMPLES, PARTS
from gateway.wire.openapi.rules import RULES
from tests.house_under_test import House, Json, opened

DOCUMENT = document(OPERATIONS, "1", "/")
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.act.__name__)


def told(operation: Operation) -> Json:
    said: Json = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return said


async def fetched(house: House, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    async with house.http.get(f"{house.url}/openapi.json", headers=headers) as response:
        return response.status, response.headers, await response.read()


async def test_it_is_served_to_anyone(house: House) -> None:
    status, headers, body = await fetched(house)
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    said = msgspec.json.decode(body)
    assert said["openapi"] == "3.1.0"
    assert said["servers"] == [{"url": "/"}]
    assert said["paths"] == DOCUMENT["paths"]


async def test_it_is_sent_once(house: House) -> None:
    _, headers, _ = await fetched(house)
    for known in (headers["ETag"], f'"other", {headers["ETag"]}', "*"):
        status, again, body = await fetched(house, **{"If-None-Match": known})
        assert (status, again["ETag"], body) == (304, headers["ETag"], b"")
    assert (await fetched(house, **{"If-None-Match": '"other"'}))[0] == 200


async def test_it_has_the_path_prefix(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", path_prefix="/sc") as house:
        assert house.url.endswith("/sc")
        said = msgspec.json.decode((await fetched(house))[2])
    assert said["servers"] == [{"url": "/sc"}]


def test_it_is_openapi() -> None:
    assert [str(it) for it in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


@each_operation
def test_every_operation_is_told(operation: Operation) -> None:
    said = told(operation)
    assert said["operationId"] == operation.id
    statuses = {it.status for it in operation.replies} | {it.status for it in operation.refusals}
    assert set(said["responses"]) == {str(it) for it in statuses}
    assert ("requestBody" in said) == (operation.asks is not None)
    parts = [it["name"] for it in said.get("parameters", ()) if it["in"] == "path"]
    assert parts == re.findall(r"\{(\w+)\}", operation.path)
    roles = sorted(operation.scopes - {Scope.SERVICE_ACCOUNT})  # whose tokens name the account's
    assert said["security"] == [{it: roles} for it in ("basic", "bearer") if roles]


def test_every_rule_is_laid_over_something() -> None:
    assert set(RULES) <= set(DOCUMENT["components"]["schemas"])


def test_every_schema_is_referred_to() -> None:
    text = str(DOCUMENT)
    unused = [it for it in DOCUMENT["components"]["schemas"] if f"#/components/schemas/{it}'" not in text]
    assert unused == []


def test_every_part_of_a_path_is_told() -> None:
    assert set(PARTS) >= {name for it in OPERATIONS for name in re.findall(r"\{(\w+)\}", it.path)}


def test_an_example_is_of_a_body() -> None:
    assert set(EXAMPLES) <= {it.asked[0] for it in OPERATIONS if it.asked}


@pytest.mark.parametrize(
    ("kind", "example"), [(kind, it) for kind, examples in EXAMPLES.items() for it in examples.values()]
)
def test_an_example_is_right(kind: Any, example: Json) -> None:
    msgspec.convert(example, kind)


@pytest.mark.parametrize(("address", "kind"), [("", "text/html"), ("/", "text/html"), ("/page.js", "text/javascript")])
async def test_the_page_runs_nothing_from_elsewhere(house: House, address: str, kind: str) -> None:
    """A browser holds it to that; `tests/journeys/test_docs_browser.py` has one."""
    async with house.http.get(f"{house.url}/docs{address}") as response:
        assert (response.status, response.content_type) == (200, kind)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        known = response.headers["ETag"]
    async with house.http.get(f"{house.url}/docs{address}", headers={"If-None-Match": known}) as response:
        assert response.status == 304
