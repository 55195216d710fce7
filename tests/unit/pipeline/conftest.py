"""A bench (see ``Bench``) for what tries the dispatch."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.pipeline.dispatch_bench import Bench


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Four places unless a test wants another number; what is left running is stopped."""
    made = Bench(getattr(request, "param", 4))
    yield made
    made.runner.gate.set()
    made.deliverer.gate.set()
    await made.dispatch.stop(5.0)
