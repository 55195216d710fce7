"""What a backup says of itself: what it holds, of when, from where, and what each part must add up to."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

FORMAT: Final = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TableDump(_Part):
    """One table: its columns in the order they stand in the file, and what its rows add up to, in whatever order."""

    name: str
    columns: tuple[str, ...]
    rows: int
    digest: str


class Manifest(_Part):
    """Of a backup. ``migrations`` name the schema that the rows are of, the oldest first.

    ``keys`` are the fingerprints of the secret keys of the installation, the current one first; a backup from before there
    were any has none. ``media`` has a place for the files of a media store; there is none yet, so it is always empty.
    """

    format: Literal[1] = FORMAT
    product: str
    migrations: tuple[str, ...]
    taken_at: AwareDatetime
    snapshot: str
    postgres: str
    tables: tuple[TableDump, ...]
    sequences: Mapping[str, int] = {}
    keys: tuple[str, ...] = ()
    media: None = None

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def schema_version(self) -> str:
        """The newest migration."""
        return self.migrations[-1]


def missing_migrations(manifest: Manifest, known: Sequence[str]) -> Sequence[str]:
    """The migrations of the backup that are not known here: it was made by a newer version."""
    return [name for name in manifest.migrations if name not in known]
