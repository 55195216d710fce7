"""Brings a database up to date: roles first, then Tortoise's own migrations, one migrator at a time."""

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as run_migrations

from db import migrations
from db.database import APP_LABEL, tortoise_config
from db.named_sql import backup_query

LoginRole = Literal["app", "platform", "ingest", "backup"]
LOGIN_ROLES: Final[tuple[LoginRole, ...]] = ("app", "platform", "ingest", "backup")
_LOCK = 0x72657665_7A61  # "reveza"


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What a migrator needs: the owner's url, the prefix of the roles' names, and their passwords by role."""

    owner_url: str
    role_prefix: str
    passwords: Mapping[LoginRole, str]


async def migrate(plan: MigrationPlan, *, target: str | None = None) -> None:
    """Make the roles and migrate to ``target`` (a migration's name; ``None``: the newest; ``zero``: none).

    Idempotent, and safe when several run at once: an advisory lock lets one through at a time.
    """
    guard = await asyncpg.connect(plan.owner_url)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _ensure_roles(guard, plan)
        await _migrate(plan, target)
        await _let_backup_read(guard, f"{plan.role_prefix}_backup")
    finally:
        await guard.close()


def known_migrations() -> Sequence[str]:
    """The names of all there are, the oldest first."""
    return sorted(module.name for module in pkgutil.iter_modules(migrations.__path__))


async def try_holding_still(connection: asyncpg.Connection) -> bool:
    """Keep migrators out for as long as the connection lives; whether none is at it now."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock_shared($1)", _LOCK))


async def _ensure_roles(connection: asyncpg.Connection, plan: MigrationPlan) -> None:
    for role in LOGIN_ROLES:
        await _ensure_role(connection, f"{plan.role_prefix}_{role}", plan.passwords[role])
    await _ensure_role(connection, f"{plan.role_prefix}_search", None)
    owner = await connection.fetchval("SELECT quote_ident(current_user)")
    search = await _quoted(connection, f"{plan.role_prefix}_search")
    await connection.execute(f"GRANT {search} TO {owner}")


async def _let_backup_read(connection: asyncpg.Connection, role: str) -> None:
    """What a migration has made can be backed up too, whoever wrote it. The role may read, and nothing else."""
    await connection.execute(f"GRANT USAGE ON SCHEMA public TO {await _quoted(connection, role)}")
    for row in await connection.fetch(backup_query("let_backup_read"), role):
        await connection.execute(row["statement"])


async def _ensure_role(connection: asyncpg.Connection, name: str, password: str | None) -> None:
    quoted = await _quoted(connection, name)
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {quoted} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
    if password is None:
        await connection.execute(f"ALTER ROLE {quoted} NOLOGIN")
        return
    literal = await connection.fetchval("SELECT quote_literal($1::text)", password)
    await connection.execute(f"ALTER ROLE {quoted} LOGIN PASSWORD {literal}")


async def _quoted(connection: asyncpg.Connection, name: str) -> str:
    return str(await connection.fetchval("SELECT quote_ident($1::text)", name))


async def _migrate(plan: MigrationPlan, target: str | None) -> None:
    # Given at the connection's start: only a superuser may keep a setting of this kind in the database.
    settings = {"reveza.role_prefix": plan.role_prefix}
    config = tortoise_config({"owner": plan.owner_url}, default="owner", pool=2, settings=settings)
    name = "__first__" if target == "zero" else target  # Tortoise's word for: take back the first one too
    try:
        await run_migrations(config=config, target=None if name is None else f"{APP_LABEL}.{name}")
    finally:
        await Tortoise.close_connections()
