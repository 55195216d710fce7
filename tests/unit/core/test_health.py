"""How a job stands, from its latest run and the clocks."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from core.domain.schedule import Daily, ScheduledJob
from core.services.health import JobState, job_health

ZONE = ZoneInfo("America/Sao_Paulo")
LINE = ScheduledJob("decay-scores", Daily(time(3)))


def _at(moment: str) -> datetime:
    return datetime.strptime(f"2026-03-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "due", "ended", "failed", "told"),
    [
        ("11 12:00", None, None, False, (JobState.NEW, "12 03:00")),
        ("11 12:00", "11 03:00", "11 03:01", False, (JobState.DONE, "11 03:00")),
        ("11 12:00", "11 03:00", "11 03:01", True, (JobState.FAILED, "11 03:00")),
        ("11 03:10", "11 03:00", None, False, (JobState.RUNNING, "11 03:00")),
        ("11 12:00", "11 03:00", None, False, (JobState.LATE, "11 03:00")),
        ("11 12:00", "10 03:00", "10 03:01", False, (JobState.LATE, "11 03:00")),
        ("11 03:10", "10 03:00", "10 03:01", False, (JobState.DONE, "10 03:00")),
        ("11 12:00", "11 09:00", "11 09:01", False, (JobState.DONE, "11 09:00")),
    ],
)
def test_how_a_job_stands(
    now: str, due: str | None, ended: str | None, told: tuple[JobState, str], *, failed: bool
) -> None:
    """Done, under way, failed, late because nobody began or ended it, or not due yet."""
    run = {"due_at": _at(due), "ended_at": _at(ended) if ended else None, "failed": failed} if due else None
    found = job_health(LINE, run, ZONE, _at(now))
    assert (found.state, found.at) == (told[0], _at(told[1]))
