"""What is taken out of the mutants still stands in today's code: they are run seldom, and would be found out late."""

import pytest

from app.running import PROJECT
from tests.acceptance.faults.experiments import EXPERIMENTS
from tests.acceptance.faults.mutants import MUTANTS, Edit, Mutant

_EDITS = [
    pytest.param(edit, id=f"{mutant.name}-{place}") for mutant in MUTANTS for place, edit in enumerate(mutant.edits)
]


@pytest.mark.parametrize("edit", _EDITS)
def test_what_is_taken_out_stands_there_once(edit: Edit) -> None:
    """As a copy is made it would say so too, minutes later."""
    assert (PROJECT / edit.file).read_text(encoding="utf-8").count(edit.old) == 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_its_experiment_exists(mutant: Mutant) -> None:
    """By its number."""
    assert mutant.experiment in {experiment.number for experiment in EXPERIMENTS}
