"""Keeps the page and the emulators' controls to the person before this machine: no other web site may act through them."""

import secrets
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - a header's name
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src {frames}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def guard(token: str) -> Middleware:
    """Refuse other names for this machine (rebinding), other sites' pages, and API calls without this run's token."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _from_here(request, LOOPBACK):
            raise web.HTTPForbidden(text="this page is for this machine alone")
        if request.path.startswith("/api/") and not _knows(token, request):
            raise web.HTTPForbidden(text="another run's page: load it again")
        return await handler(request)

    return guarded


def guard_controls(host: str) -> Middleware:
    """What no vendor has is for programs of this machine, and for no page in its browser: a call may cost real money.

    ``host``: where the emulator listens, which may be no loopback address.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/_sandbox/") and not _from_here(request, LOOPBACK | {host}):
            raise web.HTTPForbidden(text="the sandbox is controlled from this machine alone")
        return await handler(request)

    return guarded


def headers_for(frames: Collection[str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What every answer says to the browser. ``frames``: the origins that the page shows in a frame."""
    policy = POLICY.format(frames=" ".join(sorted(frames)) or "'none'")

    async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update({**HEADERS, "Content-Security-Policy": policy})

    return add_headers


def _from_here(request: web.Request, names: Collection[str]) -> bool:
    host = request.headers.get("Host", "")
    if urlsplit(f"//{host}").hostname not in names:
        return False
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    return origin in (None, f"http://{host}") and (site in ("none", "same-origin") or _is_visit(request))


def _is_visit(request: web.Request) -> bool:
    """Somebody follows a link to the page: it shows nothing to whoever linked it."""
    return request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _knows(token: str, request: web.Request) -> bool:
    given = request.headers.get(TOKEN_HEADER, "")
    return secrets.compare_digest(given.encode(), token.encode())
