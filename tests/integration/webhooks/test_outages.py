"""What providers are told while a server is away, and what is there when it is back."""

import asyncio

import asyncpg
from redis.asyncio import Redis

from app.embedded.keeping import free_port
from app.settings import Settings
from tests.factories import Business
from tests.integration.webhooks.conftest import Gate, provider_of, served
from tests.integration.webhooks.provider import text_message
from tests.patience import PATIENCE


async def test_redis_away(settings: Settings, business: Business, superuser: asyncpg.Connection) -> None:
    """Without Redis deliveries are taken, and quickly; their turns are due in the database."""
    alone = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with served(alone) as address, provider_of(business, address) as provider:
        async with asyncio.timeout(PATIENCE):
            answers = [await provider.says(text_message(phone=f"55119876500{place:02}")) for place in range(20)]
        ready = await provider.get(f"{address}/readyz")
    assert [answer.status for answer in answers] == [200] * 20
    assert await superuser.fetchval("SELECT count(*) FROM conversations WHERE turn_due_at IS NOT NULL") == 20
    assert (ready.status, '"redis": "away"' in ready.text) == (200, True)


async def test_database_away(
    gated_settings: Settings, gate: Gate, business: Business, superuser: asyncpg.Connection, redis: Redis
) -> None:
    """While PostgreSQL is away a delivery hears 503 and when to try again; then the same delivery is taken once."""
    message = text_message()
    async with served(gated_settings) as address, provider_of(business, address) as provider:
        assert (await provider.says(text_message())).status == 200
        await gate.shut()
        refused = await provider.says(message)
        ready = await provider.get(f"{address}/readyz")
        alive = await provider.get(f"{address}/healthz")
        await gate.open()
        async with asyncio.timeout(PATIENCE):
            while (await provider.says(message)).status != 200:
                await asyncio.sleep(0.05)
    assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (503, True)
    assert (ready.status, alive.status) == (503, 200)
    assert await superuser.fetchval("SELECT count(*) FROM messages WHERE external_id = $1", message["id"]) == 1


async def test_database_away_at_the_start(
    gated_settings: Settings, gate: Gate, business: Business, superuser: asyncpg.Connection
) -> None:
    """A process that starts while PostgreSQL is away says 503, and serves when it is there."""
    await gate.shut()
    async with served(gated_settings) as address, provider_of(business, address) as provider:
        assert (await provider.says(text_message())).status == 503
        await gate.open()
        async with asyncio.timeout(PATIENCE):
            while (await provider.says(text_message())).status != 200:
                await asyncio.sleep(0.05)
    assert await superuser.fetchval("SELECT count(*) FROM messages") == 1


async def test_a_cut_in_the_middle_loses_nothing(
    gated_settings: Settings, gate: Gate, business: Business, superuser: asyncpg.Connection
) -> None:
    """Connections cut under load: whatever was answered 200 is stored, the rest is not there twice after a retry."""
    messages = [text_message(phone=f"55119876{place:05}") for place in range(300)]
    async with served(gated_settings) as address, provider_of(business, address) as provider:
        await provider.says(text_message())
        waiting = asyncio.gather(*(provider.says(message) for message in messages))
        await asyncio.sleep(0.03)
        await gate.shut()
        await gate.open()
        first = [answer.status for answer in await waiting]
        taken = [message["id"] for message, status in zip(messages, first, strict=True) if status == 200]
        stored = await superuser.fetchval("SELECT count(*) FROM messages WHERE external_id = ANY($1)", taken)
        assert len(taken) == stored
        for message in messages:
            async with asyncio.timeout(PATIENCE):
                while (await provider.says(message)).status != 200:
                    await asyncio.sleep(0.05)
    assert {200, 503} >= set(first)
    assert await superuser.fetchval("SELECT count(*) FROM messages") == 301
    assert await superuser.fetchval("SELECT sum(leads) FROM usage_months") == 301
