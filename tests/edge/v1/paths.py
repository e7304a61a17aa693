"""Where the routes of v1.1 are found."""

from gateway.edge.v1.route import Route

UNNAMED = "0" * 24  # for a part of a path that a test need not find


def path(route: Route, app_id: str | None) -> str:
    """Where a route is found: below an app, else below the app that a key implies."""
    parts = {"userId": "ann", "appId": app_id or UNNAMED}
    segments = [parts.get(it[1:-1], UNNAMED) if it.startswith("{") else it for it in route.path.split("/")]
    inside = "" if route.whole or app_id is None else f"/apps/{app_id}"
    return f"/v1.1{inside}{'/'.join(segments)}"
