"""Jobs over a tenant with many leads look at the rows that they are about, and not at all that there are: counted, not timed."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app.bench.jobs_seeding import seed_leads
from core.domain.ids import uuid7
from db.named_sql import query
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk

LEADS = 3000
AT_ONCE = 50
ENOUGH = 20 * AT_ONCE
"""Rows of a table that may be looked at for so many leads, beside one way through it: it is small for what it stands for."""


@pytest.fixture
async def many(desk: Desk) -> Desk:
    """The desk's business with many leads, each with a conversation that was answered and follow-ups that are planned."""
    await seed_leads(desk.superuser, LEADS, 2)
    await desk.run(
        "INSERT INTO follow_ups (id, tenant_id, lead_id, conversation_id, step, silent_since, kind, due_at)"
        " SELECT uuid_v7(), tenant_id, lead_id, id, step, last_inbound_at - interval '1 second', 'text', now()"
        " FROM conversations, generate_series(1, 5) step WHERE last_inbound_at IS NOT NULL"
    )
    await desk.run("ANALYZE")
    return desk


async def _looked(desk: Desk, database: Database, name: str, *values: object) -> Mapping[str, int]:
    """How many rows of each table a query looks at, as the tenants' role runs it; what it changes is taken back."""
    connection = await asyncpg.connect(database.app)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"SELECT set_config('app.tenant_id', '{desk.ref.tenant_id}', true)")
        found = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query(name)}", desk.ref.tenant_id, *values)
        await transaction.rollback()
    finally:
        await connection.close()
    looked: dict[str, int] = {}
    for node in _nodes(json.loads(found)[0]["Plan"]):
        if "Relation Name" in node and node["Node Type"] != "ModifyTable":
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            looked[node["Relation Name"]] = looked.get(node["Relation Name"], 0) + int(rows * node["Actual Loops"])
    return looked


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for inner in node.get("Plans", []):
        yield from _nodes(inner)


async def test_who_is_quiet_is_looked_for_lead_by_lead(many: Desk, database: Database) -> None:
    """Not by going through all conversations for each of them."""
    before = datetime.now(UTC) - timedelta(days=700)
    floor = uuid7(int(before.timestamp() * 1000))
    looked = await _looked(many, database, "quiet_leads", before, floor, AT_ONCE, datetime.now(UTC))
    assert 0 < looked["conversations"] <= ENOUGH


async def test_silences_are_planned_and_ended_lead_by_lead(many: Desk, database: Database) -> None:
    """However many follow-ups there are of others."""
    now = datetime.now(UTC)
    silent = await _looked(many, database, "newly_silent", now, now - timedelta(days=8), AT_ONCE, 8)
    conversations = await many.value("SELECT array_agg(id) FROM (SELECT id FROM conversations LIMIT $1) c", AT_ONCE)
    ended = await _looked(many, database, "end_silences", conversations)
    for looked in (silent, ended):
        assert 0 < looked["follow_ups"] <= ENOUGH
        assert 0 < looked["conversations"] <= LEADS + ENOUGH


async def test_places_are_given_to_those_who_get_one(many: Desk, database: Database) -> None:
    """Not by going through all that are planned."""
    looked = await _looked(many, database, "place_follow_ups", datetime.now(UTC), 60.0, 3600.0)
    assert 0 < looked["follow_ups"] <= ENOUGH
