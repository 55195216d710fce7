"""The folder of backups: which is the newest, and which make room."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from app.backups import backups_in, keep_newest, name_at, taken_at

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_name_tells_the_time() -> None:
    """In UTC, whatever zone it was told in; another file's name tells none."""
    here = _NOON.astimezone(timezone(timedelta(hours=-3)))
    assert taken_at(Path(name_at(here))) == _NOON
    assert taken_at(Path("reveza-lastZ.zip")) is None


def test_old_ones_make_room(tmp_path: Path) -> None:
    """The newest stay, whatever order they were written in; other files are nobody's business."""
    names = [name_at(_NOON + timedelta(days=day)) for day in (3, 1, 2)]
    for name in (*names, "notes.zip", f".{names[0]}.partial"):
        (tmp_path / name).touch()
    removed = keep_newest(tmp_path, 2)
    assert ([one.name for one in removed], [one.name for one in backups_in(tmp_path)]) == (
        [names[1]],
        [names[2], names[0]],
    )
    assert (tmp_path / "notes.zip").exists()


def test_nothing_makes_room_where_there_is_room(tmp_path: Path) -> None:
    """Fewer than are kept are all kept; a folder that is not there has none."""
    (tmp_path / name_at(_NOON)).touch()
    assert (list(keep_newest(tmp_path, 2)), list(backups_in(tmp_path / "none"))) == ([], [])
