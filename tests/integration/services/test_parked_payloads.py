"""Queue entries that nobody could read do not stay for ever."""

import asyncpg
import pytest

from core.services import parking
from core.services.parking import KEPT_DAYS, park_payload, purge_parked_payloads
from tests.integration.conftest import Database


async def test_a_parked_payload_goes_when_its_time_is_over(opened: Database, superuser: asyncpg.Connection) -> None:
    """Not a day before; whose words it holds nobody knows."""
    assert opened.name
    for days in (KEPT_DAYS - 1, KEPT_DAYS + 1, KEPT_DAYS + 2):
        await park_payload(f"{days}".encode(), "unknown_version")
    await superuser.execute(
        "UPDATE parked_payloads SET created_at = now() - make_interval(days => convert_from(body, 'UTF8')::int)"
    )
    assert await purge_parked_payloads() == 2
    assert await superuser.fetchval("SELECT array_agg(body) FROM parked_payloads") == [b"29"]
    assert await purge_parked_payloads() == 0


async def test_however_many_there_are_all_of_them_go(
    opened: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some at a time."""
    assert opened.name
    monkeypatch.setattr(parking, "_AT_ONCE", 2)
    for _ in range(5):
        await park_payload(b"{}", "unknown_task")
    await superuser.execute("UPDATE parked_payloads SET created_at = now() - interval '40 days'")
    assert await purge_parked_payloads() == 5
