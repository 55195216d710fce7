"""When which task runs: the one table."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Every:
    """At a fixed pace, counted from when this process became leader; the first run is at once."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cron:
    """At wall-clock times of a time zone, in cron's own notation."""

    minute: str
    hour: str = "*"
    day: str = "*"
    day_of_week: str = "*"
    zone: str = "America/Sao_Paulo"


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the schedule: under ``name``, publish ``task`` whenever ``when`` says."""

    name: str
    when: Every | Cron
    task: str


SCHEDULE: Final[tuple[Job, ...]] = (
    Job("purge_receipts", Cron(minute="7"), task="purge_receipts"),
    Job("purge_updates", Cron(minute="13"), task="purge_updates"),
    Job("purge_posts", Cron(minute="17"), task="purge_posts"),
    Job("trim_consumers", Cron(minute="23"), task="trim_consumers"),
)
