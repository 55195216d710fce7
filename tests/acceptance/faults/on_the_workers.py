"""Workers that are killed or frozen in mid-turn and in mid-send, and turns that come while others run."""

import asyncio
from typing import Any, Final

from pipeline.connection import STREAM
from pipeline.envelope import FIELD, encode
from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.processes import Program
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.patience import PATIENCE

LONGER_THAN_LEASES: Final = 4.6
_INTENT: Final = b"FROM claim_send("
_IN_DOUBT: Final = """
SELECT m.id, l.phone, a.external_id AS number_id FROM messages m JOIN leads l ON l.id = m.lead_id
JOIN channel_accounts a ON a.id = m.channel_account_id
WHERE m.author = 'ai' AND m.status IN ('sending', 'unknown', 'failed') AND l.phone LIKE $1 || '%'"""
_DUE: Final = """
SELECT c.tenant_id, c.lead_id, c.id AS conversation_id FROM conversations c WHERE c.turn_due_at IS NOT NULL"""


async def hold_model_calls(run: Run) -> None:
    """The model does not answer some leads' first turns until it is told to."""
    for who in run.some_leads(10):
        await run.emulator.claude.arm("hold", {"lead_text_contains": who.token(1)})


async def kill_in_the_model_call(run: Run) -> None:
    """Every worker dies once while the model is thinking for it."""
    for worker in run.chance.sample(run.stage.workers, len(run.stage.workers)):
        assert await run.emulator.claude.held(2), "nobody was asking the model"
        await run.pause(0.0, 0.4)
        worker.restart()
        await run.pause(0.2, 1.0)
    await run.emulator.claude.release()


async def hold_acceptances(run: Run) -> None:
    """The provider takes some leads' answers and does not say so until it is told to; half of the receipts never come."""
    for place, who in enumerate(run.some_leads(16)):
        match = _to(who)
        await run.emulator.meta.arm("hold", match)
        if place % 2:
            await run.emulator.meta.arm("statuses", match, mode="none")


async def kill_after_the_acceptance(run: Run) -> None:
    """Every worker dies once between the provider's acceptance and its own record of it."""
    for worker in run.chance.sample(run.stage.workers, len(run.stage.workers)):
        assert await run.emulator.meta.held(4), "nothing was being sent"
        await run.pause(0.0, 0.2)
        worker.restart()
        await run.pause(0.2, 0.8)


async def hold_calls_of_both_kinds(run: Run) -> None:
    """Some calls of the model and of the provider wait until they are released."""
    await hold_model_calls(run)
    for who in run.some_leads(4):
        await run.emulator.meta.arm("hold_before", _to(who))


async def freeze_beyond_the_lease(run: Run) -> None:
    """Both workers in turn are stopped for longer than their leases, in mid-call and anywhere, then go on as if nothing were."""
    assert await run.emulator.claude.held(3), "nobody was asking the model"
    for worker in run.chance.sample(run.stage.workers, 2):
        await run.pause(0.0, 0.3)
        worker.freeze()
        await asyncio.sleep(LONGER_THAN_LEASES)
        await run.emulator.claude.release()
        await run.emulator.meta.release()
        await run.pause(0.0, 0.5)
        worker.thaw()


async def freeze_before_the_call(run: Run) -> None:
    """A worker has written down that it sends, and is stopped before it does; it goes on when the owner has answered himself."""
    worker = run.stage.workers[0]
    await _frozen_at_the_intent(run, worker)
    await asyncio.sleep(LONGER_THAN_LEASES)
    sent = {send.callback for send in run.history().accepted}
    unsent = [row for row in await run.rows(_IN_DOUBT, run.phones) if str(row["id"]) not in sent]
    assert unsent, "all that was written down had left"
    for row in unsent:
        await run.emulator.owner_writes(row["number_id"], row["phone"], "Deixa comigo!", wait=True)
    await asyncio.sleep(LONGER_THAN_LEASES)
    worker.thaw()


async def _frozen_at_the_intent(run: Run, worker: Program) -> None:
    """Its connections are new, so that each tells the whole statement once; it is stopped as it asks to have that done."""
    struck, loop, intending = asyncio.Event(), asyncio.get_running_loop(), set[asyncio.Task[Any] | None]()

    def strike(data: bytes) -> bool:
        mine = asyncio.current_task()
        if _INTENT in data:
            intending.add(mine)
        elif mine in intending and not struck.is_set():
            # Passed on: the statement is a transaction of its own, and its answer is not read.
            worker.freeze()
            loop.call_soon_threadsafe(struck.set)
        return True

    worker.restart()
    await asyncio.to_thread(worker.wait_for_line, "worker.listening")
    proxy = run.stage.proxies[worker.name]
    proxy.watch(strike)
    async with asyncio.timeout(PATIENCE):
        while not struck.is_set():
            # Where the load is over already others write.
            run.extra += 1
            who = Who(run.number, run.extra % len(SHOPS), 9100 + run.extra)
            text = f"Qual é o endereço da empresa? {who.token(1)}"
            await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, text, urls=run.stage.web_urls)
            await run.pause(0.1, 0.3)
    proxy.watch(None)


async def write_while_a_turn_runs(run: Run) -> None:
    """Leads that send five messages over three seconds while the model needs most of one for an answer."""
    leads = [Who(run.number, place % len(SHOPS), 9000 + place) for place in range(24)]
    for number in range(1, 6):
        for who in leads:
            text = f"Qual é o endereço da empresa? {who.token(number)}"
            await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, text)
        await run.pause(0.5, 0.75)


async def turns_were_restarted(run: Run, verdict: Verdict) -> None:
    """The experiment met what it is about."""
    assert verdict.conversations
    assert sum(turn.restarts for turn in (await run.dump()).turns) > 0


async def nudge_every_worker(run: Run) -> None:
    """Each due turn is nudged many times, so that both workers go for the same conversation again and again."""
    end = asyncio.get_running_loop().time() + 5.0
    while asyncio.get_running_loop().time() < end:
        for row in await run.database.fetch(_DUE):
            ids = {name: str(row[name]) for name in ("tenant_id", "lead_id", "conversation_id")}
            nudge = {**ids, "message_id": ids["lead_id"], "channel": "", "delay": run.chance.uniform(0.0, 0.2)}
            for _ in range(4):
                await run.redis.xadd(STREAM, {FIELD: encode("turn", nudge)})
        await asyncio.sleep(0.15)


def _to(who: Who) -> dict[str, str]:
    return {"phone_number_id": SHOPS[who.tenant].number_id, "to": who.phone}
