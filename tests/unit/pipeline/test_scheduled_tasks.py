"""What the clock asks for is what workers can do."""

from typing import Any, cast

from taskiq import InMemoryBroker

from app.tenant_jobs import tenant_jobs
from core.domain.schedule import SCHEDULE
from pipeline.tasks import register
from scheduler.schedule import DUE_RUNS, UPKEEP


def test_every_line_of_the_upkeep_has_its_task() -> None:
    """A tick for a task that no worker knows would be parked, hour by hour."""
    broker = InMemoryBroker()
    register(cast("Any", broker), cast("Any", None))
    assert {job.task for job in UPKEEP} - {DUE_RUNS} <= set(broker.get_all_tasks())


def test_every_job_of_the_tenants_has_its_body() -> None:
    """A job without one would be due for ever; a body without a line never."""
    assert set(tenant_jobs()) == {line.name for line in SCHEDULE}


def test_no_two_jobs_have_one_name() -> None:
    """The name is what a run is known by."""
    assert len({line.name for line in SCHEDULE}) == len(SCHEDULE)
