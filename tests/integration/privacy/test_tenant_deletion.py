"""A business is deleted: announced, taken back or not, and then nothing of it is left, also in what a backup brings back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from core.domain.errors import BadRequest, Conflict
from core.domain.ids import uuid7
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services import tenant_deletion
from core.services.holds import Hold, holds, lift_hold, place_hold
from core.services.suspension import resume
from core.services.tenant_deletion import KEPT_TO_THE_END, TABLES, TenantDeletions, announce_deletion, delete_tenant
from core.services.tombstones import Healing, apply_tombstones, compare_tombstones
from tests.integration.privacy.conftest import CANARY, Office


async def _over(office: Office) -> None:
    """The time of grace is."""
    await office.superuser.execute(
        "UPDATE tenants SET deletion_due_at = now() - interval '1 second' WHERE id = $1", office.ours.tenant_id
    )


async def _carried_out(office: Office) -> int:
    """What a worker does of it in two rounds."""
    deletions = TenantDeletions(office.journal)
    return await deletions.carry_out_due() + await deletions.carry_out_due()


async def _left(office: Office, tenant_id: UUID) -> dict[str, int]:
    rows = {table: count for table, count in (await office.counts(tenant_id)).items() if count}
    return rows | {"tenants": there} if (there := await office.value("SELECT count(*) FROM tenants WHERE id = $1", tenant_id)) else rows  # fmt: skip


async def test_every_table_of_a_tenant_is_emptied(office: Office) -> None:
    """A new table that is forgotten here is found by its rows."""
    tables = {
        row["table_name"]
        for row in await office.superuser.fetch(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        )
    }
    assert tables == {*TABLES, *KEPT_TO_THE_END}


async def test_it_is_announced_and_can_be_taken_back(office: Office) -> None:
    """Until then it is suspended, and all of it is there."""
    tenant = office.ours.tenant_id
    before = await office.counts(tenant)
    due = await announce_deletion(tenant, days=30)
    assert timedelta(days=29) < due - datetime.now(UTC) < timedelta(days=31)
    assert await office.value("SELECT status FROM tenants WHERE id = $1", tenant) == "suspended"
    assert await _carried_out(office) == 0
    await resume(tenant, {})
    await _carried_out(office)
    assert await office.value("SELECT deletion_due_at FROM tenants WHERE id = $1", tenant) is None
    after = await office.counts(tenant)
    assert [table for table, count in before.items() if after[table] < count] == []


async def test_then_nothing_of_it_is_left(office: Office) -> None:
    """Not a row, not its credentials, no word; another business loses nothing."""
    tenant, theirs = office.ours.tenant_id, await office.counts(office.theirs.tenant_id)
    await announce_deletion(tenant)
    await _over(office)
    assert await _carried_out(office) == 1
    assert await _left(office, tenant) == {}
    assert await office.holding(CANARY, str(tenant), office.ours.account_key) == set()
    assert await office.value("SELECT count(*) FROM credential_sets WHERE id = $1", office.ours.set_id) == 0
    assert await office.counts(office.theirs.tenant_id) == theirs
    assert [(stone.kind, stone.tenant_id) for stone in office.journal.read().stones] == [(TombstoneKind.TENANT, tenant)]


async def test_its_accounts_are_cut_off_a_round_before(office: Office) -> None:
    """What a web process takes in by what it remembers still finds its tenant."""
    await announce_deletion(office.ours.tenant_id)
    await _over(office)
    assert await TenantDeletions(office.journal).carry_out_due() == 0
    status = "SELECT status FROM channel_accounts WHERE tenant_id = $1"
    assert await office.value(status, office.ours.tenant_id) == "disconnected"
    assert office.journal.read().stones == []


async def test_a_restored_past_deletes_it_again(office: Office) -> None:
    """What a backup brings back knows of no deletion; the tombstone does."""
    tenant = office.ours.tenant_id
    office.journal.append(Tombstone(uuid7(), TombstoneKind.TENANT, tenant, tenant, datetime.now(UTC)))
    await office.superuser.execute("DELETE FROM erasures")
    assert await compare_tombstones(office.journal) == [f"tenant {tenant} has a tombstone, and is still there"]
    assert (await apply_tombstones(office.journal)).deleted == 1
    assert await _left(office, tenant) == {}
    assert await compare_tombstones(office.journal) == []


async def test_what_a_crash_cut_short_is_finished(office: Office) -> None:
    """Whatever was gone by then."""
    tenant = office.ours.tenant_id
    office.journal.append(Tombstone(uuid7(), TombstoneKind.TENANT, tenant, tenant, datetime.now(UTC)))
    await office.superuser.execute("DELETE FROM telegram_posts WHERE tenant_id = $1", tenant)
    await office.superuser.execute("UPDATE credential_sets SET sealed = '' WHERE id = $1", office.ours.set_id)
    await Healing(office.journal).heal()
    assert await _left(office, tenant) == {}


async def test_credentials_that_another_business_needs_stay(office: Office) -> None:
    """One app may stand behind both."""
    await office.superuser.execute(
        "UPDATE channel_accounts SET credential_set_id = $2 WHERE tenant_id = $1", office.theirs.tenant_id, office.ours.set_id
    )  # fmt: skip
    await announce_deletion(office.ours.tenant_id)
    await _over(office)
    await _carried_out(office)
    assert await office.value("SELECT sealed <> '' FROM credential_sets WHERE id = $1", office.ours.set_id)


async def test_a_hold_keeps_it(office: Office) -> None:
    """It is not announced while one stands; and one that came later keeps what is due."""
    tenant = office.ours.tenant_id
    hold = await place_hold(tenant, lead_id=office.gone.lead_id, reason="processo")
    with pytest.raises(Conflict, match=str(hold)):
        await announce_deletion(tenant)
    await lift_hold(tenant, hold_id=hold)
    await announce_deletion(tenant)
    later = await place_hold(tenant, lead_id=None, reason="processo")
    await _over(office)
    assert await _carried_out(office) == 0
    await lift_hold(tenant, hold_id=later)
    assert await _carried_out(office) == 1


async def test_who_is_resumed_just_then_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was found to be due, and is taken back before it has a tombstone."""
    tenant = office.ours.tenant_id
    await announce_deletion(tenant)
    await _over(office)
    assert await TenantDeletions(office.journal).carry_out_due() == 0

    async def meanwhile(tenant_id: UUID) -> Sequence[Hold]:
        await resume(tenant_id, {})
        return await holds(tenant_id)

    monkeypatch.setattr(tenant_deletion, "holds", meanwhile)
    assert await TenantDeletions(office.journal).carry_out_due() == 0
    assert (office.journal.read().stones, await office.value("SELECT status FROM tenants WHERE id = $1", tenant)) == (
        [],
        "active",
    )


@pytest.mark.parametrize("days", [0, -1, 366])
async def test_there_is_always_a_time_of_grace(office: Office, days: int) -> None:
    """Nobody deletes a business by one command."""
    with pytest.raises(BadRequest, match="days after"):
        await announce_deletion(office.ours.tenant_id, days=days)


async def test_no_process_deletes_what_is_not_due(office: Office) -> None:
    """The database refuses it: neither the log nor the tenant can be taken before."""
    tenant = office.ours.tenant_id
    await announce_deletion(tenant)
    with pytest.raises(asyncpg.PostgresError, match="not due"):
        await office.superuser.execute("DELETE FROM tenants WHERE id = $1", tenant)
    log = await office.value("SELECT count(*) FROM audit_log WHERE tenant_id = $1", tenant)
    assert log > 0
    await delete_tenant(office.theirs.tenant_id)
    assert await office.value("SELECT count(*) FROM audit_log WHERE tenant_id = $1", tenant) == log
