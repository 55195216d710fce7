"""How every process reaches providers: one kind of HTTP session, through the proxy that the environment names."""

import ipaddress
from typing import Any, Final
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
from yarl import URL

_HERE: Final = "localhost"


def provider_session(**options: Any) -> aiohttp.ClientSession:
    """A session as aiohttp makes it, which obeys ``HTTPS_PROXY`` and ``NO_PROXY`` (``HTTP_PROXY`` for what is no TLS).

    aiohttp's own ``trust_env`` would take ``.netrc`` too, and refuse every call to a host that stands in it; and each
    call would wait for two threads.
    """
    return aiohttp.ClientSession(request_class=_ThroughProxy, **options)


def proxy_for(url: URL) -> URL | None:
    """The proxy between us and an address; none for this machine, whose emulators no proxy would find."""
    host = url.host or ""
    if _is_here(host) or proxy_bypass(host):
        return None
    named = getproxies_environment().get(url.scheme)
    return URL(named if "://" in named else f"http://{named}") if named else None


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == _HERE


class _ThroughProxy(aiohttp.ClientRequest):
    def __init__(self, method: str, url: URL, *, proxy: URL | None = None, **more: Any) -> None:
        super().__init__(method, url, proxy=proxy or proxy_for(url), **more)
