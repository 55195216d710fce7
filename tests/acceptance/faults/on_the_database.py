"""PostgreSQL that makes everybody wait, and then dies in the middle of transactions."""

import asyncio
import signal

import asyncpg

from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import strike_down


async def exhaust_and_kill(run: Run) -> None:
    """A table lock fills every pool; then an immediate shutdown cuts what is under way, and recovery follows."""
    await run.pause(0.3, 0.9)
    blocker = await asyncpg.connect(run.stage.database_url)
    try:
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(run.chance.uniform(1.5, 2.5))
    finally:
        await blocker.close()
    await run.pause(0.1, 0.6)
    postgres = run.stage.servers.postgres
    await strike_down(postgres, signal.SIGQUIT)
    await run.pause(0.2, 0.8)
    postgres.start()
    await run.reconnect()
