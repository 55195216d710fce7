"""What is in a backup is what was in the database, all of it, and nothing happens when it comes back."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.services.sealing import Sealer
from db.backup.archive import BackupReader
from tests.integration.backup.conftest import ODD_BYTES, ODD_TEXT, PRODUCT, fill, written
from tests.integration.conftest import Database
from tests.integration.db.catalog_queries import FOREIGN_KEYS, POLICIES, TABLES, UNIQUE_KEYS

_TRIGGERS = "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"


async def _rows(url: str) -> dict[str, list[str]]:
    """Every row of every table, as PostgreSQL writes it, generated columns too, in no order."""
    connection = await asyncpg.connect(url)
    try:
        names = [row["name"] for row in await connection.fetch(TABLES) if row["name"] != "tortoise_migrations"]
        return {
            name: sorted(row[0] for row in await connection.fetch(f'SELECT r::text FROM "{name}" r')) for name in names
        }
    finally:
        await connection.close()


async def _shape(url: str) -> dict[str, list[str]]:
    connection = await asyncpg.connect(url)
    try:
        looks = (TABLES, POLICIES, FOREIGN_KEYS, UNIQUE_KEYS, _TRIGGERS, _INDEXES)
        return {look: sorted(repr(tuple(row)) for row in await connection.fetch(look)) for look in looks}
    finally:
        await connection.close()


async def test_every_row_comes_back_as_it_was(original: Database, copy: Database) -> None:
    """Bytes, nulls, JSON, search columns: the same in every table, of which none is empty."""
    rows = await _rows(original.superuser)
    assert [name for name, found in rows.items() if not found] == []
    assert await _rows(copy.superuser) == rows


async def test_odd_values_are_not_bent(copy: Database) -> None:
    """What COPY has to escape is what it was."""
    connection = await asyncpg.connect(copy.superuser)
    texts = {row[0] for row in await connection.fetch("SELECT DISTINCT text FROM messages WHERE text <> 'oi'")}
    body = await connection.fetchval("SELECT body FROM parked_payloads WHERE reason = 'odd'")
    await connection.close()
    assert (texts, body) == ({ODD_TEXT, ""}, ODD_BYTES)


async def test_keys_policies_and_triggers_are_there_again(original: Database, copy: Database) -> None:
    """Loading takes them away for its own time only."""
    assert await _shape(copy.superuser) == await _shape(original.superuser)


async def test_the_manifest_says_what_there_is(original: Database, backup_file: Path) -> None:
    """Versions, the newest migration, and how many rows each table has."""
    with BackupReader(backup_file) as reader:
        manifest = reader.manifest
    counts = {name: len(found) for name, found in (await _rows(original.superuser)).items()}
    connection = await asyncpg.connect(original.owner)
    newest = await connection.fetchval("SELECT max(name) FROM tortoise_migrations")
    await connection.close()
    assert {table.name: table.rows for table in manifest.tables} == counts
    assert (manifest.product, manifest.schema_version, manifest.media) == (PRODUCT, newest, None)


async def test_a_backup_is_of_one_moment(database: Database, sealer: Sealer, tmp_path: Path) -> None:
    """What is written while it is made is not in it, in any table: neither half of what belongs together."""
    await fill(database, sealer)
    other = await asyncpg.connect(database.superuser)
    before = await _rows(database.superuser)
    began = _AfterFirstTable(other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.backup.dump._table", began.wrapped())
        await written(database, tmp_path / "backup.zip")
    await other.close()
    with BackupReader(tmp_path / "backup.zip") as reader:
        counts = {table.name: table.rows for table in reader.manifest.tables}
    assert began.done
    assert counts == {name: len(found) for name, found in before.items()}


class _AfterFirstTable:
    """Somebody who changes everything once the first table is saved."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.done = False

    def wrapped(self) -> Any:
        """What stands where a table is saved."""
        from db.backup.dump import _table  # noqa: PLC0415 - the real one, before it is replaced

        async def table(*given: Any) -> Any:
            saved = await _table(*given)
            if not self.done:
                self.done = True
                await self._connection.execute("DELETE FROM messages; DELETE FROM telegram_updates")
                await self._connection.execute("INSERT INTO leader_leases VALUES ('another', 'nobody', 1, now())")
            return saved

        return table


async def test_the_role_that_saves_changes_nothing(original: Database) -> None:
    """It may read every row, and has no other right in any table."""
    connection = await asyncpg.connect(original.backup)
    try:
        assert await connection.fetchval("SELECT count(DISTINCT tenant_id) FROM messages") == 2
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM messages")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO leader_leases VALUES ('another', 'nobody', 1, now())")
    finally:
        await connection.close()


def test_the_file_is_closed_to_others(backup_file: Path) -> None:
    """It holds what leads wrote; and nothing half-written lies beside it."""
    assert (backup_file.stat().st_mode & 0o777, [one.name for one in backup_file.parent.iterdir()]) == (
        0o600,
        [backup_file.name],
    )
