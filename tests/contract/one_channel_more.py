"""A pytest plugin: the tests run as if a newcomer had added his channel, one file in ``channels`` and its fixtures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import channels
from tests.contract import channel_fixtures

NEWCOMER = Path(__file__).parent.parent / "fixtures" / "new_channel"


@contextmanager
def one_channel_more() -> Iterator[None]:
    """The newcomer's file lies beside the others, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channels, "__path__", [*channels.__path__, str(NEWCOMER / "channels")])
        patch.setattr(channel_fixtures, "FOLDERS", [*channel_fixtures.FOLDERS, NEWCOMER / "fixtures"])
        yield


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Iterator[None]:
    """From before the first test module is imported until after the last test."""
    del config
    with one_channel_more():
        return (yield)
