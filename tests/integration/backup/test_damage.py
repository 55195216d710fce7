"""A backup that is not what was written is found out, before anything is done with it."""

import asyncio
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from core.domain.errors import BadRequest, Unavailable
from db.backup.archive import BackupReader
from db.backup.load import load
from db.backup.manifest import Manifest
from db.migrate import _LOCK
from tests.integration.backup.conftest import written
from tests.integration.conftest import Database


def _flip(path: Path) -> None:
    """One bit in the middle of the largest member."""
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda member: member.compress_size)
    content = bytearray(path.read_bytes())
    content[largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2] ^= 0x10
    path.write_bytes(content)


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def _forget_a_row(path: Path) -> None:
    """A whole archive with a row less than its manifest says."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["tables/messages.copy"] = members["tables/messages.copy"].split(b"\n", 1)[1]
    _rewrite(path, members)


def _forget_a_table(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    del members["tables/messages.copy"]
    _rewrite(path, members)


def _rewrite(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _no_backup(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 and so on")


@pytest.mark.parametrize("harm", [_flip, _cut, _forget_a_row, _forget_a_table, _no_backup])
def test_harm_is_found(backup_file: Path, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    """A flipped bit, an end that is missing, rows or a table less, another file: each is refused."""
    path = tmp_path / backup_file.name
    shutil.copy(backup_file, path)
    harm(path)
    with pytest.raises(BadRequest), BackupReader(path) as reader:
        reader.verify()


def test_a_whole_file_is_found_whole(backup_file: Path) -> None:
    """Verifying says nothing of one that is as it was written."""
    with BackupReader(backup_file) as reader:
        reader.verify()


async def test_a_load_that_fails_leaves_nothing(database: Database, backup_file: Path, tmp_path: Path) -> None:
    """Rows that turn out to be damaged half way take back the rows before them, and the keys are there again."""
    path = tmp_path / backup_file.name
    shutil.copy(backup_file, path)
    _forget_a_row(path)
    with BackupReader(path) as reader, pytest.raises(BadRequest):
        await load(database.owner, reader)
    connection = await asyncpg.connect(database.superuser)
    left = await connection.fetchval("SELECT (SELECT count(*) FROM leads) + (SELECT count(*) FROM tenants)")
    keys = await connection.fetchval(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'messages'::regclass"
    )
    await connection.close()
    assert (left, keys > 0) == (0, True)


async def test_rows_without_their_parents_are_refused(database: Database, backup_file: Path, tmp_path: Path) -> None:
    """The keys are checked behind the rows: a backup whose parts do not fit does not get in."""
    path = tmp_path / backup_file.name
    with zipfile.ZipFile(backup_file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = Manifest.model_validate_json(members["manifest.json"])
    none = {"rows": 0, "digest": "0" * 32}
    tables = [table.model_copy(update=none) if table.name == "leads" else table for table in manifest.tables]
    members["tables/leads.copy"] = b""
    members["manifest.json"] = manifest.model_copy(update={"tables": tuple(tables)}).model_dump_json().encode()
    _rewrite(path, members)
    with BackupReader(path) as reader, pytest.raises(asyncpg.ForeignKeyViolationError):
        await load(database.owner, reader)


async def test_nothing_is_saved_while_somebody_migrates(database: Database, tmp_path: Path) -> None:
    """Tables that change meanwhile would not fit together; nothing is left of the attempt."""
    migrator = await asyncpg.connect(database.owner)
    await migrator.execute("SELECT pg_advisory_lock($1)", _LOCK)
    with pytest.raises(Unavailable):
        await written(database, tmp_path / "backup.zip")
    await migrator.close()
    assert _files(tmp_path) == []


async def test_who_migrates_waits_for_a_backup(database: Database) -> None:
    """A backup under way keeps its tables as they are until it is done."""
    from db.migrate import migrate, try_holding_still  # noqa: PLC0415 - beside what it is about

    saver = await asyncpg.connect(database.backup)
    assert await try_holding_still(saver)
    migrating = asyncio.create_task(migrate(database.plan))
    done, _ = await asyncio.wait({migrating}, timeout=0.5)
    await saver.close()
    await migrating
    assert done == set()
