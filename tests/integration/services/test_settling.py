"""What reaches two web processes, or one transaction, at the same moment."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from core.domain.ids import uuid7
from db.ingest import IngestRow
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE


@pytest.fixture
async def other_process(opened: Database) -> AsyncIterator[asyncpg.Connection]:
    """Another web process's connection."""
    connection = await asyncpg.connect(opened.ingest)
    yield connection
    await connection.close()


def _echo(desk: Desk, external_id: str) -> IngestRow:
    """What we sent, told back under this id."""
    thread = desk.thread
    return IngestRow(
        body=b"{}",
        ord=0,
        part="echo",
        id=uuid7(),
        tenant_id=thread.tenant_id,
        account_id=thread.account_id,
        kind="outbound_echo",
        external_id=external_id,
        anchor_kind="phone",
        anchor_scope="",
        anchor_key=thread.address,
        anchor_address=thread.address,
        type="text",
        content="Olá",
        hint="untold",
    )


async def test_two_echoes_at_once_are_two_messages(desk: Desk, other_process: asyncpg.Connection) -> None:
    """The second waits for what the first takes, and finds what it leaves; it is no person's."""
    for bubble in range(2):
        await desk.queued(status="unknown", next_attempt_at=None, bubble=bubble, attempts=1)
    first, second = _echo(desk, "out-1"), _echo(desk, "out-2")
    async with other_process.transaction():
        await other_process.fetch(
            "SELECT * FROM ingest($1::ingest_event[], $2::bytea[])", [(0, *first[2:])], [first.body]
        )
        waiting = asyncio.create_task(desk.store.write([second]))
        async with asyncio.timeout(PATIENCE):
            while not await desk.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
    await waiting
    assert await desk.rows("SELECT status, external_id FROM messages ORDER BY seq") == [
        ("sent", "out-1"), ("sent", "out-2"),
    ]  # fmt: skip
    assert await desk.conversation("status") == "ai"


async def test_an_echo_beside_its_own_answer_is_ours(desk: Desk, opened: Database) -> None:
    """The answer is being written down while the echo looks for its message: it finds it by its id in the end."""
    message = await desk.queued(status="sending", next_attempt_at=None, attempts=1)
    answer = await asyncpg.connect(opened.superuser)
    async with answer.transaction():
        await answer.execute("UPDATE messages SET status = 'sent', external_id = 'out-1' WHERE id = $1", message)
        waiting = asyncio.create_task(desk.store.write([_echo(desk, "out-1")]))
        async with asyncio.timeout(PATIENCE):
            while not await desk.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
    await waiting
    await answer.close()
    assert (await desk.rows("SELECT status, external_id FROM messages"), await desk.conversation("status")) == (
        [("sent", "out-1")], "ai",
    )  # fmt: skip


@pytest.mark.parametrize("order", [1, -1], ids=["content-last", "content-first"])
async def test_a_placeholder_and_its_content_in_one_transaction(desk: Desk, order: int) -> None:
    """Joined into one batch they are one message, and nothing has to be taken apart."""
    content = _echo(desk, "in-1")._replace(part="message", kind="inbound_message", content="Oi", hint=None)
    placeholder = content._replace(
        id=uuid7(), kind="inbound_unsupported", variant="waiting_message", type="waiting_message", content=None
    )
    await desk.store.write([placeholder, content][::order])
    assert await desk.rows("SELECT type, text, seq FROM messages") == [("text", "Oi", 1)]
