"""A payload's arguments fit the task's signature or are refused."""

import uuid
from typing import Annotated

import pytest
from taskiq import Context, TaskiqDepends

from pipeline.arguments import Arguments
from pipeline.envelope import UnreadableError


async def turn(
    tenant_id: uuid.UUID, attempt: int = 1, *, context: Annotated[Context, TaskiqDepends()], note: str | None = None
) -> None:
    """Stand for a task."""


KEY = "0190f5a2-0000-7000-8000-000000000001"


def test_values_take_the_declared_types() -> None:
    """The text of an id arrives as a UUID."""
    assert Arguments.of(turn).check({"tenant_id": KEY}) == {"tenant_id": uuid.UUID(KEY)}


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"tenant_id": "none"},
        {"tenant_id": KEY, "attempt": "x"},
        {"tenant_id": KEY, "context": {}},
        {"tenant_id": KEY, "other": 1},
        {"tenant_id": KEY, "note": {"a": 1}},
    ],
)
def test_what_does_not_fit_is_refused(kwargs: dict[str, object]) -> None:
    """Missing, unknown, injected and ill-typed arguments are refused."""
    with pytest.raises(UnreadableError):
        Arguments.of(turn).check(kwargs)
