"""One round of deliveries against our web process."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.bench.driving import drive
from app.bench.integrity import look
from app.bench.load import Plan
from app.bench.stage import Stage

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
        crowd = stage.crowd
        plan = Plan(port, ask.conns, ask.rate, ask.warmup, ask.duration, REQUESTS, crowd.tenants, crowd.leads)
        result, used = drive("app.bench.load", asdict(plan), watched)
    found = asyncio.run(look(stage.database(), stage.valkey.url))
    taken = max(1, int(result["taken"]))
    return Round(
        rate=taken / float(result["seconds"]),
        ms=result["ms"],
        cpu_ms={name: one.cpu_seconds / taken * 1000 for name, one in used.items()},
        rss_mb={name: one.rss_mb for name, one in used.items()},
        faults=found.faults(result["statuses"]),
    )
