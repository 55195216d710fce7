"""Fault experiments: random load, something breaks, it heals, everything drains, and the checker finds nothing."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.experiments import EXPERIMENTS, Experiment
from tests.acceptance.faults.run import opened, play_out, summary
from tests.acceptance.faults.servers import Servers
from tests.acceptance.faults.stage import Stage, staged

_FIRST = int(os.environ.get("REVEZA_FAULT_FIRST_SEED") or 1)
_SEEDS = range(_FIRST, _FIRST + int(os.environ.get("REVEZA_FAULT_SEEDS") or 2))
_CHOSEN = {int(part) for part in (os.environ.get("REVEZA_FAULT_EXPERIMENTS") or "").split(",") if part}
_WANTED = [one for one in EXPERIMENTS if one.number in _CHOSEN or not _CHOSEN]

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def _in_one_process(experiment: Experiment) -> Any:
    marks = pytest.mark.xdist_group(f"faults-{experiment.number}")
    return pytest.param(experiment, id=f"{experiment.number}", marks=marks)


@pytest.fixture(scope="module")
def experiment(request: pytest.FixtureRequest) -> Experiment:
    """The experiment whose seeds are run."""
    chosen: Experiment = request.param
    return chosen


@pytest.fixture(scope="module")
def stage(servers: Servers, experiment: Experiment) -> Iterator[Stage]:
    """Its stage, kept for all of its seeds."""
    with staged(servers, f"faults{experiment.number}", experiment.cast) as stage:
        yield stage


@pytest.fixture(scope="module")
def ledger(experiment: Experiment, request: pytest.FixtureRequest) -> Iterator[dict[int, Verdict]]:
    """The verdict on every seed; at the end one line tells of them all."""
    verdicts: dict[int, Verdict] = {}
    yield verdicts
    capture = request.config.pluginmanager.getplugin("capturemanager")
    if verdicts and capture is not None:
        with capture.global_and_fixture_disabled():
            # Standard error: the other stream of a test process that runs beside others is not shown.
            print("\n" + summary(f"{experiment.number} {experiment.title}", verdicts), file=sys.stderr, flush=True)


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("experiment", [_in_one_process(one) for one in _WANTED], indirect=True, scope="module")
async def test_the_promises_hold(experiment: Experiment, stage: Stage, ledger: dict[int, Verdict], seed: int) -> None:
    """Whatever breaks: nothing is lost, doubled, out of order or mixed between tenants."""
    async with opened(stage, seed, conversations=experiment.conversations, seconds=experiment.seconds) as run:
        await play_out(run, experiment.inject, prepare=experiment.prepare, drain=experiment.drain)
        verdict = ledger[seed] = await run.judge(one_at_a_time=experiment.one_at_a_time)
        assert [str(violation) for violation in verdict.violations] == []
        if experiment.claim is not None:
            await experiment.claim(run, verdict)
