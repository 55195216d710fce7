"""One round of live events through one web process to many screens of the Mini App."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Final

import asyncpg

from app.bench.driving import drive
from app.bench.launches import BOT_TOKEN, member_number
from app.bench.screens import Plan
from app.bench.stage import Stage
from core.domain.conversation import Role
from core.domain.ids import uuid7

_WARMUP: Final = 2.0
_WRITTEN: Final = 100
"""Messages of leads whose way to an open chat is measured."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a round is asked to do. ``clients`` are dealt to all tenants alike; ``rate``: events a second, of all tenants."""

    clients: int
    rate: float
    duration: float


@dataclass(frozen=True, slots=True)
class SseRound:
    """What a round showed: milliseconds from a change to each screen, and from a webhook to three open chats."""

    ms: Mapping[str, float]
    written_ms: Mapping[str, float]
    cpu_ms: Mapping[str, float]
    rss_mb: Mapping[str, float]
    faults: list[str]


def play(stage: Stage, ask: Ask) -> SseRound:
    """A fresh database with a team a tenant, a fresh web process, and every member's screen."""
    members = ask.clients // stage.crowd.tenants
    with stage.web({"TELEGRAM_BOT_TOKEN": BOT_TOKEN}) as (pid, port):
        tenants = asyncio.run(_team(stage.database(), members))
        watched = {"web": pid, "postgres": stage.postgres.pid or 0, "valkey": stage.valkey.pid or 0}
        plan = Plan(port, stage.valkey.url, tenants, members, ask.rate, _WARMUP, ask.duration, _WRITTEN)
        shown, used = drive("app.bench.screens", asdict(plan), watched)
    events = ask.rate * ask.duration
    faults = {"missed": shown["missed"], "heard twice": shown["twice"]}
    return SseRound(
        ms=shown["ms"],
        written_ms=shown["written_ms"],
        cpu_ms={name: one.cpu_seconds / events * 1000 for name, one in used.items()},
        rss_mb={name: one.rss_mb for name, one in used.items()},
        faults=[f"{count} {what}" for what, count in faults.items() if count],
    )


async def _team(url: str, members: int) -> list[str]:
    """So many managers a tenant; the tenants' ids, in order."""
    connection = await asyncpg.connect(url)
    try:
        tenants = [row["id"] for row in await connection.fetch("SELECT id FROM tenants ORDER BY id")]
        rows = [
            (uuid7(), tenant, member_number(place, member), f"Member {member}", Role.MANAGER.value)
            for place, tenant in enumerate(tenants, start=1)
            for member in range(1, members + 1)
        ]
        columns = ["id", "tenant_id", "telegram_user_id", "name", "role"]
        await connection.copy_records_to_table("members", records=rows, columns=columns)
        return [str(tenant) for tenant in tenants]
    finally:
        await connection.close()


def sse_table(rounds: Sequence[SseRound], ask: Ask, tenants: int) -> str:
    """Medians over the rounds."""
    parts = " ".join(f"{part} {median(one.cpu_ms[part] for one in rounds):.2f}" for part in rounds[0].cpu_ms)
    faults = sorted({fault for one in rounds for fault in one.faults})
    return "\n".join(
        [
            f"{ask.clients} screens of {tenants} tenants, {ask.rate:g} events a second, each to its tenant's screens",
            f"{'':34}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}",
            _line("a change, at a screen", [one.ms for one in rounds]),
            _line("a webhook, in three open chats", [one.written_ms for one in rounds]),
            f"CPU ms an event: {parts}; web RSS {median(one.rss_mb['web'] for one in rounds):.0f} MB",
            f"integrity: {'; '.join(faults) or 'ok'}",
        ]
    )


def _line(what: str, rounds: Sequence[Mapping[str, float]]) -> str:
    return f"{what:34}" + "".join(
        f"{median(one[name] for one in rounds):9.1f}" for name in ("p50", "p95", "p99", "max")
    )
