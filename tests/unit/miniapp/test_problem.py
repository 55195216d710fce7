"""What went wrong, as the panel is told."""

from core.domain.errors import PlanFull
from miniapp.api.problem import problem_of


def test_a_full_plan_is_named() -> None:
    """The panel's sentence needs its name."""
    told = problem_of(PlanFull("Starter", 1))
    assert (told.status, told.code, told.detail) == (409, "plan_full", "Starter (1)")
