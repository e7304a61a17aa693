"""Which operations there are: those of the API, no fewer and no more, with its statuses and scopes."""

import pytest

from gateway.domain.model import Scope
from gateway.edge.http import OPERATIONS
from tests.edge.official import DOCUMENT, WHY_NOT
from tests.edge.surface import OURS as BESIDES
from tests.edge.surface import SURFACE

WHOLE = {**SURFACE, **BESIDES}
OURS = {(it.method, it.path): it for it in OPERATIONS}

# Open to account keys as well, which may make themselves an app key anyway; and what needs a token to be about.
WIDER = {path: {"account"} for path in WHOLE if "/webhooks" in path[1]}

# Open to all by the official document, though it can only work with a token.
WIDER[("GET", "/v2/tokenInfo")] = {"account", "app", "integration"}

# What the page sends by which the owner of an app lets somebody in.
CONSENT = ("POST", "/oauth/authorize")

# Ours, beside the API.
ADDED = {
    *((method, "/v2/apps/{appId}/moderation") for method in ("PUT", "GET", "DELETE")),
    ("POST", "/v2/apps/{appId}/moderation/signingSecret/rotate"),
}

# In 17.12.1, the newest version, but not yet in the document that may be handed on.
NEWER = {("GET", "/v2/apps/{appId}/users")}


def test_the_table_is_whole() -> None:
    assert len(SURFACE) == 68


def test_all_are_there_and_no_others() -> None:
    assert set(OURS) == {*WHOLE, CONSENT, *ADDED}


@pytest.mark.parametrize("row", [it for it in OURS if it in WHOLE], ids=" ".join)
def test_statuses_and_scopes_are_those_of_the_api(row: tuple[str, str]) -> None:
    assert WHOLE[row].status in {it.status for it in OURS[row].replies}
    said = OURS[row].scopes - {Scope.SERVICE_ACCOUNT}  # whose tokens name the account's
    assert said == WHOLE[row].scopes | WIDER.get(row, set())
    assert (Scope.SERVICE_ACCOUNT in OURS[row].scopes) == (Scope.ACCOUNT in said)


@pytest.mark.skipif(DOCUMENT is None, reason=WHY_NOT)
def test_the_table_is_that_of_the_official_document() -> None:
    assert DOCUMENT is not None
    official = {
        (method.upper(), path): {int(it) for it in said["responses"]}
        for path, methods in DOCUMENT["paths"].items()
        for method, said in methods.items()
        if method in ("get", "post", "patch", "delete")
    }
    assert set(official) == set(SURFACE) - NEWER
    assert [it for it, statuses in official.items() if SURFACE[it].status not in statuses] == []
