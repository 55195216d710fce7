"""A new channel is one file and its fixtures: everything else takes it as it is."""

import asyncio
import re
import sys
from collections.abc import Iterator

import aiohttp
import pytest
from click.testing import CliRunner

from app.commands.channels import channels as commands
from app.running import PROJECT
from channels.registry import build_channels
from tests.contract.channel_fixtures import FOLDERS
from tests.contract.one_channel_more import NEWCOMER, one_channel_more

SUITES = ("test_channels.py", "test_channel_sends.py", "test_channel_journeys.py")
"""What every channel is tried by."""


@pytest.fixture
def newcomer() -> Iterator[None]:
    """The pigeon is there, and forgotten afterwards."""
    with one_channel_more():
        yield
    sys.modules.pop("channels.pigeon", None)


@pytest.mark.usefixtures("newcomer")
async def test_it_is_found() -> None:
    """Beside those that were there, and with it its address for webhooks: the route asks the same registry."""
    async with aiohttp.ClientSession() as session:
        assert {*build_channels(session, {})} == {*(path.name for path in FOLDERS[0].iterdir()), "pigeon"}


@pytest.mark.usefixtures("newcomer")
def test_its_deliveries_are_read_by_the_command() -> None:
    """``channels parse`` knows it."""
    shown = CliRunner().invoke(commands, ["parse", "pigeon", str(NEWCOMER / "fixtures" / "pigeon" / "text.json")])
    assert ('"kind":"inbound_message"' in shown.output, shown.exit_code) == (True, 0)


@pytest.mark.usefixtures("newcomer")
def test_its_accounts_can_be_connected() -> None:
    """``channels connect`` takes its name, and none of a channel that is not there."""
    told = [CliRunner().invoke(commands, ["connect", "acme", "--channel", name]).output for name in ("pigeon", "raven")]
    assert ["is none of" in output for output in told] == [False, True]


@pytest.mark.slow
async def test_every_suite_accepts_it() -> None:
    """With all that they ask of a channel: reading, proof of the sender, sending, and a lead's journey."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.contract.one_channel_more",
        "-k", "pigeon", *(f"tests/contract/{suite}" for suite in SUITES),
        cwd=PROJECT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    told = output.decode()
    passed = re.search(r"^(\d+) passed, \d+ deselected in", told, re.MULTILINE)
    assert (process.returncode, passed is not None and int(passed[1]) > 40) == (0, True), told
