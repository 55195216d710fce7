"""After a round of turns: every message of a lead was answered, exactly once, and nothing is left to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg
from redis.asyncio import Redis

from pipeline.connection import STREAM

_OK: Final = "200"
_LEFT: Final = """
SELECT (SELECT count(*) FROM messages WHERE external_id LIKE 'wamid.bench%') AS heard,
       (SELECT count(*) FROM turns) AS turns,
       (SELECT count(*) FROM turns WHERE outcome = 'answered' AND restarts = 0) AS answered,
       (SELECT count(*) FROM turns t JOIN messages m ON m.tenant_id = t.tenant_id
            AND m.conversation_id = t.conversation_id AND m.seq BETWEEN t.from_seq AND t.to_seq
        WHERE m.direction = 'in') AS covered,
       (SELECT count(*) FROM messages WHERE turn_id IS NOT NULL) AS written,
       (SELECT count(*) FROM messages WHERE turn_id IS NOT NULL AND status = 'sent' AND attempts = 1) AS sent,
       (SELECT count(DISTINCT external_id) FROM messages WHERE turn_id IS NOT NULL) AS different,
       (SELECT count(*) FROM ai_calls WHERE outcome = 'end_turn') AS calls,
       (SELECT count(*) FROM conversations WHERE turn_due_at IS NOT NULL OR turn_lease_until IS NOT NULL
            OR answered_seq <> inbound_seq OR status <> 'ai') AS unfinished,
       (SELECT count(*) FROM messages WHERE status IN ('queued', 'sending', 'unknown', 'failed')) AS unsent,
       (SELECT count(*) FROM dead_letters) + (SELECT count(*) FROM parked_payloads) AS dead,
       (SELECT count(*) FROM hand_offs) + (SELECT count(*) FROM security_incidents) AS raised"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the world outside saw: answers to deliveries, messages said, calls of the model, answers that came."""

    statuses: Mapping[str, int]
    said: int
    calls: int
    answered: int
    unanswered: int
    unasked: int
    crossed: int


@dataclass(frozen=True, slots=True)
class Left:
    """What a round left in the database, and in the queue."""

    rows: Mapping[str, int]
    queued: int

    def faults(self, seen: Seen) -> list[str]:
        """What does not add up; empty when all does."""
        rows, said = self.rows, seen.said
        one_each = {name: rows[name] for name in ("heard", "turns", "answered", "covered", "written", "sent")}
        claims = {
            f"answers other than 200: {dict(seen.statuses)}": set(seen.statuses) <= {_OK},
            f"{seen.unanswered} messages unanswered": seen.unanswered == 0,
            f"{seen.unasked} answers to nobody's question": seen.unasked == 0,
            f"{seen.crossed} answers through another tenant's account": seen.crossed == 0,
            f"{seen.answered} answers, {said} messages": seen.answered == said,
            f"{seen.calls} calls of the model, {rows['calls']} recorded, {said} messages": seen.calls
            == rows["calls"]
            == said,
            f"for {said} messages: {one_each}": set(one_each.values()) == {said},
            f"{rows['different']} ids of {rows['sent']} sent messages": rows["different"] == rows["sent"],
            f"{rows['unfinished']} conversations unfinished": rows["unfinished"] == 0,
            f"{rows['unsent']} messages unsent": rows["unsent"] == 0,
            f"{rows['dead']} dead letters and parked payloads": rows["dead"] == 0,
            f"{rows['raised']} hand-offs and incidents": rows["raised"] == 0,
            f"{self.queued} entries left in the queue": self.queued == 0,
        }
        return [claim for claim, holds in claims.items() if not holds]


async def look(database_url: str, redis_url: str) -> Left:
    """Count over a superuser's connection, then empty the queue for the next round."""
    connection = await asyncpg.connect(database_url)
    redis = Redis.from_url(redis_url)
    try:
        record = await connection.fetchrow(_LEFT)
        queued = int(await redis.xlen(STREAM))
        await redis.flushall()
    finally:
        await redis.aclose()
        await connection.close()
    return Left({name: int(value or 0) for name, value in record.items()}, queued)
