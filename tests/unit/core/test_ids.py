"""Time-ordered identifiers."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from core.domain.ids import uuid7

MOMENTS = st.integers(0, 2**48 - 1)


@given(MOMENTS)
def test_an_id_is_a_version_7_uuid(moment: int) -> None:
    """Version and variant stand where RFC 9562 has them, after the milliseconds."""
    made = uuid7(moment)
    assert (made.version, made.variant, made.int >> 80) == (7, uuid.RFC_4122, moment)


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_time(one: int, other: int) -> None:
    """A later millisecond gives a greater id."""
    assert one == other or (uuid7(one) < uuid7(other)) == (one < other)


def test_ids_of_one_moment_differ() -> None:
    """Chance keeps ids of the same millisecond apart."""
    assert len({uuid7(1) for _ in range(1000)}) == 1000
