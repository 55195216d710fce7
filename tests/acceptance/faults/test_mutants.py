"""A checker that never complains has shown nothing: each protection is taken out once, and must be missed."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.faults.experiments import EXPERIMENTS
from tests.acceptance.faults.mutants import MUTANTS, Mutant, copy_with
from tests.acceptance.faults.run import NotDrainedError, opened, play_out
from tests.acceptance.faults.servers import Servers
from tests.acceptance.faults.stage import staged

_SEEDS = (1, 2, 3)
"""Whether a fault strikes where the protection was is chance, too: one run in three must show it."""
_BY_NUMBER = {experiment.number: experiment for experiment in EXPERIMENTS}

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("mutants")]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name.replace(" ", "-") for mutant in MUTANTS])
async def test_the_checker_misses_what_was_taken_out(
    mutant: Mutant, servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under the load that the protection is for, the checker reports the invariant that it keeps."""
    experiment = _BY_NUMBER[mutant.experiment]
    cast = replace(experiment.cast, code=copy_with(mutant.edits, tmp_path))
    found: Counter[str] = Counter()
    missed = False
    with staged(servers, "mutant", cast, statements=mutant.statements) as stage:
        for seed in _SEEDS:
            async with opened(stage, seed, conversations=60, seconds=1.5) as run:
                with suppress(NotDrainedError):
                    await play_out(run, experiment.inject, prepare=experiment.prepare, drain=20)
                verdict = await run.judge(one_at_a_time=experiment.one_at_a_time)
            found.update(f"{violation.invariant}: {violation.what}" for violation in verdict.violations)
            missed = bool(verdict.of(mutant.invariant))
            if missed:
                break
    with capsys.disabled():
        print(f"\n{mutant.name}: {', '.join(f'{what} ({count} times)' for what, count in found.most_common(3))}")
    assert missed, found
