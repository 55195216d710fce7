"""What the AI decided and why, read-only and on this machine alone, for the sandbox's page.

Plain SQL over a connection or two, so that ``up``, which serves it, stays small.
"""

import hmac
import secrets
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from app.embedded.keeping import LOOPBACK
from app.emulated import TENANT_SLUG
from db.named_sql import query

_TURNS: Final = 60
"""How many of the latest are shown."""
_SECONDS: Final = 10.0


class Inspector:
    """Serves the demo tenant's latest turns to whoever knows this run's token."""

    def __init__(self, app_url: str, platform_url: str) -> None:
        """The database, as the tenants' role and as the platform's: the second only finds the tenant."""
        self.token = secrets.token_urlsafe(24)
        self.url = ""
        """Where it listens, once it does."""
        self._app_url = app_url
        self._platform_url = platform_url
        self._tenant: UUID | None = None
        self._pool: asyncpg.Pool | None = None
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listen; the database is asked only when somebody asks here."""
        self._pool = await asyncpg.create_pool(self._app_url, min_size=0, max_size=2, command_timeout=_SECONDS)
        app = web.Application(middlewares=[_unless_known(self.token)])
        app.router.add_get("/turns", self._turns)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, port).start()
        self.url = f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close everything."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._pool is not None:
            self._pool.terminate()

    async def _turns(self, _request: web.Request) -> web.Response:
        try:
            turns = await self._latest()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            raise web.HTTPServiceUnavailable(text="the database does not answer") from None
        return web.Response(body=orjson.dumps({"turns": turns}, default=str), content_type="application/json")

    async def _latest(self) -> list[dict[str, Any]]:
        tenant_id = self._tenant or await self._find_tenant()
        if tenant_id is None or self._pool is None:
            return []
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            # Of this transaction alone, as the policies of every tenant's table want it.
            await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenant_id))
            rows = await connection.fetch(query("inspected_turns"), tenant_id, _TURNS)
        return [_read(row) for row in rows]

    async def _find_tenant(self) -> UUID | None:
        connection = await asyncpg.connect(self._platform_url, timeout=_SECONDS)
        try:
            self._tenant = await connection.fetchval(query("tenant_of_slug"), TENANT_SLUG)
        finally:
            await connection.close()
        return self._tenant


_JSON: Final = ("decision", "verdicts", "prompt", "heard", "said", "score_change", "hand_off", "calls")


def _read(row: asyncpg.Record) -> dict[str, Any]:
    """One turn; the driver gives documents as their text."""
    turn = dict(row)
    return turn | {name: orjson.loads(turn[name]) for name in _JSON if turn[name] is not None}


def _unless_known(token: str) -> Middleware:
    @web.middleware
    async def known(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise web.HTTPUnauthorized
        return await handler(request)

    return known
