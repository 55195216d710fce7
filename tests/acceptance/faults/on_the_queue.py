"""Redis that dies, is emptied, is full, or loses entries somebody was working on."""

import asyncio
import os
import signal
from typing import Final

from pipeline.connection import GROUP, STREAM
from tests.acceptance.faults.run import Run

_GHOST: Final = "ghost"


async def kill_redis(run: Run) -> None:
    """It dies with all it holds and comes back empty a little later."""
    valkey = run.stage.servers.valkey
    await run.pause(0.5, 1.5)
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    while valkey.pid is not None:
        await asyncio.sleep(0.01)
    await run.pause(0.8, 1.8)
    valkey.start()


async def empty_redis(run: Run) -> None:
    """Emptied while in use, then too full to take anything, then replaced by another one."""
    valkey = run.stage.servers.valkey
    await run.pause(0.3, 0.8)
    await run.redis.flushall()
    await run.pause(0.1, 0.5)
    await run.redis.config_set("maxmemory", "1")
    await run.pause(0.5, 1.0)
    await run.redis.config_set("maxmemory", "0")
    await run.pause(0.1, 0.4)
    await run.redis.flushall()
    valkey.stop()
    valkey.start()


async def trim_pending(run: Run) -> None:
    """A consumer takes nudges and never comes back; the stream is cut short under everybody; a worker dies with what it had."""
    for _ in range(run.chance.randint(15, 25)):
        await run.redis.xreadgroup(GROUP, _GHOST, {STREAM: ">"}, count=20)
        await run.pause(0.02, 0.12)
    await run.redis.xtrim(STREAM, maxlen=0, approximate=False)
    run.chance.choice(run.stage.workers).restart()
    await run.pause(0.1, 0.5)
    await run.redis.xtrim(STREAM, maxlen=0, approximate=False)
