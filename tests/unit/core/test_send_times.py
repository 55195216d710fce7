"""How long a message may be with its provider."""

import pytest

from core.domain.errors import ConfigurationError
from core.services.sends import SendTimes


@pytest.mark.parametrize("lease", [1.0, 4.0, 50.0])
def test_a_call_is_cut_before_its_lease_ends(lease: float) -> None:
    """However late it begins there is time for it, and then for writing down what came of it."""
    times = SendTimes(lease, settle=120.0, attempts=3)
    assert 0 < times.begins_within < times.ends_within < lease


def test_a_lease_that_leaves_no_time_for_a_call_is_refused() -> None:
    """Before anything is sent, with the name of what to mend."""
    with pytest.raises(ConfigurationError, match="SEND_LEASE_SECONDS"):
        SendTimes(0.5, settle=120.0, attempts=3)
