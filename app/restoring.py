"""A backup put in the place of what is there: loaded beside it, brought up to date, settled, and only then swapped in."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from redis.exceptions import RedisError

from app.commands.migrate import plan_of
from app.settings import Settings
from app.tombstones import audit_chain, tombstone_journal
from core.domain.changes import Change
from core.domain.errors import Conflict
from core.services.audit_chain import ends_of_logs
from core.services.restoration import Restoration, Settled
from core.services.tombstones import apply_tombstones
from db.backup.archive import BackupReader
from db.backup.aside import at_database, connected_to, made_aside
from db.backup.dump import sums_of
from db.backup.load import load
from db.backup.manifest import missing_migrations
from db.backup.shape import TableShape
from db.database import DatabaseUrls, open_database
from db.migrate import known_migrations, migrate
from pipeline.connection import queue_client
from pipeline.forgetting import forget_everything

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. ``replaced``: the name under which what was there is kept."""

    settled: Settled
    replaced: str


class Restorer:
    """Restores one backup. Every refusal leaves what is there as it is."""

    def __init__(self, settings: Settings, backup: BackupReader, say: Say) -> None:
        self._settings = settings
        self._backup = backup
        self._say = say

    async def look(self, *, without_key: bool = False) -> bool:
        """Whether there is something that would be replaced. Raises ``Conflict`` when it cannot be done now.

        ``without_key``: also where its credentials could not be opened.
        """
        newer = missing_migrations(self._backup.manifest, known_migrations())
        if newer:
            message = (
                f"the backup was made by a newer Reveza ({self._backup.manifest.product}, schema {newer[-1]}): "
                "update this one first"
            )
            raise Conflict(message)
        if not without_key:
            self._refuse_foreign_key()
        connected = await connected_to(self._settings.database_url)
        if connected:
            who = ", ".join(f"{name} ({count})" for name, count in connected.items())
            message = f"the database is in use by {who}: stop every process of Reveza, and try again"
            raise Conflict(message)
        return await _holds_tenants(self._settings.database_url)

    def _refuse_foreign_key(self) -> None:
        keys = self._backup.manifest.keys
        if keys and keys[0] not in self._settings.key_fingerprints:
            here = ", ".join(self._settings.key_fingerprints)
            message = (
                f"the backup was made under another REVEZA_SECRET_KEY (fingerprint {keys[0]}; here: {here}), and its"
                " credentials would not open: add that key after the current one (REVEZA_SECRET_KEY=current,other), or say"
                " --without-key and connect every account anew"
            )
            raise Conflict(message)

    async def restore(self, at: datetime) -> Restored:
        """Do it. Raises what loading raises, and ``Conflict`` when somebody has come to use the database meanwhile."""
        manifest = self._backup.manifest
        async with made_aside(self._settings.database_url, "restoring") as aside:
            self._say(
                f"loading {manifest.rows:,} rows of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC beside what is there"
            )
            beside = _at(self._settings, aside.name)
            await migrate(plan_of(beside), target=manifest.schema_version)
            await load(beside.database_url, self._backup)
            await migrate(plan_of(beside))
            async with _opened(beside):
                ends = await ends_of_logs()
                forgotten = await apply_tombstones(tombstone_journal(self._settings))
                self._say(f"{forgotten.applied} leads of the backup were forgotten since, and are again")
                if forgotten.deleted:
                    self._say(f"{forgotten.deleted} businesses of the backup were deleted since, and are again")
                settled = await Restoration(self._settings.send_settle_seconds).settle()
            replaced = await aside.take_its_place(at)
        async with _opened(self._settings):
            await audit_chain(self._settings).restored(ends)
        await self._forget_nudges()
        return Restored(settled, replaced)

    async def rehearse(self) -> None:
        """Load it into a database that is dropped again, and compare all of it. Raises ``Conflict`` when it differs."""
        manifest = self._backup.manifest
        async with made_aside(self._settings.database_url, "rehearsing") as aside:
            beside = _at(self._settings, aside.name)
            await migrate(plan_of(beside), target=manifest.schema_version)
            await load(beside.database_url, self._backup)
            shapes = [TableShape(table.name, table.columns) for table in manifest.tables]
            found = await sums_of(beside.database_url_for("backup"), shapes)
            differing = [table.name for table in manifest.tables if found[table.name] != table]
            await migrate(plan_of(beside))
        if differing:
            message = f"what was loaded is not what was saved, in {', '.join(differing)}"
            raise Conflict(message)

    async def _forget_nudges(self) -> None:
        """What is in Redis is about a past that is no more; screens see that their stream is gone, and load anew."""
        redis = queue_client(self._settings.redis_url, name="reveza-restore")
        try:
            await forget_everything(redis)
        except (RedisError, OSError) as error:
            self._say(
                f"Redis was not emptied ({type(error).__name__}): remove the keys reveza:* before anything starts"
            )
        finally:
            await redis.aclose()


class _NobodyLooks:
    """The live events of a database that nobody has on a screen yet."""

    def changed(self, tenant_id: UUID, changes: Sequence[Change]) -> None:
        """Nobody is told."""


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[None]:
    urls = DatabaseUrls(app=settings.database_url_for("app"), platform=settings.database_url_for("platform"))
    async with open_database(urls, _NobodyLooks(), pool=2):
        yield


def _at(settings: Settings, name: str) -> Settings:
    """The same settings with another database, and the same roles."""
    return settings.model_copy(
        update={
            "database_url": at_database(settings.database_url, name),
            "chosen_role_prefix": settings.role_prefix,
        }
    )


async def _holds_tenants(owner_url: str) -> bool:
    """Whether a business was ever written there: row-level security shows its owner none of the rows."""
    connection = await asyncpg.connect(owner_url)
    try:
        return bool(
            await connection.fetchval("SELECT COALESCE(pg_relation_size(to_regclass('public.tenants')), 0) > 0")
        )
    finally:
        await connection.close()
