"""The managers' pages over HTTP, as the browser inside Telegram loads them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog
from aiohttp import hdrs, web

from miniapp.site.files import INDEX, PageFile, load_files

log = structlog.get_logger(__name__)

PREFIX: Final = "/miniapp"
TELEGRAM_WEB: Final = ("https://web.telegram.org", "https://*.telegram.org")
"""Who shows the pages in a frame: Telegram's clients in the browser (its apps load them as pages of their own)."""
_ASSETS: Final = "assets/"
"""What is below is named by its content."""
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ENCODINGS: Final = ("br", "gzip")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
)
_NONCE_PLACE: Final = b"{{style-nonce}}"
"""In the document: by what stands there its own script may add style sheets, as for what is dragged."""
_MISSING: Final = (
    "The panel was not built: `./reveza web` and `./reveza up` build it, and say what keeps them from it. "
    "The image has it built in.\n"
)


class Pages:
    """Serves a build. It is read once and whole, so a newer one that takes its place is never mixed with it."""

    def __init__(self, framed_by: Sequence[str] = (), load: Callable[[], Mapping[str, PageFile]] = load_files) -> None:
        self._load = load
        self._files: Mapping[str, PageFile] = load()
        self._frames = " ".join((*TELEGRAM_WEB, *framed_by))
        if not self._files:
            log.warning("miniapp.not_built", mend="start by ./reveza, which builds the pages")

    def routes(self) -> list[web.RouteDef]:
        """Everything below the prefix, and the way there without the slash."""
        return [web.get(PREFIX, _to_the_index), web.get(PREFIX + "/{path:.*}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        if not self._files:
            self._files = self._load()
        if not self._files:
            return self._told(503, _MISSING, {hdrs.RETRY_AFTER: "10"})
        name = request.match_info["path"]
        found = self._files.get(name)
        if name == INDEX or (found is None and _names_a_page(name)):
            return self._document(self._files[INDEX])
        if found is None:
            return self._told(404, "There is no such file.\n", {})
        return self._file(request, name, found)

    def _document(self, found: PageFile) -> web.Response:
        """The one page, which differs each time by its nonce, and is small."""
        nonce = secrets.token_urlsafe(16)
        return web.Response(
            body=found.bodies["identity"].replace(_NONCE_PLACE, nonce.encode()),
            content_type="text/html",
            charset="utf-8",
            headers={**self._headers(nonce), hdrs.CACHE_CONTROL: "no-store"},
        )

    def _file(self, request: web.Request, name: str, found: PageFile) -> web.Response:
        encoding = _chosen(request.headers.get(hdrs.ACCEPT_ENCODING, ""), found.bodies)
        mark = f'"{found.mark}-{encoding}"'
        headers = {
            **self._headers(),
            hdrs.ETAG: mark,
            hdrs.CACHE_CONTROL: _FOR_EVER if name.startswith(_ASSETS) else "no-cache",
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
        }
        if mark in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
        if encoding != "identity":
            headers[hdrs.CONTENT_ENCODING] = encoding
        text = found.content_type.startswith("text/")
        return web.Response(
            body=found.bodies[encoding],
            content_type=found.content_type,
            charset="utf-8" if text else None,
            headers=headers,
        )

    def _told(self, status: int, text: str, headers: Mapping[str, str]) -> web.Response:
        return web.Response(
            status=status, text=text, headers={**self._headers(), hdrs.CACHE_CONTROL: "no-store", **headers}
        )

    def _headers(self, nonce: str = "") -> dict[str, str]:
        policy = _POLICY.format(frames=self._frames, nonce=f" 'nonce-{nonce}'" if nonce else "")
        return {**_HEADERS, "Content-Security-Policy": policy}


async def _to_the_index(request: web.Request) -> web.Response:
    raise web.HTTPPermanentRedirect(request.rel_url.with_path(PREFIX + "/", keep_query=True))


def _names_a_page(path: str) -> bool:
    """The app itself knows its pages; what looks like a file is one, or is missing."""
    return not path.startswith(_ASSETS) and "." not in path.rpartition("/")[2]


def _chosen(accepted: str, bodies: Mapping[str, bytes]) -> str:
    """The best encoding that there is and that is taken."""
    taken = {part.partition(";")[0].strip() for part in accepted.lower().split(",") if not _refused(part)}
    return next((code for code in _ENCODINGS if code in taken and code in bodies), "identity")


def _refused(part: str) -> bool:
    """Named with a weight of nothing."""
    weight = part.partition(";")[2].replace(" ", "")
    return weight.startswith("q=0") and not weight.strip("q=0.")
