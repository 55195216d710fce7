"""Servers of these tests' own, which may be killed, and a stage with processes of ours over them."""

from collections.abc import Iterator

import pytest

from app.embedded.places import scratch_dir
from tests.acceptance.faults.servers import Servers
from tests.acceptance.faults.stage import Cast, Stage, staged


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A PostgreSQL and a Valkey that may be killed; one pair a test process."""
    with scratch_dir("reveza-acceptance-") as folder, Servers(folder).standing() as servers:
        yield servers


@pytest.fixture(scope="module")
def house(servers: Servers) -> Iterator[Stage]:
    """Two web processes, two workers, a scheduler, the emulators: for all tests of a module."""
    with staged(servers, "house", Cast()) as stage:
        yield stage
