"""What providers deliver is on the screens of the tenant's managers at once."""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from app.embedded.places import scratch_dir
from app.embedded.valkey import EmbeddedValkey
from app.settings import Settings
from core.domain.changes import Change, ChangeKind
from tests.factories import Business
from tests.integration.live.screens import RESET, Stage, open_stage
from tests.integration.queue.test_faults import kill
from tests.integration.webhooks.conftest import provider_of, served
from tests.integration.webhooks.provider import Provider, text_message


@pytest.fixture
def mortal() -> Iterator[EmbeddedValkey]:
    """A Valkey of this test alone that forgets everything when it ends."""
    with scratch_dir("reveza-mortal-") as folder, EmbeddedValkey(folder / "valkey", durable=False) as server:
        yield server


def _of(stage: Stage, business: Business) -> Stage:
    stage.tenant = business.tenant_id
    return stage


async def test_a_delivery_is_told(
    settings: Settings, business: Business, provider: Provider, superuser: asyncpg.Connection
) -> None:
    """The lead's words, by the ids under which they are stored."""
    async with open_stage(settings.redis_url) as stage, _of(stage, business).fresh() as screen:
        assert (await provider.says(text_message())).status == 200
        await screen.shows(lambda screen: len(screen.seen) > 1)
        message, conversation, lead = await superuser.fetchrow("SELECT id, conversation_id, lead_id FROM messages")
        assert screen.seen == [RESET, Change(ChangeKind.MESSAGE_IN, message, conversation, lead)]


async def test_redis_killed_and_emptied_while_events_flow(
    settings: Settings, business: Business, mortal: EmbeddedValkey, superuser: asyncpg.Connection
) -> None:
    """Each delivery is acknowledged while Redis is gone; the screens are told to load anew, and then of what comes."""
    flowing = settings.model_copy(update={"redis_url": mortal.url})
    async with (
        served(flowing) as address,
        provider_of(business, address) as provider,
        open_stage(mortal.url) as stage,
        _of(stage, business).fresh() as screen,
    ):
        for place in range(60):
            if place == 20:
                kill(mortal)
            if place == 40:
                mortal.start()
            assert (await provider.says(text_message(phone=f"55119876500{place:02}"))).status == 200
            await asyncio.sleep(0.02)
        await screen.shows(lambda screen: RESET in screen.seen[1:])
        await stage.shows_live(screen, lambda: provider.says(text_message()))
    assert (
        await superuser.fetchval("SELECT count(*) FROM messages WHERE text IS NOT NULL") >= 60
    )  # each of the deliveries
