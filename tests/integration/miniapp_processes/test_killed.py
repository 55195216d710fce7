"""``reveza web`` killed between its commit and its answer: an attendant's words reach the lead at most once all the same."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import pytest

from app.embedded.keeping import free_port
from app.settings import Settings
from core.domain.conversation import ConversationStatus
from core.services.members import Person
from tests.factories import Business, Seeder
from tests.integration.miniapp.client import Answered, App
from tests.integration.miniapp.crew import once, seen
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.webhooks.test_processes import started, web_process
from tests.patience import PATIENCE_WITH_PROCESSES

ANA = Person(5_000_002_001, "Ana")
SAID = "SELECT id FROM messages WHERE author = 'attendant' AND text = $1"
ROUNDS = 3
pytestmark = pytest.mark.slow


@contextlib.asynccontextmanager
async def silent_redis() -> AsyncIterator[str]:
    """Takes connections and never says a word: whoever tells it something after a commit waits for its patience to end."""
    ended = asyncio.Event()

    async def listen(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    ended.set()
    server.close()


@contextlib.asynccontextmanager
async def panel(python: str, settings: Settings) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A web process, and where it listens."""
    port = free_port()
    async with web_process(python, settings, port, TELEGRAM_BOT_TOKEN=BOT.token) as process:
        await started(process, port)
        yield process, f"http://127.0.0.1:{port}"


@dataclass(frozen=True, slots=True)
class Request:
    """Words for a lead, as an app asks for them to be said."""

    path: str
    text: str
    key: UUID = field(default_factory=uuid4)

    async def by(self, app: App) -> Answered:
        """The answer to it."""
        return await once(app, self.path, {"text": self.text}, key=self.key)


async def _killed_after_its_commit(
    process: asyncio.subprocess.Process, superuser: asyncpg.Connection, app: App, request: Request
) -> UUID:
    """The id of the words that were written; whoever asked has heard nothing of them."""
    asked = asyncio.create_task(request.by(app))
    async with asyncio.timeout(PATIENCE_WITH_PROCESSES):
        while (written := await superuser.fetchval(SAID, request.text)) is None:
            await asyncio.sleep(0.002)
    process.kill()
    with pytest.raises(aiohttp.ClientError):
        await asked
    return UUID(str(written))


async def test_words_whose_answer_was_lost_are_said_once(
    python: str, settings: Settings, business: Business, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Killed again and again; the next process answers twenty who repeat the request with what the one before it wrote."""
    ana = await seed.member(business.tenant_id, telegram_user_id=ANA.telegram_user_id, name=ANA.name)
    thread = await seed.thread(business, status=ConversationStatus.HUMAN, assignee_id=ana)
    path = f"/conversations/{thread.conversation_id}/messages"
    async with silent_redis() as nobody, aiohttp.ClientSession() as http:
        deaf = settings.model_copy(update={"redis_url": nobody})
        for number in range(ROUNDS):
            request = Request(path, f"Já te respondo ({number})")
            async with panel(python, deaf) as (process, url):
                app = await App(url, http).come_in(ANA)
                written = await _killed_after_its_commit(process, superuser, app, request)
            async with panel(python, settings) as (_, url):
                again = App(url, http, app.access)
                answers = await asyncio.gather(*(request.by(again) for _ in range(20)))
            assert {str(seen(one)) for one in answers} == {str({"message_ids": [str(written)]})}
            assert [row["id"] for row in await superuser.fetch(SAID, request.text)] == [written]
    assert await superuser.fetchval("SELECT count(*) FROM messages") == ROUNDS
