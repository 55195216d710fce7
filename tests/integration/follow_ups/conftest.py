"""A lead, and the clock."""

import pytest

from tests.integration.follow_ups.clockwork import Clockwork
from tests.integration.services.desk import Desk


@pytest.fixture
def clock(desk: Desk) -> Clockwork:
    """What runs by the clock at that desk."""
    return Clockwork(desk)
