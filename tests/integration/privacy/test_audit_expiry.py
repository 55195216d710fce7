"""The log of deeds gets shorter at its old end when its time is over, by nobody else, and what is left is proven."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from core.domain.retention import INSTALLATION_DAYS, Kept
from core.services.audit import OPERATOR, audit
from core.services.audit_chain import AuditChain
from core.services.holds import lift_hold, place_hold
from core.services.retention import Retention
from db.named_sql import script
from db.tenancy import tenant_scope
from tests.integration.conftest import Database
from tests.integration.privacy.conftest import KEY, Office

_OLD: Final = 5
"""Entries of long ago, which bear the numbers up to this."""
_ALL: Final = 7


@pytest.fixture
def chain(tmp_path: Path) -> AuditChain:
    """With nothing written down yet."""
    return AuditChain(tmp_path, [KEY])


@pytest.fixture
async def tenant(office: Office) -> UUID:
    """A business with a long past: five deeds that are over, and two of today."""
    tenant_id = await office.seed.tenant("long-ago")
    for number in range(_OLD):
        await _deed(office, tenant_id, days_ago=INSTALLATION_DAYS[Kept.AUDIT_LOG] + _ALL - number)
    await _written(tenant_id, _ALL - _OLD)
    return tenant_id


async def _deed(office: Office, tenant_id: UUID, *, days_ago: float) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    await office.seed.insert("audit_log", tenant_id=tenant_id, actor="system", action="made", created_at=at)


async def _written(tenant_id: UUID, times: int) -> None:
    for _ in range(times):
        async with tenant_scope(tenant_id):
            await audit(tenant_id, OPERATOR, "tried")


async def _run(tenant_id: UUID, *, ahead: float = 0, dry: bool = False) -> Mapping[str, int]:
    return (await Retention().batch(tenant_id, datetime.now(UTC) + timedelta(days=ahead), dry=dry)).counts


async def _numbers(office: Office, tenant_id: UUID) -> list[int]:
    rows = await office.superuser.fetch("SELECT number FROM audit_log WHERE tenant_id = $1 ORDER BY number", tenant_id)
    return [row["number"] for row in rows]


async def _anchor(office: Office, tenant_id: UUID) -> int | None:
    found: int | None = await office.value("SELECT max(number) FROM audit_anchors WHERE tenant_id = $1", tenant_id)
    return found


async def _tamper(office: Office, tenant_id: UUID, *statements: str) -> None:
    """As the owner of the database may, who can switch every rule of it off."""
    await office.superuser.execute("SET session_replication_role = replica")
    for statement in statements:
        await office.superuser.execute(statement, tenant_id)
    await office.superuser.execute("SET session_replication_role = origin")


async def test_what_is_over_goes_from_the_old_end(office: Office, tenant: UUID, chain: AuditChain) -> None:
    """All that is, once; what is left is whole, also by what was written down before, and so is what comes after."""
    await chain.watch()
    assert await _run(tenant, dry=True) == {"audit_log": _OLD}
    assert await _numbers(office, tenant) == list(range(1, _ALL + 1))
    assert await _run(tenant) == {"audit_log": _OLD}
    assert (await _numbers(office, tenant), await _anchor(office, tenant)) == ([6, 7, 8], _OLD)
    assert await chain.faults(tenant) == []
    told = "SELECT action || details::text FROM audit_log WHERE tenant_id = $1 AND number = 8"
    assert await office.value(told, tenant) == 'retention.purged{"audit_log": 5}'
    await _written(tenant, 2)
    assert await _run(tenant) == {}
    assert await chain.faults(tenant) == []


async def test_nothing_younger_goes_whatever_the_moment(office: Office, tenant: UUID) -> None:
    """The database reckons by its own clock."""
    assert await _run(tenant, ahead=9999) == {"audit_log": _OLD}
    assert await _numbers(office, tenant) == [6, 7, 8]


async def test_what_stands_behind_a_younger_one_waits(office: Office, tenant: UUID) -> None:
    """The oldest first, without a gap: whatever the clock said when an entry was written."""
    await _deed(office, tenant, days_ago=3000)
    assert await _run(tenant) == {"audit_log": _OLD}
    assert await _numbers(office, tenant) == [6, 7, 8, 9]


async def test_the_last_entry_may_go_too(office: Office, chain: AuditChain) -> None:
    """Then the next one follows what it was."""
    tenant_id = await office.seed.tenant("forgotten")
    await _deed(office, tenant_id, days_ago=3000)
    assert await _run(tenant_id) == {"audit_log": 1}
    assert (await _numbers(office, tenant_id), await chain.faults(tenant_id)) == ([2], [])


async def test_nothing_goes_while_anything_is_held(office: Office) -> None:
    """Also of one lead: the log may have to tell of him."""
    tenant_id = office.ours.tenant_id
    hold = await place_hold(tenant_id, lead_id=office.gone.lead_id, reason="processo")
    await _tamper(
        office, tenant_id, "UPDATE audit_log SET created_at = created_at - interval '3000 days' WHERE tenant_id = $1"
    )
    assert "audit_log" not in await _run(tenant_id)
    await lift_hold(tenant_id, hold_id=hold)
    assert (await _run(tenant_id))["audit_log"] > 0


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(["DELETE FROM audit_log WHERE tenant_id = $1 AND number = 7"], id="one from the middle"),
        pytest.param(["DELETE FROM audit_log WHERE tenant_id = $1 AND number = 6"], id="the oldest that is left"),
        pytest.param(
            ["UPDATE audit_log SET actor = 'nobody' WHERE tenant_id = $1 AND number = 6"], id="the oldest changed"
        ),
        pytest.param(["UPDATE audit_anchors SET hash = sha256(hash) WHERE tenant_id = $1"], id="the anchor's hash"),
        pytest.param(["UPDATE audit_anchors SET number = 4 WHERE tenant_id = $1"], id="the anchor's number"),
        pytest.param(["DELETE FROM audit_anchors WHERE tenant_id = $1"], id="the anchor"),
        pytest.param(
            [
                "DELETE FROM audit_log WHERE tenant_id = $1 AND number = 6",
                "UPDATE audit_anchors SET number = 6 WHERE tenant_id = $1",
            ],
            id="the anchor moved over one that was taken",
        ),
    ],
)
async def test_what_was_done_to_it_is_found(
    office: Office, tenant: UUID, chain: AuditChain, statements: list[str]
) -> None:
    """By what is in the database alone."""
    await _run(tenant)
    assert await chain.faults(tenant) == []
    await _tamper(office, tenant, *statements)
    assert await chain.faults(tenant) != []


@pytest.mark.parametrize("upto", [_ALL, _ALL + 1])
async def test_an_anchor_forged_to_fit_is_found(office: Office, tenant: UUID, chain: AuditChain, upto: int) -> None:
    """Entries of today were taken and the anchor put right behind them: what was written down outside tells when they were."""
    await chain.watch()
    await _run(tenant)
    await _written(tenant, 2)
    await _tamper(
        office,
        tenant,
        "INSERT INTO audit_anchors (id, tenant_id, number, hash)"
        f" SELECT uuid_v7(), tenant_id, number, hash FROM audit_log WHERE tenant_id = $1 AND number = {upto}",
        f"DELETE FROM audit_log WHERE tenant_id = $1 AND number <= {upto}",
    )
    assert [fault for fault in await chain.faults(tenant) if "before its time" in fault] != []


@pytest.mark.parametrize("which", ["number = 3", "number = 7", "number > 2", "number IN (1, 3)"])
async def test_the_database_gives_no_other_entry(office: Office, tenant: UUID, which: str) -> None:
    """Not one from the middle, nor from the new end, to whoever asks."""
    with pytest.raises(asyncpg.PostgresError, match="old end alone"):
        await office.superuser.execute(f"DELETE FROM audit_log WHERE tenant_id = $1 AND {which}", tenant)


async def test_the_platform_takes_what_is_over_and_no_more(office: Office, tenant: UUID, opened: Database) -> None:
    """Whatever it asks for."""
    async with office.superuser.transaction():
        await office.superuser.execute(f'SET LOCAL ROLE "{opened.role("platform")}"')
        assert await office.superuser.execute("DELETE FROM audit_log WHERE tenant_id = $1", tenant) == f"DELETE {_OLD}"
    assert await _anchor(office, tenant) == _OLD


async def test_the_platform_forges_no_anchor(office: Office, tenant: UUID, opened: Database) -> None:
    """One is written with what is taken, and not by itself."""
    async with office.superuser.transaction():
        await office.superuser.execute(f'SET LOCAL ROLE "{opened.role("platform")}"')
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with office.superuser.transaction():
                await office.superuser.execute(
                    "INSERT INTO audit_anchors (id, tenant_id, number, hash) VALUES (uuid_v7(), $1, 1, '')", tenant
                )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_log WHERE tenant_id = $1",
        "DELETE FROM audit_anchors WHERE tenant_id = $1",
        "UPDATE audit_anchors SET number = 1 WHERE tenant_id = $1",
        "INSERT INTO audit_anchors (id, tenant_id, number, hash) VALUES (uuid_v7(), $1, 1, '')",
    ],
)
async def test_the_tenants_role_may_do_nothing_of_it(
    office: Office, tenant: UUID, opened: Database, statement: str
) -> None:
    """Neither take an entry nor forge an anchor."""
    async with office.superuser.transaction():
        await office.superuser.execute(f'SET LOCAL ROLE "{opened.role("app")}"')
        await office.superuser.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with office.superuser.transaction():
                await office.superuser.execute(statement, tenant)


def test_the_database_keeps_it_as_long_as_the_register_says() -> None:
    """One time, told in two places."""
    assert f"interval ''{INSTALLATION_DAYS[Kept.AUDIT_LOG]} days''" in script("0035_log_expiry.up.sql")
