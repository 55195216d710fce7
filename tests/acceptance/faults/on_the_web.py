"""Web processes that die at chosen moments, and deliveries that come many times at once."""

import asyncio
from contextlib import suppress
from typing import Final

import asyncpg

from tests.acceptance.faults.load import Who
from tests.acceptance.faults.processes import Program
from tests.acceptance.faults.proxy import Proxy
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS

_INGESTING: Final = "SELECT pid FROM pg_stat_activity WHERE usename LIKE '%ingest' AND wait_event_type = 'Lock'"
_COPIES: Final = 50
_REPEATED: Final = 30


async def kill_before_the_commit(run: Run) -> None:
    """Signature checked, commit held up by a table lock: the process dies, and its transactions with it."""
    for web in run.chance.sample(run.stage.webs, 2):
        await run.pause(0.2, 0.9)
        await _killed_while_locked(run, web)


async def _killed_while_locked(run: Run, web: Program) -> None:
    blocker = await asyncpg.connect(run.stage.database_url)
    try:
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE raw_events IN ACCESS EXCLUSIVE MODE")
            waiting = await _waiting(run, 2)
            web.kill()
            # What the dead process had asked for must not be committed after all.
            for pid in waiting:
                await blocker.execute("SELECT pg_terminate_backend($1)", pid)
    finally:
        await blocker.close()
    web.start()


async def _waiting(run: Run, count: int) -> list[int]:
    async with asyncio.timeout(30):
        while True:
            rows = await run.database.fetch(_INGESTING)
            if len(rows) >= count:
                return [row["pid"] for row in rows]
            await asyncio.sleep(0.01)


async def kill_before_the_nudge(run: Run) -> None:
    """Committed, and dead at the first byte towards Redis: nobody was told of the turn, and nobody was answered 200."""
    for web in run.chance.sample(run.stage.webs, 2):
        await run.pause(0.2, 0.8)
        await _killed_at_the_nudge(run, run.stage.proxies[web.name], web)


async def _killed_at_the_nudge(run: Run, proxy: Proxy, web: Program) -> None:
    struck = asyncio.Event()
    loop = asyncio.get_running_loop()

    def strike(data: bytes) -> bool:
        if b"XADD" not in data:
            return True
        web.kill()
        loop.call_soon_threadsafe(struck.set)
        return False

    proxy.watch(strike)
    async with asyncio.timeout(30):
        while not struck.is_set():
            # Where the load is over already there is one more lead, who writes to this very process.
            await _write_to(run, web)
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await struck.wait()
    proxy.watch(None)
    web.start()


async def _write_to(run: Run, web: Program) -> None:
    run.extra += 1
    who = Who(run.number, 0, 9100 + run.extra)
    urls = sorted(run.stage.web_urls, key=lambda url: web.arguments[-1] not in url)
    text = f"Qual é o endereço da empresa? {who.token(1)}"
    await run.emulator.write(SHOPS[0].number_id, who.phone, text, urls=urls)


async def the_same_fifty_times(run: Run) -> None:
    """Deliveries of which every copy arrives at once, over all web processes; others come twice."""
    for lead in range(_REPEATED):
        who = Who(run.number, lead % len(SHOPS), 9000 + lead)
        text = f"Qual é o endereço da empresa? {who.token(1)}"
        urls = run.stage.web_urls
        await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, text, copies=_COPIES, urls=urls)
        await run.pause(0.0, 0.1)
