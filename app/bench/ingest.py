"""One round of deliveries against our web process."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from app.bench.integrity import look
from app.bench.load import Plan
from app.bench.stage import LEADS, TENANTS, Stage
from app.bench.usage import Usage, usage_of
from app.embedded.processes import die_with_parent
from app.running import PROJECT
from core.domain.errors import Unavailable

REQUESTS = 120_000


@dataclass(frozen=True, slots=True)
class Ask:
    """What a round is asked to do. ``rate`` 0: as fast as it goes."""

    conns: int
    rate: float
    duration: float
    warmup: float = 2.0


@dataclass(frozen=True, slots=True)
class Round:
    """What a round showed. ``cpu_ms`` and ``rss_mb`` by process, the first a delivery."""

    rate: float
    ms: Mapping[str, float]
    cpu_ms: Mapping[str, float]
    rss_mb: Mapping[str, float]
    faults: list[str]


def play(stage: Stage, ask: Ask) -> Round:
    """A fresh database, a fresh web process, one load; then the accounts are checked."""
    with stage.web() as (pid, port):
        watched = {"web": pid, "postgres": stage.postgres.pid or 0, "valkey": stage.valkey.pid or 0}
        plan = Plan(port, ask.conns, ask.rate, ask.warmup, ask.duration, REQUESTS, TENANTS, LEADS)
        result, used = _drive(plan, watched)
    found = asyncio.run(look(stage.database(), stage.valkey.url))
    taken = max(1, int(result["taken"]))
    return Round(
        rate=taken / float(result["seconds"]),
        ms=result["ms"],
        cpu_ms={name: one.cpu_seconds / taken * 1000 for name, one in used.items()},
        rss_mb={name: one.rss_mb for name, one in used.items()},
        faults=found.faults(result["statuses"]),
    )


def _drive(plan: Plan, watched: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, Usage]]:
    """Run the generator; what the watched processes used is read when it says so."""
    generator = subprocess.Popen(
        [sys.executable, "-m", "app.bench.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 one thread here
    )
    with generator:
        assert generator.stdin is not None  # noqa: S101 asked for above
        assert generator.stdout is not None  # noqa: S101 asked for above
        generator.stdin.write(orjson.dumps(asdict(plan)) + b"\n")
        generator.stdin.close()
        watched = {**watched, "load": generator.pid}
        before: dict[str, Usage] = {}
        used: dict[str, Usage] = {}
        for line in generator.stdout:
            told = orjson.loads(line)
            if told["now"] == "done":
                return told, used
            now = {name: usage_of(pid) for name, pid in watched.items()}
            if told["now"] == "measuring":
                before = now
            else:
                used = {name: one.since(before[name]) for name, one in now.items()}
    message = "the load generator ended early"
    raise Unavailable(message)
