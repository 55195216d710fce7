"""The audit log tells of whatever was done to it, also by whoever owns the database."""

import asyncio
from pathlib import Path

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.services.audit import OPERATOR, audit
from core.services.audit_chain import FILE, AuditChain, broken_logs, ends_of_logs
from core.services.health import LogHealth, health
from db.tenancy import tenant_scope
from tests.integration.privacy.conftest import KEY, Office
from tests.patience import PATIENCE


@pytest.fixture
def chain(tmp_path: Path) -> AuditChain:
    """With nothing written down yet."""
    return AuditChain(tmp_path, [KEY])


async def _written(office: Office, times: int = 4) -> None:
    for number in range(times):
        async with tenant_scope(office.ours.tenant_id):
            await audit(office.ours.tenant_id, OPERATOR, "tried", str(number), times=number)


async def _tamper(office: Office, statement: str) -> None:
    await office.superuser.execute("SET session_replication_role = replica")
    await office.superuser.execute(statement, office.ours.tenant_id)
    await office.superuser.execute("SET session_replication_role = origin")


async def test_an_untouched_log_is_whole(office: Office, chain: AuditChain) -> None:
    """Entries follow each other, each tenant's by themselves."""
    await _written(office)
    assert await chain.faults(office.ours.tenant_id) == []
    assert await chain.faults(office.theirs.tenant_id) == []


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE audit_log SET actor = 'nobody' WHERE tenant_id = $1 AND number = 2", id="who"),
        pytest.param("UPDATE audit_log SET details = '{}' WHERE tenant_id = $1 AND number = 3", id="what about it"),
        pytest.param("UPDATE audit_log SET created_at = created_at - interval '1 day' WHERE tenant_id = $1 AND number = 2", id="when"),
        pytest.param("DELETE FROM audit_log WHERE tenant_id = $1 AND number = 2", id="one taken"),
        pytest.param("DELETE FROM audit_log WHERE tenant_id = $1 AND number = 1", id="the first taken"),
    ],
)  # fmt: skip
async def test_what_was_done_to_it_is_found(office: Office, chain: AuditChain, statement: str) -> None:
    """A changed or a missing entry breaks the chain."""
    await _written(office)
    await _tamper(office, statement)
    assert await chain.faults(office.ours.tenant_id) != []


async def test_moved_entries_are_found(office: Office, chain: AuditChain) -> None:
    """Two that changed places."""
    await _written(office)
    for before, after in ((2, -1), (3, 2), (-1, 3)):
        await _tamper(office, f"UPDATE audit_log SET number = {after} WHERE tenant_id = $1 AND number = {before}")
    assert await chain.faults(office.ours.tenant_id) != []


async def test_an_end_that_was_cut_off_is_found(office: Office, chain: AuditChain) -> None:
    """What is left is a chain; what was written down outside tells that it went on."""
    await _written(office)
    assert await chain.watch() == 2
    await _tamper(office, "DELETE FROM audit_log WHERE tenant_id = $1 AND number > 3")
    assert await chain.faults(office.ours.tenant_id) != []


async def test_a_new_chain_is_found(office: Office, chain: AuditChain) -> None:
    """Whoever owns the database wrote it all anew, with numbers and hashes that fit."""
    await _written(office)
    await chain.watch()
    tenant = office.ours.tenant_id
    await office.superuser.execute("CREATE TEMP TABLE kept AS SELECT * FROM audit_log WHERE tenant_id = $1", tenant)
    await _tamper(office, "DELETE FROM audit_log WHERE tenant_id = $1")
    await office.superuser.execute(
        "INSERT INTO audit_log (id, tenant_id, created_at, actor, action, subject, details)"
        " SELECT id, tenant_id, created_at, 'nobody', action, subject, details FROM kept ORDER BY number"
    )
    (fault, *_) = await chain.faults(tenant)
    assert "is not what it was" in fault


async def test_the_end_is_written_down_once_a_day(office: Office, chain: AuditChain, tmp_path: Path) -> None:
    """Not at every look."""
    assert await chain.watch() == 2
    assert await chain.watch() == 0
    assert len((tmp_path / FILE).read_text().splitlines()) == 2


async def test_many_at_once_make_one_chain(office: Office, chain: AuditChain) -> None:
    """Each waits for the one before it."""
    await asyncio.gather(*(_written(office, 5) for _ in range(4)))
    assert await chain.faults(office.ours.tenant_id) == []
    assert await office.value("SELECT max(number) FROM audit_log WHERE tenant_id = $1", office.ours.tenant_id) >= 20


