"""What a leader does by itself, and when: the installation's own upkeep, and looking which jobs are due for whom.

The tenants' jobs, each in the tenant's own time zone, stand in ``core.domain.schedule``.
"""

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
    """One line: under ``name``, publish ``task`` whenever ``when`` says."""

    name: str
    when: Every | Cron
    task: str


DUE_RUNS: Final = "due_runs"
"""Not a worker's task: the leader writes down itself what is due, for the queue may be away."""

UPKEEP: Final[tuple[Job, ...]] = (
    Job(DUE_RUNS, Every(seconds=15), task=DUE_RUNS),
    Job("purge_receipts", Cron(minute="7"), task="purge_receipts"),
    Job("purge_updates", Cron(minute="13"), task="purge_updates"),
    Job("purge_posts", Cron(minute="17"), task="purge_posts"),
    Job("purge_job_runs", Cron(minute="19"), task="purge_job_runs"),
    Job("purge_parked", Cron(minute="21"), task="purge_parked"),
    Job("trim_consumers", Cron(minute="23"), task="trim_consumers"),
)
