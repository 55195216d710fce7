"""Redis that dies, is emptied, is full, or loses entries somebody was working on."""

import signal
from typing import Any, Final

from pipeline.connection import GROUP, STREAM
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import strike_down

_GHOST: Final = "ghost"


async def kill_redis(run: Run) -> None:
    """It dies with all it holds and comes back empty a little later."""
    valkey = run.stage.servers.valkey
    await run.pause(0.5, 1.5)
    await strike_down(valkey, signal.SIGKILL)
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
    taken = 0
    for _ in range(run.chance.randint(15, 25)):
        read: Any = await run.redis.xreadgroup(GROUP, _GHOST, {STREAM: ">"}, count=20)
        taken += sum(len(entries) for _, entries in read)
        await run.pause(0.02, 0.12)
    assert taken, "the workers were always faster"
    await run.redis.xtrim(STREAM, maxlen=0, approximate=False)
    run.chance.choice(run.stage.workers).restart()
    await run.pause(0.1, 0.5)
    await run.redis.xtrim(STREAM, maxlen=0, approximate=False)