async def test_no_number_is_chosen(office: Office, chain: AuditChain, opened: object) -> None:
    """Whoever names a number or a hash gets those that follow all the same."""
    assert opened is not None
    await _written(office)
    await office.seed.insert(
        "audit_log", tenant_id=office.ours.tenant_id, actor="nobody", action="forged", number=77, hash=b"forged"
    )
    assert await chain.faults(office.ours.tenant_id) == []


async def test_what_a_restore_took_back_is_not_missed(office: Office, chain: AuditChain) -> None:
    """But what was there when the backup was made is, also afterwards."""
    tenant_id = office.ours.tenant_id
    await _written(office, 2)
    await chain.watch()
    backup = await ends_of_logs()
    await _written(office, 3)
    await chain.restored(await ends_of_logs())  # an end of the days that are lost
    await _tamper(office, f"DELETE FROM audit_log WHERE tenant_id = $1 AND number > {backup[tenant_id]}")
    assert await chain.faults(tenant_id) != []
    await _written(office, 4)  # the restore's own
    await chain.restored(backup)
    assert await chain.faults(tenant_id) == []
    await _tamper(office, "DELETE FROM audit_log WHERE tenant_id = $1 AND number = 2")
    assert await chain.faults(tenant_id) != []


async def test_a_broken_log_is_an_incident_once(office: Office, chain: AuditChain, tmp_path: Path) -> None:
    """Its business's admins see it and are told of it, another's nothing; and it stays on record until somebody judges it."""
    await _written(office)
    await _tamper(office, "UPDATE audit_log SET actor = 'nobody' WHERE tenant_id = $1 AND number = 2")
    for _ in range(2):
        await chain.watch()
        (tmp_path / FILE).unlink()  # so that the next look is due
    rows = await office.superuser.fetch(
        "SELECT tenant_id, verdict, reasons FROM security_incidents WHERE layer = 'audit'"
    )
    assert [(row["tenant_id"], row["verdict"]) for row in rows] == [(office.ours.tenant_id, "broken")]
    assert "entry 2 was changed" in rows[0]["reasons"]
    told = await office.superuser.fetch(
        "SELECT tenant_id, payload ->> 'number' FROM notifications WHERE kind = 'audit_broken'"
    )
    assert [tuple(row) for row in told] == [(office.ours.tenant_id, "2")]
    assert await broken_logs() == [office.ours.tenant_id]
    await office.superuser.execute("UPDATE security_incidents SET false_positive = true")
    assert await broken_logs() == []


_WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"""
"""How many wait for their turn."""


async def test_many_who_look_at_once_alert_once(office: Office, tmp_path: Path) -> None:
    """Each worker looks for itself."""
    await _written(office)
    await _tamper(office, "DELETE FROM audit_log WHERE tenant_id = $1 AND number = 2")
    chains = [AuditChain(tmp_path / str(number), [KEY]) for number in range(2)]
    async with office.superuser.transaction():
        # Whose turn it is: so both have found it before either tells.
        await office.superuser.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('audit:' || $1::uuid, 0))", office.ours.tenant_id
        )
        looking = asyncio.gather(*(chain.watch() for chain in chains))
        async with asyncio.timeout(PATIENCE):
            while await office.superuser.fetchval(_WAITING) < len(chains):
                await asyncio.sleep(0.02)
    await looking
    counts = "SELECT (SELECT count(*) FROM security_incidents WHERE layer = 'audit'), (SELECT count(*) FROM notifications WHERE kind = 'audit_broken')"
    assert tuple(await office.superuser.fetchrow(counts)) == (1, 1)


async def test_what_was_found_is_shown(office: Office, chain: AuditChain, tmp_path: Path) -> None:
    """When the log was looked through, and from where on it is not whole; a log that is whole again is shown so."""
    actor = Actor(office.ours.tenant_id, office.ours.member_id, Role.MANAGER)
    assert (await health(actor)).log == LogHealth(None, None)
    await _written(office)
    await chain.watch()
    whole = (await health(actor)).log
    assert (whole.looked_at is not None, whole.broken_at) == (True, None)
    await _tamper(office, "UPDATE audit_log SET actor = 'nobody' || actor WHERE tenant_id = $1 AND number = 3")
    (tmp_path / FILE).unlink()
    await chain.watch()
    broken = (await health(actor)).log
    assert (broken.looked_at != whole.looked_at, broken.broken_at) == (True, 3)
    await _tamper(
        office, "UPDATE audit_log SET actor = replace(actor, 'nobody', '') WHERE tenant_id = $1 AND number = 3"
    )
    (tmp_path / FILE).unlink()
    await chain.watch()
    assert (await health(actor)).log.broken_at is None
