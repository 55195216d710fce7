"""PostgreSQL that makes everybody wait and dies in the middle of transactions, is full, or out of the workers' reach."""

import asyncio
import signal
from typing import Final

import asyncpg

from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.on_the_workers import hold_model_calls
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS, strike_down

_TABLES: Final = ("raw_events", "messages", "conversations", "turns")
_FULL: Final = """
CREATE OR REPLACE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""
_UNAVAILABLE: Final = 503
_HELD: Final = 12


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


async def fill_the_disk(run: Run) -> None:
    """For a while every write is refused as PostgreSQL refuses it on a full disk; reading goes on."""
    await run.pause(0.3, 0.9)
    await run.database.execute(_FULL)
    for table in _TABLES:
        await run.database.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION disk_is_full()"
        )
    await run.pause(5.0, 8.0)
    for table in _TABLES:
        await run.database.execute(f"DROP TRIGGER full_disk ON {table}")


async def providers_were_told(run: Run, _verdict: Verdict) -> None:
    """What could not be stored was not acknowledged, but refused for the time being."""
    attempts = [event for event in run.emulator.events(run.before) if event["event"] == "webhook_attempt"]
    assert any(event["status"] == _UNAVAILABLE for event in attempts)


async def hold_sends(run: Run) -> None:
    """Some messages are in the provider's hands and not accepted yet; the model thinks of others."""
    for who in run.some_leads(_HELD):
        await run.emulator.meta.arm("hold_before", {"phone_number_id": SHOPS[who.tenant].number_id, "to": who.phone})
    await hold_model_calls(run)


async def cut_the_workers_off(run: Run) -> None:
    """The workers lose PostgreSQL and still reach the provider, which accepts what it has in its hands just then."""
    assert len(await run.emulator.meta.held(3)) >= 3, "too little was being sent"
    for worker in run.stage.workers:
        run.stage.proxies[worker.name].cut()
    before = len(run.history().accepted)
    await run.emulator.meta.release()
    await run.emulator.claude.release()
    await run.pause(5.0, 7.0)
    assert len(run.history().accepted) > before, "nothing was accepted while they were cut off"
    for worker in run.stage.workers:
        run.stage.proxies[worker.name].mend()
