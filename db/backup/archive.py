"""The file: a ZIP with one member of COPY's text a table, and the manifest behind them.

Any tool opens it. What is cut off has no directory of members, and each member has a checksum of its own.
"""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from pydantic import ValidationError

from core.domain.errors import BadRequest
from db.backup.manifest import Manifest, TableDump
from db.backup.row_digest import RowDigest

_MANIFEST: Final = "manifest.json"
_PIECE: Final = 1 << 18
_LEVEL: Final = 3
"""Saves all but as much as the usual one, in a third of its time."""


class BackupWriter:
    """Writes a backup under a temporary name; ``finish`` gives it its own, once it is on the disk. Closed to others."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        descriptor = os.open(self._partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: IO[bytes] = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """What was not finished leaves nothing."""
        with suppress(OSError, ValueError):  # it tries to end what is thrown away: on a full disk that fails too
            self._zip.close()
        with suppress(OSError):
            self._file.close()
        self._partial.unlink(missing_ok=True)

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        """Where the table's rows are written to; nobody knows beforehand how large it is."""
        with self._zip.open(_member(name), "w", force_zip64=True) as member:
            yield member

    @property
    def partial(self) -> Path:
        """Where it is until it is finished."""
        return self._partial

    def close(self, manifest: Manifest) -> None:
        """Everything is there: the manifest, the directory, and all of it on the disk."""
        self._zip.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        """Give it its name, for good."""
        self._partial.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class BackupReader:
    """Reads a backup. Raises ``BadRequest`` for what is none, is cut off, or was changed, as soon as that is seen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._readable():
            self._zip = zipfile.ZipFile(path)
            self.manifest = Manifest.model_validate_json(self._zip.read(_MANIFEST))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def verify(self) -> None:
        """Read all of it, and compare."""
        for table in self.manifest.tables:
            for _ in self.pieces(table):
                pass

    def pieces(self, table: TableDump) -> Iterator[bytes]:
        """The table's rows as COPY takes them; at the end it is seen whether they add up."""
        digest = RowDigest()
        with self._readable(), self._zip.open(_member(table.name)) as member:
            while piece := member.read(_PIECE):
                digest.add(piece)
                yield piece
        if not (digest.is_whole and (digest.rows, digest.value) == (table.rows, table.digest)):
            message = f"{self._path} is damaged: the rows of {table.name} are not those that were written"
            raise BadRequest(message)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValidationError, NotImplementedError) as error:
            message = (
                f"{self._path} is no whole backup ({type(error).__name__}): it is damaged, cut off, or something else"
            )
            raise BadRequest(message) from error
        except OSError as error:
            message = f"{self._path} cannot be read ({error.strerror})"
            raise BadRequest(message) from error


def _member(table: str) -> str:
    return f"tables/{table}.copy"
