"""Deliveries that overtake each other, come ten minutes late, or tell of the same second."""

import time
from typing import Final

from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.hands import until
from tests.acceptance.faults.load import TOKEN, Who
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS

_LEADS: Final = 12
_LATE_SECONDS: Final = 600
_ANSWERED: Final = """
SELECT count(*) FROM conversations c JOIN leads l ON l.id = c.lead_id
WHERE l.phone = ANY ($1) AND c.turn_due_at IS NULL AND c.answered_seq = c.inbound_seq"""
_TURNS: Final = """
SELECT l.phone, array_agg(x.outcome) AS outcomes FROM turns x JOIN conversations c ON c.id = x.conversation_id
JOIN leads l ON l.id = c.lead_id WHERE l.phone = ANY ($1) GROUP BY l.phone"""


async def shuffle_deliveries(run: Run) -> None:
    """Each takes up to a second and a half, so that a burst arrives in any order."""
    await run.emulator.meta.arm("shuffle", {"call": "webhook_message"}, ms=1500, times=None)


async def deliver_late(run: Run) -> None:
    """Of some leads an earlier word comes ten minutes late, when the later one is answered; others' words share a second."""
    now = int(time.time())
    for who in _leads(run):
        await _write(run, who, 2, now)
    for who in _leads(run, 100):
        for number in (1, 2, 3):
            await _write(run, who, number, now)
    phones = [who.phone for who in _leads(run)]

    async def answered() -> bool | None:
        row = await run.row(_ANSWERED, phones)
        return (row is not None and row["count"] == _LEADS) or None

    await until(answered, "an answer to every later word")
    for who in _leads(run):
        await _write(run, who, 1, now - _LATE_SECONDS)


async def late_words_were_answered(run: Run, _verdict: Verdict) -> None:
    """By a turn of their own, and elsewhere words did overtake each other."""
    turns = await run.rows(_TURNS, [who.phone for who in _leads(run)])
    assert [row["outcomes"] for row in turns] == [["answered", "answered"]] * _LEADS
    arrived: dict[object, list[int]] = {}
    for row in (await run.dump()).messages:
        if found := TOKEN.search(row.text) if row.author == "lead" else None:
            arrived.setdefault(row.conversation_id, []).append(int(found[4]))
    assert any(numbers != sorted(numbers) for numbers in arrived.values()), "all came in order"


async def _write(run: Run, who: Who, number: int, timestamp: int) -> None:
    text = f"Qual é o endereço da empresa? {who.token(number)}"
    urls = run.stage.web_urls
    await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, text, urls=urls, timestamp=timestamp)


def _leads(run: Run, first: int = 0) -> list[Who]:
    return [Who(run.number, place % len(SHOPS), 9200 + first + place) for place in range(_LEADS)]
