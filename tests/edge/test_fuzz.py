"""Requests made up from the API's own document, right ones and wrong ones, sent to a running gateway."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckContext, Response
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gateway.edge.http import OPERATIONS
from gateway.wire.openapi import document
from tests.edge.shop import Shop, open_shop
from tests.effort import examples

EXAMPLES = examples(6)  # made up at random for each operation, beside those at every bound of the schema
GENERATION = GenerationConfig(
    deterministic=True, max_examples=EXAMPLES, no_shrink=True, with_security_parameters=False, database="none"
)
CONFIG = SchemathesisConfig(seed=1, projects=ProjectsConfig(default=ProjectConfig(generation=GENERATION)))
SCHEMA = schemathesis.openapi.from_dict(document(OPERATIONS, "1", "/"), config=CONFIG)

# What holds between the parts of a body, or between it and what there is, and no schema can say.
ONLY_WORDS = (
    "is limited to 4096 bytes",
    "fields should have different names",
    "Unsupported media URL for attachment deletion",
    "minSize should not be above maxSize",
    "incomingAddress should be an address of domain",
    "got `float`",  # 1.0 is an integer to JSON Schema
    "The body does not come as its headers say",  # a further part whose name no header can hold
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("data")) as shop:
        yield shop


@schemathesis.check
def right_data_is_accepted(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Or refused by one of the rules that the operation names as its own, since they depend on what there is."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return None
    if response.headers["content-type"] != ["application/json; charset=utf-8"]:
        return None  # a page
    (operation,) = (it for it in OPERATIONS if (it.method, it.path) == (case.method.upper(), case.path))
    titles = [it["title"] for it in response.json()["errors"]]
    own = {it.title for it in operation.refuses}
    assert all(it in own or any(words in it for words in ONLY_WORDS) for it in titles), titles
    return None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")  # the library's own
@SCHEMA.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_document_is_true(case: Case[Any], shop: Shop) -> None:
    shop.furnish(case)
    answer = case.call_and_validate(base_url=shop.url, auth=shop.key, excluded_checks=[positive_data_acceptance])
    if case.method.upper() == "DELETE" and answer.status_code == 200:
        shop.renew()
    if case.method.upper() == "PUT" and answer.status_code == 200:
        shop.judges_no_more()  # whatever is there: nothing answers, and that is no server's fault
