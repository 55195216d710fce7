"""What a process tells of itself: alive, ready, metrics."""

import asyncio
import hmac
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.settings import Settings

log = structlog.get_logger(__name__)

_PROBE_SECONDS: Final = 3.0
_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")
"""Headers of a proxy: behind one on this machine, all the world comes from loopback."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Something the process depends on. Not ``required``: told, but the process serves without it."""

    name: str
    answers: Callable[[], Awaitable[bool]]
    required: bool = True


def new_registry() -> CollectorRegistry:
    """A registry with the process's own figures (memory, CPU, collections)."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class Observability:
    """``/healthz``, ``/readyz`` and ``/metrics`` of one process.

    Metrics go to whoever knows ``metrics_token`` (``Authorization: Bearer …``); with none set, to this machine only,
    and not through a proxy.
    """

    def __init__(self, registry: CollectorRegistry, probes: tuple[Probe, ...], *, metrics_token: str = "") -> None:
        self._registry = registry
        self._probes = probes
        self._token = metrics_token

    def routes(self) -> list[web.RouteDef]:
        """The three routes."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _readyz(self, _request: web.Request) -> web.Response:
        found = await asyncio.gather(*(_state(probe) for probe in self._probes))
        serves = all(state == "ok" for probe, state in zip(self._probes, found, strict=True) if probe.required)
        states = {probe.name: state for probe, state in zip(self._probes, found, strict=True)}
        return web.json_response({"ready": serves, **states}, status=200 if serves else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        if not self._may_look(request):
            return web.Response(status=401 if self._token else 403)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may_look(self, request: web.Request) -> bool:
        if self._token:
            given = request.headers.get("Authorization", "").encode(errors="replace")
            return hmac.compare_digest(given, f"Bearer {self._token}".encode())
        return _is_loopback(request.remote) and not any(name in request.headers for name in _FORWARDED)


@asynccontextmanager
async def side_door(settings: Settings, registry: CollectorRegistry, probes: tuple[Probe, ...]) -> AsyncIterator[None]:
    """The three routes on ``METRICS_PORT``, for a process that serves nothing else; none when it is not set."""
    if settings.metrics_port is None:
        yield
        return
    application = web.Application()
    application.add_routes(Observability(registry, probes, metrics_token=settings.metrics_token).routes())
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.web_host, settings.metrics_port).start()
    except OSError as error:
        # Not a reason to stand still: the work goes on unseen, and the log says so.
        log.warning("metrics.not_served", port=settings.metrics_port, error=error.strerror)
    try:
        yield
    finally:
        await runner.cleanup()


async def _state(probe: Probe) -> str:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            return "ok" if await probe.answers() else "not ready"
    except Exception as error:  # noqa: BLE001 whatever keeps it from answering is the answer
        log.warning("probe.failed", probe=probe.name, error=type(error).__qualname__)
        return "away"


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
