"""A server that dies between its commit and its answer: whoever asks again is told what was done, and nothing is done twice."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp
import pytest

from app.miniapp import Reach
from app.settings import Settings
from core.domain.conversation import ConversationStatus
from core.domain.ports import ConversationRef
from tests.fakes import RecordedJobs
from tests.integration.bot.stage import settings_of
from tests.integration.conftest import Database
from tests.integration.miniapp.client import App
from tests.integration.miniapp.conftest import NOWHERE, reach_of, serving
from tests.integration.miniapp.crew import Crew, crew_of, once, seen
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE
from webhooks.receive import Origin


@dataclass(slots=True)
class StuckJobs(RecordedJobs):
    """Whoever tells that words are due, which is after the commit, comes no further."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def sends_due(self, conversation: ConversationRef) -> None:
        """For ever."""
        self.reached.set()
        await asyncio.Event().wait()


@pytest.fixture
def configured(opened: Database, valkey: str) -> Settings:
    """Of both servers."""
    return settings_of(opened, NOWHERE).model_copy(update={"redis_url": valkey})


async def _cut_off(crew: Crew, jobs: StuckJobs, path: str, body: object, key: object) -> None:
    """A request whose answer never comes."""
    asked = asyncio.create_task(crew["attendant"].ask("POST", path, body, headers={"Idempotency-Key": str(key)}))
    async with asyncio.timeout(PATIENCE):
        await jobs.reached.wait()
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked


@pytest.mark.parametrize("again", [1, 20])
async def test_words_are_said_once_though_their_answer_was_lost(desk: Desk, configured: Settings, again: int) -> None:
    """The next server tells the ids of the words that the one before it had written."""
    key, jobs, words = uuid4(), StuckJobs(), {"text": "Já te respondo"}
    async with aiohttp.ClientSession() as http:
        stuck = Reach(http, {desk.channel.name: desk.channel}, jobs, Origin().address)
        async with serving(configured, stuck, last_words=0.1) as url:
            crew = await crew_of(desk, App(url, http))
            await crew.held_by("attendant", ConversationStatus.HUMAN)
            await _cut_off(crew, jobs, f"{crew.here}/messages", words, key)
        (written,) = await desk.rows("SELECT id, status FROM messages WHERE author = 'attendant'")
        async with serving(configured, reach_of(desk, http)) as url:
            attendant = App(url, http, crew["attendant"].access)
            answers = await asyncio.gather(
                *(once(attendant, f"{crew.here}/messages", words, key=key) for _ in range(again))
            )
    assert {str(seen(one)["message_ids"]) for one in answers} == {str([str(written[0])])}
    assert await desk.rows("SELECT id, status FROM messages WHERE author = 'attendant'") == [written]
    assert written[1] == "queued"
