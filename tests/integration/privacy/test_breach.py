"""A breach of a clinic's data: who was affected is told at once, and that it was asked is on record."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.spreadsheet import MARK
from core.services.audit import OPERATOR
from core.services.breach import Span, affected, affected_table
from tests.integration.privacy.conftest import CANARY, Office

NOW = datetime.now(UTC)


@pytest.fixture
async def clinic(office: Office) -> Office:
    """A business whose leads tell it of their health."""
    await office.superuser.execute(
        """UPDATE tenants SET settings = '{"privacy": {"sensitive": "health", "small_agent": true}}' WHERE id = $1""",
        office.ours.tenant_id,
    )
    return office


async def test_everybody_affected_is_listed_with_a_way_to_reach_him(clinic: Office) -> None:
    """Leads and team, what there is of each, and that it is about health; nobody of another business."""
    found = await affected(clinic.ours.tenant_id, Span())
    leads = {one.id: one for one in found.people if one.who == "lead"}
    assert set(leads) == {clinic.gone.lead_id, clinic.stays.lead_id}
    gone = leads[clinic.gone.lead_id]
    assert (gone.name, gone.contacts, gone.sensitive) == (CANARY, [f"phone:{clinic.gone.address}"], "health")
    assert {"contact", "messages", "decisions"} <= set(gone.data)
    assert [one.id for one in found.people if one.who == "member"] == [clinic.ours.member_id]


async def test_the_time_in_which_others_had_a_way_in_narrows_it(clinic: Office) -> None:
    """Who came later was not there; who was not heard of since was not to be seen."""
    quiet, later = clinic.gone, clinic.stays
    await clinic.superuser.execute(
        "UPDATE conversations SET last_activity_at = $2 WHERE lead_id = $1", quiet.lead_id, NOW - timedelta(days=30)
    )
    await clinic.superuser.execute(
        "UPDATE leads SET created_at = $2 WHERE id = $1", quiet.lead_id, NOW - timedelta(days=60)
    )

    async def listed(since: float | None, until: float | None) -> set[object]:
        span = Span(*(None if days is None else NOW - timedelta(days=days) for days in (since, until)))
        return {one.id for one in (await affected(clinic.ours.tenant_id, span)).people if one.who == "lead"}

    assert await listed(None, 10) == {quiet.lead_id}
    assert await listed(10, None) == {later.lead_id}
    assert await listed(40, 20) == {quiet.lead_id}
    assert await listed(None, None) == {quiet.lead_id, later.lead_id}


async def test_the_table_is_for_spreadsheets_and_runs_nothing(clinic: Office) -> None:
    """In the business's language; a name that is a formula is text."""
    await clinic.superuser.execute("UPDATE leads SET name = '=1+1' WHERE id = $1", clinic.stays.lead_id)
    written = affected_table(await affected(clinic.ours.tenant_id, Span()))
    rows = list(csv.DictReader(written.removeprefix(MARK).splitlines(), delimiter=";"))
    assert len(rows) == 3
    row = next(row for row in rows if row["id"] == str(clinic.stays.lead_id))
    assert (row["name"], row["contacts"], row["sensitive"]) == ("'=1+1", f"phone:{clinic.stays.address}", "health")


async def test_that_it_was_asked_for_is_in_the_log(clinic: Office) -> None:
    """By whom, of how many, nobody's name."""
    await affected(clinic.ours.tenant_id, Span(since=NOW - timedelta(days=1)))
    row = await clinic.superuser.fetchrow("SELECT actor, details::text FROM audit_log WHERE action = 'breach.listed'")
    assert row is not None
    assert (row["actor"], '"leads": 2' in row["details"], CANARY in row["details"]) == (OPERATOR, True, False)


async def test_who_was_erased_since_is_counted(clinic: Office) -> None:
    """Nobody can tell them; that is told."""
    before = (await affected(clinic.ours.tenant_id, Span(since=NOW))).erased
    await clinic.erasures.forget(clinic.ours.tenant_id, clinic.gone.lead_id, by=OPERATOR)
    assert (await affected(clinic.ours.tenant_id, Span(since=NOW))).erased == before + 1
