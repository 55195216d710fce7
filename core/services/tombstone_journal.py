"""Tombstones outside the database, so that a restored past can be told of them: on disk before anything is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from core.domain.tombstone import Tombstone, TombstoneKind
from core.services.sealed_journal import SealedJournal

FILE: Final = "tombstones.jsonl"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Contents:
    """What the journal tells, and what is wrong with it."""

    stones: Sequence[Tombstone]
    faults: Sequence[str]


class TombstoneJournal:
    """The journal in a folder that all processes of an installation share. Its methods wait for the disk."""

    def __init__(self, folder: Path, keys: Sequence[bytes]) -> None:
        """``keys``: the installation's, the current one first; lines of any of them are believed."""
        self._file = SealedJournal(folder / FILE, keys)

    def append(self, stone: Tombstone) -> None:
        """Write it down; once this returns it is on disk. Raises ``ConfigurationError`` where nothing can be written."""
        self._file.append(
            {
                "version": _VERSION,
                "id": str(stone.id),
                "kind": stone.kind.value,
                "tenant": str(stone.tenant_id),
                "subject": str(stone.subject_id),
                "erased_at": stone.erased_at.isoformat(),
            }
        )

    def reseal(self) -> int:
        """Every line anew under the current key; how many that were. Raises ``ConfigurationError``."""
        return self._file.reseal()

    def state(self) -> tuple[int, int] | None:
        """What changes with every line that is written; ``None`` where nothing ever was."""
        return self._file.state()

    def read(self) -> Contents:
        """Everything there is; nothing where nothing was ever written."""
        lines = self._file.read()
        return Contents([_stone(entry) for entry in lines.entries], lines.faults)


def _stone(entry: dict[str, Any]) -> Tombstone:
    return Tombstone(
        id=UUID(entry["id"]),
        kind=TombstoneKind(entry["kind"]),
        tenant_id=UUID(entry["tenant"]),
        subject_id=UUID(entry["subject"]),
        erased_at=datetime.fromisoformat(entry["erased_at"]),
    )
