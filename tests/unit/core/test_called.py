"""How the team calls a lead."""

import pytest

from core.domain.team import called


@pytest.mark.parametrize(
    ("name", "phone", "name_for_the_team"),
    [
        ("Ana", "5511987654321", "Ana"),
        (None, "5511987654321", "+5511987654321"),
        ("", "11 98765-4321", "11 98765-4321"),
        (None, None, "Lead 1272"),
    ],
)
def test_by_the_best_there_is(name: str | None, phone: str | None, name_for_the_team: str) -> None:
    """His name, else his number, else the end of the id that his channel has for him: never nothing."""
    assert called(name, phone, "1700000299271272") == name_for_the_team
