"""A ZIP that is made piece by piece, in memory while it is small and else in a file without a name."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

_IN_MEMORY: Final = 4 * 1024 * 1024
_CHUNK: Final = 64 * 1024


class ArchiveFile:
    """The archive, whole once it is closed; its bytes are given away once."""

    def __init__(self, at: datetime) -> None:
        """``at``: when every file in it was made."""
        self._at = at
        self._content = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - given away by chunks, which close it
        self._zip = ZipFile(self._content, "w")

    def put(self, name: str, content: bytes) -> None:
        """One file; a folder where the name ends with a slash."""
        self._zip.writestr(self._entry(name), content)

    async def put_rows(self, name: str, rows: AsyncGenerator[Mapping[str, Any], None]) -> int:
        """One file with a JSON list, an entry a line; how many entries there are."""
        count = 0
        with self._zip.open(self._entry(name), "w", force_zip64=True) as file:
            file.write(b"[")
            async with aclosing(rows):
                async for row in rows:
                    file.write((b",\n" if count else b"\n") + as_json(row))
                    count += 1
            file.write(b"\n]\n" if count else b"]\n")
        return count

    def close(self) -> int:
        """Nothing more comes; how large it is."""
        self._zip.close()
        return self._content.tell()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Its bytes, and then it is gone."""
        with self._content as content:
            content.seek(0)
            while chunk := content.read(_CHUNK):
                yield chunk

    def discard(self) -> None:
        """Nobody wants it."""
        self._zip.close()
        self._content.close()

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._at.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        return entry


def as_json(value: object) -> bytes:
    """Compact JSON; ids and moments as text."""
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z)
