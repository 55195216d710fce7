"""Every row of a database into a file: as one moment saw them, while everybody goes on working."""

from collections.abc import Sequence
from typing import IO, Final

import asyncpg

from core.domain.errors import Unavailable
from db.backup.archive import BackupReader, BackupWriter
from db.backup.manifest import Manifest, TableDump
from db.backup.row_digest import RowDigest
from db.backup.shape import TableShape, applied_migrations, tables_of
from db.migrate import try_holding_still
from db.named_sql import backup_query

PLAIN: Final = {
    "application_name": "reveza-backup",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""How values are written: in one way, wherever and whenever it is done."""


async def back_up(url: str, writer: BackupWriter, *, product: str, keys: Sequence[str] = ()) -> Manifest:
    """Write all rows, and read back what was written. ``url``: of the role that may read everything.

    ``keys``: fingerprints of those that something in it may be sealed under. The file still has to be finished. Raises ``Unavailable`` while somebody migrates.
    """
    connection = await asyncpg.connect(url, server_settings=PLAIN)
    try:
        if not await try_holding_still(connection):
            message = "the database is being migrated or restored just now: try again when that is done"
            raise Unavailable(message)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            manifest = await _dump(connection, writer, product, keys)
    finally:
        await connection.close()
    writer.close(manifest)
    with BackupReader(writer.partial) as written:
        written.verify()
    return manifest


async def sums_of(url: str, shapes: Sequence[TableShape]) -> dict[str, TableDump]:
    """What the tables of a database add up to, by name: the rows are read and not kept."""
    connection = await asyncpg.connect(url, server_settings=PLAIN)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {shape.name: await _table(connection, shape, None) for shape in shapes}
    finally:
        await connection.close()


async def _dump(connection: asyncpg.Connection, writer: BackupWriter, product: str, keys: Sequence[str]) -> Manifest:
    moment = await connection.fetchrow(backup_query("backup_moment"))
    tables = []
    for shape in await tables_of(connection):
        with writer.table(shape.name) as member:
            tables.append(await _table(connection, shape, member))
    return Manifest(
        product=product,
        keys=tuple(keys),
        migrations=tuple(await applied_migrations(connection)),
        taken_at=moment["at"],
        snapshot=moment["snapshot"],
        postgres=moment["version"],
        tables=tuple(tables),
        sequences={row["name"]: row["value"] for row in await connection.fetch(backup_query("sequence_values"))},
    )


async def _table(connection: asyncpg.Connection, shape: TableShape, member: IO[bytes] | None) -> TableDump:
    digest = RowDigest()

    async def keep(piece: bytes) -> None:
        digest.add(piece)
        if member is not None:
            member.write(piece)

    await connection.copy_from_table(shape.name, columns=shape.columns, output=keep)
    return TableDump(name=shape.name, columns=tuple(shape.columns), rows=digest.rows, digest=digest.value)
