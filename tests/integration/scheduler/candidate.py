"""A scheduler process for tests: stands for leader and writes each tick, and what it believes, into PostgreSQL.

Arguments: the database's URL, the holder's name, and the factor by which the product's waits are multiplied.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from scheduler.leader import Election, Tempo
from scheduler.runner import ScheduleRunner
from scheduler.schedule import Every, Job


@dataclass(slots=True)
class TickTable:
    """A publisher that notes who published what, in the database's own order."""

    connection: asyncpg.Connection
    holder: str

    async def publish(self, task: str, kwargs: Mapping[str, object]) -> bool:
        """Note the tick."""
        await self.connection.execute("INSERT INTO ticks (holder, task) VALUES ($1, $2)", self.holder, task)
        return not kwargs


def scaled(factor: float) -> Tempo:
    """The product's waits, shorter."""
    usual = Tempo()
    return Tempo(
        lease=usual.lease * factor,
        renew=usual.renew * factor,
        poll=usual.poll * factor,
        answer=usual.answer * max(factor, 0.5),
    )


async def main(url: str, holder: str, factor: float) -> None:
    """Stand for leader until SIGTERM."""
    finish = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, finish.set)
    ticks = TickTable(await asyncpg.connect(url), holder)
    runner = ScheduleRunner([Job("beat", Every(seconds=0.1), "beat")], ticks, lambda: datetime.now(UTC))
    election = Election(lambda: asyncpg.connect(url), holder, time.monotonic, tempo=scaled(factor))
    await election.run(finish, runner.on_duty)
    await ticks.connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
