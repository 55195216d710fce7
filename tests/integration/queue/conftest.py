"""A Valkey that a test may empty, kill and freeze: its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from app.embedded.places import scratch_dir
from app.embedded.valkey import EmbeddedValkey
from pipeline.connection import queue_client
from tests.integration.queue.bench import Record


@pytest.fixture
def server() -> Iterator[EmbeddedValkey]:
    """A durable Valkey of this test alone."""
    with scratch_dir("reveza-queue-") as folder, EmbeddedValkey(folder / "valkey") as running:
        yield running


@pytest.fixture
async def redis(server: EmbeddedValkey) -> AsyncIterator[Redis]:
    """A client to look around and to write raw entries with."""
    client = queue_client(server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def record() -> Record:
    """What the test's workers ran."""
    return Record()
