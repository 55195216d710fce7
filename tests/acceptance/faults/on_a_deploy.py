"""A new release comes: every process is told to end and another begins, with what another release put into the queue."""

import asyncio
from typing import Final

import orjson

from pipeline.connection import STREAM
from pipeline.envelope import FIELD
from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.run import Run

_FOREIGN: Final = 20
_PARKED: Final = "SELECT reason, count(*) FROM parked_payloads WHERE convert_from(body, 'UTF8') LIKE $1 GROUP BY 1"


async def deploy(run: Run) -> None:
    """One process after the other, while turns are running in them; entries of a later version lie in the queue."""
    await _leave_foreign_entries(run)
    for program in (*run.stage.webs, *run.stage.workers, run.stage.others[-1]):
        await run.pause(0.1, 0.6)
        assert await asyncio.to_thread(program.stop) == 0, f"{program.name} did not end in order"
        program.start()
        await asyncio.to_thread(run.stage.wait_until_ready)


async def _leave_foreign_entries(run: Run) -> None:
    for place in range(_FOREIGN):
        known = {"id": f"{_mark(run)}-{place}", "kwargs": {}}
        entry = {"v": 2, "task": "turn", **known} if place % 2 else {"v": 1, "task": "dream", **known}
        await run.redis.xadd(STREAM, {FIELD: orjson.dumps(entry)})


async def foreign_entries_are_parked(run: Run, _verdict: Verdict) -> None:
    """None was dropped, and none stood in anybody's way."""
    rows = await run.rows(_PARKED, f"%{_mark(run)}-%")
    assert {row["reason"]: row["count"] for row in rows} == {
        "unknown_version": _FOREIGN // 2,
        "unknown_task": _FOREIGN // 2,
    }


def _mark(run: Run) -> str:
    return f"foreign-{run.number}"
