"""A provider that takes and does not say so, is busy, refuses, or no longer knows one tenant's token."""

import asyncio

from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.stage import number_of

_REVOKED = 2


async def break_the_provider(run: Run) -> None:
    """Every way a send can go wrong, for some leads of two tenants."""
    leads = run.some_leads(14, tenant=0) + run.some_leads(14, tenant=1)
    run.chance.shuffle(leads)
    for place, who in enumerate(leads):
        match = {"phone_number_id": SHOPS[who.tenant].number_id, "to": who.phone}
        await _arm(run, place, match)


async def revoke_a_token(run: Run) -> None:
    """In the middle of it all the third tenant's token is no longer good."""
    await run.pause(1.0, 2.0)
    await run.emulator.meta.post("numbers", number_of(_REVOKED, token="another-token"))
    async with asyncio.timeout(30):
        while not await run.database.fetchval("SELECT count(*) FROM channel_accounts WHERE status = 'stopped'"):
            await asyncio.sleep(0.1)
    await run.emulator.meta.bitten()


async def _arm(run: Run, place: int, match: dict[str, str]) -> None:
    meta = run.emulator.meta
    match place % 7:
        case 0:
            await meta.arm("accept_then_cut", match)
        case 1:
            await meta.arm("accept_then_cut", match)
            await meta.arm("statuses", match, mode="none")
        case 2:
            await meta.arm("status", match, times=2, code=131016, http=503)
        case 3:
            await meta.arm("status", match, times=2, code=130429, http=429)
        case 4:
            await meta.arm("statuses", match, mode="failed", code=131047)
        case 5:
            await meta.arm("status", match, code=131047, http=400)
        case _:
            await meta.arm("cut", match)


async def others_go_on(run: Run, verdict: Verdict) -> None:
    """Only the tenant without a token is stopped; its leads are with people, with a note."""
    stopped = await run.database.fetch("SELECT external_id FROM channel_accounts WHERE status = 'stopped'")
    await run.database.execute("UPDATE channel_accounts SET status = 'active', stopped_reason = NULL")
    assert [row["external_id"] for row in stopped] == [SHOPS[_REVOKED].number_id]
    rows = await run.dump()
    failed = {
        row.conversation_id for row in rows.messages if row.status == "failed" and row.slug == SHOPS[_REVOKED].slug
    }
    assert failed
    assert all(rows.conversations[one].hand_offs for one in failed)
    assert verdict.fates["answered"] > verdict.fates["handed_off"]
    assert verdict.unknown_sends, "no send was left in the dark"
