"""Who is let in to v1.1: every route, by either family of paths, with every kind of credential."""

from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import jwt as pyjwt

from gateway.domain import access
from gateway.domain.model import Scope
from gateway.edge.v1.door import ROUTES
from gateway.edge.v1.route import Route
from gateway.flow import provision
from tests.edge.premises import furnished, on_disk, service_account
from tests.edge.v1.paths import UNNAMED, path
from tests.house_under_test import House, Json, basic

UNKNOWN = ((401, "unauthorized"), (401, "invalid_auth"))
USER = "/appusers/{userId}"
FAMILIES = ("named", "implied")  # how a path comes by its app
EVERYWHERE = list(product(ROUTES, FAMILIES))


class Shown(NamedTuple):
    """A credential: whose it is, which scope it has, and the header that shows it."""

    who: str
    scope: Scope
    header: str


def bearer(key: tuple[str, str], **claims: Any) -> str:
    return "Bearer " + pyjwt.encode(claims, key[1], algorithm="HS256", headers={"kid": key[0]})


async def ask(house: House, route: Route, family: str, header: str | None) -> tuple[int, Json]:
    """With the empty body that old clients send."""
    where = path(route, house.app_id if family == "named" else None)
    headers = {"Content-Type": "application/json", **({"Authorization": header} if header else {})}
    async with house.http.request(route.method, house.url + where, headers=headers, data=b"") as answer:
        return answer.status, await answer.json()


def strangers(house: House) -> dict[str, str | None]:
    key, account = house.key, house.account
    return {
        "nobody": None,
        "garbage": "garbage",
        "an unknown key": basic("app_" + UNNAMED, key[1]),
        "a wrong secret": basic(key[0], "wrong"),
        "a JWT by a wrong secret": bearer((key[0], "wrong" * 20), scope="app"),
        "a JWT without scope": bearer(key),
        "an app key that claims the account": bearer(key, scope="account"),
        "an account key that claims an app": bearer(account, scope="app"),
        "an expired JWT": bearer(key, scope="app", exp=1_600_000_000),
        "a user without a name": bearer(key, scope="appUser"),
        "a user by number": bearer(key, scope="appUser", userId=7),
    }


def both_ways(who: str, scope: Scope, key: tuple[str, str]) -> list[Shown]:
    claim = Scope.ACCOUNT if scope is Scope.SERVICE_ACCOUNT else scope
    return [Shown(who, scope, basic(*key)), Shown(who, scope, bearer(key, scope=claim, iat=1))]


async def callers(house: House) -> list[Shown]:
    """Everybody whom the gateway knows, the most powerful last."""
    mine = await furnished(house, house.app_id, house.key, "ann")
    other = await provision.new_app(house.flow, "other")
    return [
        *both_ways("another app", Scope.APP, (other.key_id, other.secret)),
        *both_ways("a service account", Scope.SERVICE_ACCOUNT, (await service_account(house))[1]),
        *both_ways("an integration", Scope.INTEGRATION, mine.integration_key),
        Shown("another user", Scope.USER, bearer(house.key, scope="appUser", userId="eve")),
        Shown("the user", Scope.USER, bearer(house.key, scope="appUser", userId="ann")),
        Shown("the user, as v2 says it", Scope.USER, bearer(house.key, scope="user", external_id="ann")),
        *both_ways("the app", Scope.APP, house.key),
        *both_ways("the account", Scope.ACCOUNT, house.account),
    ]


def refused(shown: Shown, route: Route, family: str) -> tuple[int, str] | None:
    """What somebody is told who may not; None for those who may."""
    if shown.scope not in route.scopes:
        return 403, "forbidden"
    names_an_app = "{appId}" in route.path if route.whole else family == "named"
    if shown.who in ("another app", "a service account") and names_an_app:
        return 404, "app_not_found"
    if shown.who == "another user" and route.path.startswith(USER):
        return 403, "forbidden"
    if shown.scope in access.ACCOUNT and not names_an_app and not route.whole:
        return 400, "bad_request"
    return None


async def test_strangers_stay_outside(house: House, tmp_path: Path) -> None:
    await house.user("ann")
    before = on_disk(tmp_path / "data")
    for route, family in EVERYWHERE:
        for who, header in strangers(house).items():
            status, body = await ask(house, route, family, header)
            assert (status, body["error"]["code"]) in UNKNOWN, (route, family, who, body)
    assert on_disk(tmp_path / "data") == before


async def test_who_may_not_is_told_so(house: House, tmp_path: Path) -> None:
    everybody = await callers(house)
    before = on_disk(tmp_path / "data")
    for route, family in EVERYWHERE:
        for shown in everybody:
            refusal = refused(shown, route, family)
            if refusal is not None:
                status, body = await ask(house, route, family, shown.header)
                assert (status, body["error"]["code"]) == refusal, (route, family, shown.who, body)
    assert on_disk(tmp_path / "data") == before


async def test_who_may_is_let_in(house: House) -> None:
    """Whatever the answer is then; what deletes comes last."""
    everybody = await callers(house)
    for route, family in sorted(EVERYWHERE, key=lambda it: (it[0].method == "DELETE", it[0].path == "/apps/{appId}")):
        for shown in everybody:
            if refused(shown, route, family) is None:
                status, body = await ask(house, route, family, shown.header)
                assert status not in (401, 403, 405), (route, family, shown.who, body)
                assert status < 500, (route, family, shown.who, body)


def test_what_opens_to_whom() -> None:
    """The table by which the others here expect what they do, against those of its rows that must not slip."""
    opened: dict[frozenset[Scope], set[str]] = {}
    for it in ROUTES:
        opened.setdefault(it.scopes, set()).add(f"{it.method} {it.path}")
    assert set(opened) == {access.OWNER, access.ACCOUNT, access.APP, access.USER}
    assert opened[access.OWNER] == {f"{it.method} {it.path}" for it in ROUTES if it.path.startswith("/serviceaccounts")}
    assert opened[access.ACCOUNT] == {"POST /apps", "GET /apps", "DELETE /apps/{appId}"}
    assert {it for it in opened[access.USER] if f" {USER}" not in it} == {"POST /attachments"}
    kept = {
        f"DELETE {USER}",
        f"DELETE {USER}/profile",
        f"DELETE {USER}/messages",
        f"DELETE {USER}/messages/{{messageId}}",
    }
    assert kept <= opened[access.APP]


def test_every_path_is_that_of_one_route() -> None:
    for app_id in ("app", None):
        found = [(it.method, path(it, app_id)) for it in ROUTES]
        assert len(set(found)) == len(found)
