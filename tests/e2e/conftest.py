"""These tests speak to the world, cost money and show themselves to people: they run when they are asked for by name."""

from collections.abc import AsyncIterator, Mapping
from os import environ
from typing import Any

import aiohttp
import pytest

from channels.base import Channel
from channels.registry import build_channels
from tests.e2e.keys import Keys

_ASKED = "e2e"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing of this folder runs but by ``-m e2e``, whatever else is selected."""
    ours = [item for item in items if item.get_closest_marker(_ASKED)]
    if config.option.markexpr.strip() != _ASKED:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]
    for item in ours:
        # A warning of a library's is not what somebody with keys in his hand wants to hear of.
        item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> None:
    """Here, and nowhere else, tests may connect to the world."""


@pytest.fixture(autouse=True)
def keys(request: pytest.FixtureRequest) -> Keys:
    """The module's variables; the test fails at once when one that it needs is missing."""
    module: Any = request.module
    found = Keys(module.NEEDS, getattr(module, "MAY", {}))
    found.all_there()
    return found


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """The session that channels send through."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def channels(http: aiohttp.ClientSession) -> Mapping[str, Channel]:
    """Every channel, as the worker builds it; where APIs are, the environment may say."""
    return build_channels(http, {name: value for name, value in environ.items() if value})
