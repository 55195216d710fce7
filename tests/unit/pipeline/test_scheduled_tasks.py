"""What the clock asks for is what workers can do."""

from typing import Any, cast

from taskiq import InMemoryBroker

from pipeline.tasks import register
from scheduler.schedule import SCHEDULE


def test_every_job_of_the_schedule_has_its_task() -> None:
    """A tick for a task that no worker knows would be parked, hour by hour."""
    broker = InMemoryBroker()
    register(cast("Any", broker), cast("Any", None))
    assert {job.task for job in SCHEDULE} <= set(broker.get_all_tasks())
