"""A month ends while a thousand messages come in, at another moment in each tenant's zone: what is charged is exact."""

import asyncio
import random
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from app.embedded.keeping import free_port
from app.settings import Settings
from tests.factories import Business, Seeder
from tests.integration.webhooks.conftest import provider_of
from tests.integration.webhooks.provider import Provider, text_message
from tests.integration.webhooks.test_processes import started, web_process

ZONES = ("America/Noronha", "America/Sao_Paulo")
PEOPLE = 300
"""Of each tenant; every other one writes to both."""
MESSAGES = 1000
# February ends at 02:00 in UTC for the one and at 03:00 for the other.
BEGINS, ENDS = datetime(2028, 3, 1, 1, tzinfo=UTC), datetime(2028, 3, 1, 4, tzinfo=UTC)
# Only to what takes messages in does the database tell this time: one and the same throughout a transaction, as ``now()`` is. It
# goes on with each message, as a sequence does: nobody waits for another, and however fast they come the months end among them.
CLOCK = """
    CREATE SCHEMA clock;
    GRANT USAGE ON SCHEMA clock TO PUBLIC;
    CREATE SEQUENCE clock.taken_in;
    CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
    BEGIN
        IF COALESCE(current_setting('clock.now', true), '') = '' THEN
            PERFORM set_config('clock.now', (SELECT '{begins}'::timestamptz + last_value * '{step}'::interval FROM clock.taken_in)::text, true);
        END IF;
        RETURN current_setting('clock.now')::timestamptz;
    END $$;
    CREATE FUNCTION clock.go_on() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        PERFORM nextval('clock.taken_in');
        RETURN NULL;
    END $$;
    CREATE TRIGGER go_on AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION clock.go_on();
    ALTER FUNCTION ingest(ingest_event[], bytea[]) SET search_path = clock, pg_catalog, public;
    ALTER TABLE messages ALTER COLUMN created_at SET DEFAULT clock.now();
"""
Counted = tuple[UUID, date, UUID]
"""A tenant's lead in a month."""


@pytest.fixture
async def businesses(seed: Seeder) -> list[Business]:
    """One in each zone."""
    return [await seed.business(timezone=zone) for zone in ZONES]


@pytest.fixture
async def clock(superuser: asyncpg.Connection) -> asyncpg.Connection:
    """The database's clock stands an hour before the first of the two months' ends, and an hour after the second when all are in."""
    await superuser.execute(CLOCK.format(begins=BEGINS.isoformat(), step=f"{(ENDS - BEGINS) / MESSAGES}"))
    return superuser


def _everybody() -> list[tuple[int, str]]:
    """Who writes, and to which business: all at least once, some again, in no order."""
    people = [(at, f"55119{(1 + at * (number % 2)):02}{number:06}") for at in (0, 1) for number in range(PEOPLE)]
    draw = random.Random(20280229)
    writers = people + draw.choices(people, k=MESSAGES - len(people))
    draw.shuffle(writers)
    return writers


async def _write(providers: list[Provider]) -> list[int]:
    """All at once."""
    answers = await asyncio.gather(*(providers[at].says(text_message(phone=phone)) for at, phone in _everybody()))
    return [answer.status for answer in answers]


def _wrote(messages: list[Any]) -> set[Counted]:
    """Who wrote in which month, by the clocks of the tenant."""
    return {
        (
            row["tenant_id"],
            row["created_at"].astimezone(ZoneInfo(row["timezone"])).date().replace(day=1),
            row["lead_id"],
        )
        for row in messages
    }


async def test_a_thousand_first_messages_at_a_months_end(
    python: str, settings: Settings, businesses: list[Business], clock: asyncpg.Connection
) -> None:
    """Over two processes, in two zones: each lead counts once in each month in which he wrote, and no total differs."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with web_process(python, settings, port) as one, web_process(python, settings, port) as two:
        await asyncio.gather(started(one, port), started(two, port))
        async with provider_of(businesses[0], address) as first, provider_of(businesses[1], address) as second:
            assert set(await _write([first, second])) == {200}
    messages = await clock.fetch(
        "SELECT m.id, m.tenant_id, m.lead_id, m.created_at, t.timezone FROM messages m JOIN tenants t ON t.id = m.tenant_id"
    )
    counted = await clock.fetch("SELECT tenant_id, month, lead_id, first_message_id FROM lead_months")
    charged = await clock.fetch("SELECT tenant_id, month, leads FROM usage_months WHERE leads > 0")
    wrote = _wrote(messages)
    assert len(messages) == MESSAGES
    assert len({row["lead_id"] for row in messages}) == 2 * PEOPLE
    assert Counter(tuple(row)[:3] for row in counted) == Counter(wrote)
    assert {tuple(row)[:2]: row["leads"] for row in charged} == Counter(key[:2] for key in wrote)
    by_id = {row["id"]: row for row in messages}
    assert _wrote([by_id[row["first_message_id"]] for row in counted]) == wrote
    # Else it shows nothing: in both zones the month has to end among the messages, and some people have to write before and after.
    assert {key[1] for key in wrote} == {date(2028, 2, 1), date(2028, 3, 1)}
    assert len(charged) == 2 * len(ZONES)
    assert len(wrote) > 2 * PEOPLE + 50
