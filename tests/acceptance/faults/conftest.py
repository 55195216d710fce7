"""Servers of the experiments' own, and one stage for all seeds of an experiment."""

from collections.abc import Iterator

import pytest

from app.embedded.places import scratch_dir
from tests.acceptance.faults.servers import Servers


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A PostgreSQL and a Valkey that may be killed; one pair a test process."""
    with scratch_dir("reveza-faults-") as folder, Servers(folder).standing() as servers:
        yield servers
