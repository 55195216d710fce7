"""A Valkey that a test may empty, kill and freeze, and a stage of screens on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.embedded.places import scratch_dir
from app.embedded.valkey import EmbeddedValkey
from tests.integration.live.screens import Stage, open_stage


@pytest.fixture
def server() -> Iterator[EmbeddedValkey]:
    """A Valkey of this test alone that forgets everything when it ends."""
    with scratch_dir("reveza-live-") as folder, EmbeddedValkey(folder / "valkey", durable=False) as running:
        yield running


@pytest.fixture
async def stage(server: EmbeddedValkey) -> AsyncIterator[Stage]:
    """A publisher and a reader at work."""
    async with open_stage(server.url) as made:
        yield made
