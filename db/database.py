"""Connections: opened once by the composition root, closed with the process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tortoise import Tortoise, connections

from core.domain.ports import LiveEvents
from db.engine import APP

APP_LABEL = "reveza"


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """Where each of the processes' roles connects; values hold passwords and are never logged."""

    app: str
    platform: str


def tortoise_config(
    connections: dict[str, str], *, default: str, pool: int = 10, settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Tortoise's configuration for these connections; models use ``default`` unless told otherwise.

    ``settings``: PostgreSQL's session settings that every connection starts with.
    """
    return {
        "connections": {name: _connection(url, pool, settings or {}) for name, url in connections.items()},
        "apps": {APP_LABEL: {"models": ["db.models"], "default_connection": default, "migrations": "db.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str, pool: int, settings: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": parts.hostname,
            "port": parts.port or 5432,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": parts.path.lstrip("/"),
            "minsize": 1,
            "maxsize": pool,
            "timeout": 10,
            "command_timeout": 30,
            "reset": _nothing_to_reset,
            "server_settings": dict(settings),
            **_encryption(parts.query),
        },
    }


async def _nothing_to_reset(_connection: object) -> None:
    """Every setting is a transaction's own, so a connection goes back to the pool as it is.

    The driver's reset is a round trip after every transaction, and costs PostgreSQL more than most of them. One that
    is still open is rolled back all the same.
    """


def _encryption(options: str) -> dict[str, str]:
    """What the URL says of TLS, in the driver's own words (libpq's ``sslmode``)."""
    modes = parse_qs(options).get("sslmode", [])
    return {"ssl": modes[-1]} if modes else {}


async def database_ready() -> bool:
    """Whether the database answers a process that has it open."""
    await connections.get("platform").execute_query("SELECT 1")
    return True


@asynccontextmanager
async def open_database(urls: DatabaseUrls, live: LiveEvents, *, pool: int = 10) -> AsyncIterator[None]:
    """Tortoise over the tenants' and the platform's connections, until the block ends.

    ``live`` is told of whatever a ``tenant_scope`` has changed and committed.
    """
    config = tortoise_config({APP: urls.app, "platform": urls.platform}, default=APP, pool=pool)
    tenants = config["connections"][APP]
    tenants["engine"] = "db.engine"
    tenants["credentials"]["live"] = live
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()
