"""Instagram tells that the lead has seen a message: then he has seen those above it, too."""

from typing import Any

import pytest

from tests.integration.webhooks.lines import INSTAGRAM, Line
from tests.unit.channels.instagram_deliveries import TIME, delivery, item

ON_INSTAGRAM = pytest.mark.parametrize("line", [INSTAGRAM], ids=["instagram"], indirect=True)


async def _seen(line: Line, **what: Any) -> None:
    assert await line.post(delivery(item(read=what))) == 200


async def _said(line: Line, *statuses: str) -> None:
    """The lead wrote, and so far came what was sent to him: ``m-1``, ``m-2`` and so on, a minute apart."""
    await line.lead()
    for number, status in enumerate(statuses, start=1):
        mid = None if status in {"unknown", "cancelled"} else f"m-{number}"
        await line.writes(f"{number}", status, bubble=number, external_id=mid)
    await line.superuser.execute(
        "UPDATE messages SET sent_at = to_timestamp($1 / 1000.0) + (seq - 4) * interval '1 min' WHERE direction = 'out'",
        TIME,
    )


async def _statuses(line: Line) -> list[str]:
    return [status for status, _ in await line.sent()]


@ON_INSTAGRAM
async def test_what_stands_above_is_read(line: Line) -> None:
    """And what comes below is not, yet."""
    await _said(line, "sent", "delivered", "sent", "sent")
    await _seen(line, mid="m-3")
    assert await _statuses(line) == ["read", "read", "read", "sent"]
    assert await line.superuser.fetchval("SELECT count(*) FROM messages WHERE read_at IS NOT NULL") == 3


@ON_INSTAGRAM
async def test_only_what_was_sent_is_read(line: Line) -> None:
    """What failed, was cancelled, or nobody knows of, he cannot have seen."""
    await _said(line, "failed", "cancelled", "unknown", "sent")
    await _seen(line, mid="m-4")
    assert await _statuses(line) == ["failed", "cancelled", "unknown", "read"]


@ON_INSTAGRAM
async def test_an_older_form_names_a_moment(line: Line) -> None:
    """All that was sent by then is read."""
    await _said(line, "sent", "sent", "sent", "sent")
    await _seen(line, watermark=TIME)
    assert await _statuses(line) == ["read", "read", "read", "sent"]
    assert await line.superuser.fetchval("SELECT count(*) FROM early_receipts") == 0


@ON_INSTAGRAM
async def test_a_message_that_nobody_knows_stands_for_its_moment(line: Line) -> None:
    """Its send call has not returned: what went before is read, and it will be when it is known."""
    await _said(line, "sent", "sent", "unknown")
    await _seen(line, mid="m-9")
    assert await _statuses(line) == ["read", "read", "unknown"]
    await line.echo("3", "m-9")
    assert await _statuses(line) == ["read", "read", "read"]


@ON_INSTAGRAM
async def test_it_reads_nothing_of_another_lead(line: Line) -> None:
    """Each conversation has its own."""
    await _said(line, "sent")
    other = delivery(item("6620000000000009", read={"watermark": TIME}))
    assert await line.post(other) == 200
    assert await _statuses(line) == ["sent"]


@ON_INSTAGRAM
async def test_a_later_receipt_takes_nothing_back(line: Line) -> None:
    """Whoever has seen the last has seen the first; being told of the first again changes nothing."""
    await _said(line, "sent", "sent")
    await _seen(line, mid="m-2")
    await _seen(line, mid="m-1")
    assert await _statuses(line) == ["read", "read"]
