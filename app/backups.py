"""The folder of backups: the newest, and those that are kept."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app import running
from app.embedded.places import make_folder
from app.settings import Settings

_FILES: Final = "reveza-*Z.zip"
_TIME: Final = "reveza-%Y%m%dT%H%M%SZ.zip"


def usual_folder(settings: Settings) -> Path:
    """Where backups go when nobody says otherwise."""
    return settings.backup_dir or running.folder() / "backups"


def name_at(at: datetime) -> str:
    """The name of a backup that is begun then: names sort as their times do."""
    return at.astimezone(UTC).strftime(_TIME)


def open_folder(folder: Path) -> Path:
    """The folder, made where there is none."""
    return folder if folder.is_dir() else make_folder(folder)


def backups_in(folder: Path) -> Sequence[Path]:
    """The oldest first. What is being written has another name."""
    return sorted(folder.glob(_FILES)) if folder.is_dir() else []


def taken_at(backup: Path) -> datetime | None:
    """When it was begun, by its name."""
    try:
        return datetime.strptime(backup.name, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def keep_newest(folder: Path, count: int) -> Sequence[Path]:
    """Remove all but the newest ``count``; gives what was removed."""
    removed = backups_in(folder)[:-count]
    for backup in removed:
        backup.unlink()
    return removed
