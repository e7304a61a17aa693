"""Who may do what, and what a token says."""

import pytest

from gateway.domain import access, errors
from gateway.domain.access import Caller, Claims, permit, user_of
from gateway.domain.errors import Problem, Refused
from gateway.domain.model import App, Scope

ACCOUNT = Caller(Scope.ACCOUNT, "act_1")
APP = Caller(Scope.APP, "app_1", "mine")
PART = Caller(Scope.SERVICE_ACCOUNT, "svc_1", service_account_id="agency")
INTEGRATION = Caller(Scope.INTEGRATION, "int_1", "mine", "an integration")

NOW_MS = 1_700_000_000_000


def refusal(caller: Caller, scopes: frozenset[Scope], app_id: str | None) -> Problem | None:
    try:
        permit(caller, scopes, app_id)
    except Refused as refused:
        return refused.problem
    return None


@pytest.mark.parametrize(
    ("caller", "scopes", "app_id", "problem"),
    [
        (ACCOUNT, access.ACCOUNT, None, None),
        (ACCOUNT, access.APP, "mine", None),
        (ACCOUNT, access.ANY, "another", None),
        (ACCOUNT, access.OWNER, None, None),
        (PART, access.OWNER, None, errors.FORBIDDEN),
        (PART, access.ACCOUNT, None, None),
        (PART, access.APP, "mine", None),
        (PART, access.INTEGRATION, "mine", errors.FORBIDDEN),
        (APP, access.OWNER, None, errors.FORBIDDEN),
        (APP, access.ACCOUNT, None, errors.FORBIDDEN),
        (APP, access.ACCOUNT, "another", errors.FORBIDDEN),
        (APP, access.APP, "mine", None),
        (APP, access.ANY, None, None),
        (APP, access.APP, "another", errors.APP_NOT_FOUND),
        (INTEGRATION, access.ACCOUNT, None, errors.FORBIDDEN),
        (INTEGRATION, access.APP, "mine", errors.FORBIDDEN),
        (INTEGRATION, access.ANY, "mine", None),
        (INTEGRATION, access.ANY, "another", errors.APP_NOT_FOUND),
    ],
)
def test_a_key_opens_its_own_scope(
    caller: Caller, scopes: frozenset[Scope], app_id: str | None, problem: Problem | None
) -> None:
    assert refusal(caller, scopes, app_id) == problem


@pytest.mark.parametrize(
    ("caller", "of", "reached"),
    [(ACCOUNT, None, True), (ACCOUNT, "agency", True), (PART, None, False), (PART, "agency", True), (PART, "x", False)],
)
def test_a_service_account_reaches_its_own_apps(caller: Caller, of: str | None, reached: bool) -> None:
    app = App(id="mine", display_name="x", service_account_id=of)
    if reached:
        access.permit_app(caller, app)
    else:
        with pytest.raises(Refused) as refused:
            access.permit_app(caller, app)
        assert refused.value.problem == errors.APP_NOT_FOUND


def test_a_list_shows_the_apps_of_one_service_account_or_all() -> None:
    assert [access.owner(ACCOUNT, it) for it in (None, "agency")] == [None, "agency"]
    assert [access.owner(PART, it) for it in (None, "agency")] == ["agency", "agency"]
    with pytest.raises(Refused) as refused:
        access.owner(PART, "another")
    assert refused.value.problem == errors.FOREIGN_ACCOUNT


def test_a_users_token_names_the_user() -> None:
    assert user_of(Claims(scope="user", external_id="ann"), NOW_MS) == "ann"


@pytest.mark.parametrize(
    "claims",
    [
        Claims(),
        Claims(scope="user"),
        Claims(scope="user", external_id=""),
        Claims(external_id="ann"),
        Claims(scope="app", external_id="ann"),
        Claims(scope="appuser", external_id="ann"),
        Claims(scope="user", external_id="ann", expires_at=NOW_MS / 1000),
        Claims(scope="user", external_id="ann", expires_at=0),
        Claims(scope="user", external_id="a\x00b"),
        Claims(scope="user", external_id="x" * 1025),
    ],
)
def test_a_token_that_names_no_user_is_refused(claims: Claims) -> None:
    with pytest.raises(Refused) as refused:
        user_of(claims, NOW_MS)
    assert refused.value.problem == errors.INVALID_AUTH


def test_a_token_holds_until_its_time() -> None:
    until = Claims(scope="user", external_id="ann", expires_at=NOW_MS / 1000)
    assert user_of(until, NOW_MS - 1) == "ann"
    assert access.expired(until, NOW_MS)
    assert not access.expired(Claims(), NOW_MS)
