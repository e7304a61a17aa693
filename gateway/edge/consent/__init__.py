"""The page on which the owner of an app lets an OAuth client in, or does not. It needs no script and nothing else."""

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from gateway.domain.errors import Problem
from gateway.domain.model import Partner

HERE: Final = Path(__file__).parent
FRAME: Final = Template((HERE / "frame.html").read_text("utf-8"))
FORM: Final = Template((HERE / "form.html").read_text("utf-8"))
STYLE: Final = (HERE / "style.css").read_text("utf-8")
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# Browsers hold each stop of the way back to `form-action`, and where that leads to is the client's own affair.
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self' https: http:; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Wish(NamedTuple):
    """What a client asks an app's owner; `redirect_uri` is one that is registered for it."""

    partner: Partner
    redirect_uri: str
    state: str | None


def ask(wish: Wish, key_id: str = "", problem: str | None = None) -> web.Response:
    """The page with its form, and with what was wrong the last time."""
    content = FORM.substitute(
        name=escape(wish.partner.name),
        client_id=escape(wish.partner.id),
        redirect_uri=escape(wish.redirect_uri),
        state="" if wish.state is None else f'<input type="hidden" name="state" value="{escape(wish.state)}">\n',
        key_id=escape(key_id),
        problem=f'<p role="alert" id="problem">{escape(problem)}</p>\n' if problem else "",
        described=' aria-invalid="true" aria-describedby="problem"' if problem else "",
        destination=escape(urlsplit(wish.redirect_uri).netloc),
    )
    return _page(403 if problem else 200, f"Let {wish.partner.name} into your app?", content)


def explain(problem: Problem) -> web.Response:
    """Why there is nothing to decide. Nobody is sent anywhere: the address to go back to cannot be trusted."""
    return _page(problem.status, "This link does not work", f"<p>{escape(problem.title)}.</p>")


def _page(status: int, title: str, content: str) -> web.Response:
    text = FRAME.substitute(title=escape(title), style=STYLE, content=content)
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=HEADERS)


def back(wish: Wish, **said: str) -> web.Response:
    """Back to the client, with a code or an error."""
    state = {} if wish.state is None else {"state": wish.state}
    mark = "&" if urlsplit(wish.redirect_uri).query else "?"
    where = f"{wish.redirect_uri}{mark}{urlencode({**said, **state})}"
    return web.Response(
        status=302, headers={"Location": where, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
