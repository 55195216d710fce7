"""After a round: what was answered 200 is stored once, counted once, due once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg
from redis.asyncio import Redis

from pipeline.connection import STREAM

_OK: Final = "200"
_LEAST_STORED: Final = 0.97
"""Of a hundred deliveries answered 200, some three at most were retries of another."""
_FOUND: Final = """
SELECT (SELECT count(*) FROM messages WHERE external_id LIKE 'wamid.%') AS messages,
       (SELECT count(DISTINCT external_id) FROM messages WHERE external_id LIKE 'wamid.%') AS different,
       (SELECT count(*) FROM raw_events) AS events,
       (SELECT count(*) FROM leads) AS leads,
       (SELECT count(*) FROM lead_months) AS counted,
       (SELECT sum(leads) FROM usage_months) AS usage,
       (SELECT count(*) FROM conversations WHERE turn_due_at IS NOT NULL) AS due,
       (SELECT count(DISTINCT conversation_id) FROM messages WHERE external_id LIKE 'wamid.%') AS spoken,
       (SELECT count(*) FROM conversations c WHERE c.message_seq <> (SELECT max(m.seq) FROM messages m
            WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id)) AS misnumbered"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a round left behind."""

    rows: Mapping[str, int]
    nudges: int

    def faults(self, statuses: Mapping[str, int]) -> list[str]:
        """What does not add up; empty when all does."""
        rows, ok = self.rows, statuses.get(_OK, 0)
        claims = {
            f"answers other than 200: {statuses}": sum(statuses.values()) == ok,
            f"{rows['messages']} messages for {ok} deliveries": _LEAST_STORED * ok <= rows["messages"] <= ok,
            f"{rows['different']} of {rows['messages']} messages differ": rows["different"] == rows["messages"],
            f"{rows['events']} events, {rows['messages']} messages": rows["events"] == rows["messages"],
            f"{rows['leads']} leads, {rows['counted']} counted, {rows['usage']} charged": rows["leads"]
            == rows["counted"]
            == rows["usage"],
            f"{rows['due']} turns due in {rows['spoken']} conversations": rows["due"] == rows["spoken"],
            f"{self.nudges} nudges for {rows['due']} due turns": self.nudges == rows["due"],
            f"{rows['misnumbered']} conversations misnumbered": rows["misnumbered"] == 0,
        }
        return [claim for claim, holds in claims.items() if not holds]


async def look(database_url: str, redis_url: str) -> Found:
    """Count over a superuser's connection, then empty the stream for the next round."""
    connection = await asyncpg.connect(database_url)
    redis = Redis.from_url(redis_url)
    try:
        record = await connection.fetchrow(_FOUND)
        nudges = int(await redis.xlen(STREAM))
        await redis.flushall()
    finally:
        await redis.aclose()
        await connection.close()
    return Found({name: int(value or 0) for name, value in record.items()}, nudges)
