"""The rows of a backup into an empty database of its schema, in one transaction."""

from collections.abc import AsyncIterator, Iterator

import asyncpg

from core.domain.errors import BadRequest
from db.backup.archive import BackupReader
from db.backup.dump import PLAIN
from db.backup.manifest import Manifest
from db.backup.shape import tables_of
from db.named_sql import backup_query


async def load(owner_url: str, backup: BackupReader) -> None:
    """Load all of it, or nothing. The database is at the backup's migration and empty.

    What the rows did when they were first written they do not do again: no trigger fires. Foreign keys are taken away
    and made again behind the rows, which checks them all at once. Raises ``BadRequest`` for rows that do not fit.
    """
    connection = await asyncpg.connect(owner_url, server_settings=PLAIN)
    try:
        await _check_shape(connection, backup.manifest)
        async with connection.transaction():
            behind = [row["statement"] for row in await connection.fetch(backup_query("statements_behind_a_load"))]
            for row in await connection.fetch(backup_query("statements_before_a_load")):
                await connection.execute(row["statement"])
            await _fill(connection, backup)
            for statement in behind:
                await connection.execute(statement)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _check_shape(connection: asyncpg.Connection, manifest: Manifest) -> None:
    here = {shape.name: set(shape.columns) for shape in await tables_of(connection)}
    strange = [table.name for table in manifest.tables if here.get(table.name) != set(table.columns)]
    if strange:
        message = f"the backup's tables are not those of {manifest.schema_version} here: {', '.join(strange)}"
        raise BadRequest(message)


async def _fill(connection: asyncpg.Connection, backup: BackupReader) -> None:
    for table in backup.manifest.tables:
        source = _pieces(backup.pieces(table))
        # A migration puts rows into some; here those of the backup count. The name was checked to be a table's.
        await connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - see above
        await connection.copy_to_table(table.name, columns=table.columns, source=source)
    for name, value in backup.manifest.sequences.items():
        await connection.execute("SELECT setval($1::text::regclass, $2)", name, value)


async def _pieces(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """As the driver takes them."""
    for piece in pieces:
        yield piece
