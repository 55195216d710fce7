"""Numbers over the API."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain.conversation import Author, HandOffReason, MessageStatus
from tests.integration.miniapp.crew import Crew, refused, seen

ZONE = ZoneInfo("America/Sao_Paulo")


async def _figures(crew: Crew, query: str = "", who: str = "manager") -> Mapping[str, Any]:
    """The dashboard, with every conversation's digest written."""
    await crew.desk.run("SELECT write_digest(tenant_id, id) FROM conversations")
    figures: Mapping[str, Any] = seen(await crew[who].ask("GET", f"/dashboard{query}"))
    return figures


async def test_today_is_the_tenants_own(crew: Crew) -> None:
    """Who came before his midnight came yesterday, whatever the day is elsewhere."""
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    await crew.desk.run("UPDATE leads SET created_at = $1", midnight - timedelta(seconds=1))
    before = await _figures(crew)
    await crew.desk.run("UPDATE leads SET created_at = $1", midnight)
    after = await _figures(crew)
    assert (before["leads_today"], after["leads_today"]) == (0, 1)
    today, yesterday = midnight.date(), midnight.date() - timedelta(days=1)
    assert [one for one in before["by_day"] if one["leads"]] == [
        {"day": yesterday.isoformat(), "leads": 1, "conversations": 0}
    ]
    assert after["by_day"][-1] == {"day": today.isoformat(), "leads": 1, "conversations": 1}


@pytest.mark.parametrize("days", [7, 30, 90])
async def test_every_day_is_there(crew: Crew, days: int) -> None:
    """Those on which nobody came too; today is the last."""
    by_day = (await _figures(crew, f"?days={days}"))["by_day"]
    today = datetime.now(ZONE).date()
    assert [one["day"] for one in by_day] == [(today - timedelta(days=days - 1 - n)).isoformat() for n in range(days)]


@pytest.mark.parametrize("days", ["0", "8", "365", "x"])
async def test_no_other_time_is_looked_at(crew: Crew, days: str) -> None:
    """A week, a month, a quarter."""
    assert refused(await crew["manager"].ask("GET", f"/dashboard?days={days}")) == (400, "invalid_input")


async def test_who_waits_now(crew: Crew) -> None:
    """How many, and since when the first of them."""
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=9)
    await crew.desk.run(
        "UPDATE conversations SET status = 'waiting_human', waiting_since = $2 WHERE id = $1",
        crew.desk.thread.conversation_id,
        since,
    )
    figures = await _figures(crew)
    assert (figures["open_conversations"], figures["waiting_now"]) == (1, 1)
    assert datetime.fromisoformat(figures["waiting_longest_since"]) == since


async def test_by_which_way_leads_came(crew: Crew) -> None:
    """Channels, what brought them, where they are now."""
    thread = await crew.desk.seed.thread(crew.desk.business)
    await crew.desk.run(
        "UPDATE leads SET source = $2, stage_key = 'won' WHERE id = $1", thread.lead_id, '{"source_type": "ad"}'
    )
    figures = await _figures(crew)
    assert figures["by_channel"] == [{"channel": "meta_whatsapp", "leads": 2}]
    assert figures["by_source"] == [{"source": "ad", "leads": 1}]
    assert [(one["stage_key"], one["leads"]) for one in figures["funnel"]] == [
        ("new", 1), ("qualified", 0), ("negotiating", 0), ("won", 1),
    ]  # fmt: skip


async def _reached(crew: Crew) -> Mapping[str, int]:
    funnel = seen(await crew["attendant"].ask("GET", "/dashboard/funnel?days=7"))
    return {one["stage_key"]: one["leads"] for one in funnel["stages"]}


async def _went(crew: Crew, *way: str) -> None:
    """A lead who came just now, and went this way."""
    thread = await crew.desk.seed.thread(crew.desk.business)
    await crew.desk.run("UPDATE leads SET stage_key = $2 WHERE id = $1", thread.lead_id, way[-1])
    for before, after in pairwise(way):
        await crew.desk.seed.insert(
            "stage_changes",
            tenant_id=thread.tenant_id,
            lead_id=thread.lead_id,
            before=before,
            after=after,
            reason="test",
        )


async def test_how_far_leads_came(crew: Crew) -> None:
    """Whoever went back or was lost counts where he had come to, whoever was won everywhere, whoever never moved where he began."""
    assert await _reached(crew) == {"new": 1, "qualified": 0, "negotiating": 0, "won": 0}  # the desk's own lead
    await _went(crew, "new", "qualified", "negotiating", "qualified")
    await _went(crew, "new", "qualified", "lost")
    await _went(crew, "new", "won")
    await _went(crew, "new", "lost")
    await _went(crew, "new", "gone since", "qualified", "new")
    assert await _reached(crew) == {"new": 6, "qualified": 4, "negotiating": 2, "won": 1}


async def test_who_came_before_the_time_is_not_in_its_funnel(crew: Crew) -> None:
    """However lately he moved."""
    await _went(crew, "new", "qualified")
    await crew.desk.run("UPDATE leads SET created_at = now() - interval '8 days'")
    assert set((await _reached(crew)).values()) == {0}


async def test_what_the_ai_resolved_alone(crew: Crew) -> None:
    """Conversations that ended and that no person took or wrote in."""
    spoken, taken, alone, opened = [await crew.desk.seed.thread(crew.desk.business) for _ in range(4)]
    await crew.desk.seed.message(spoken, "oi", author=Author.ATTENDANT, status=MessageStatus.SENT)
    await crew.desk.seed.insert(
        "hand_offs", tenant_id=taken.tenant_id, conversation_id=taken.conversation_id, lead_id=taken.lead_id,
        reason=HandOffReason.LEAD_ASKED, claimed_by=crew.id_of("attendant"), claimed_at=datetime.now(UTC),
    )  # fmt: skip
    await crew.desk.seed.insert(
        "hand_offs", tenant_id=alone.tenant_id, conversation_id=alone.conversation_id, lead_id=alone.lead_id,
        reason=HandOffReason.HOT_LEAD,
    )  # fmt: skip
    await crew.desk.run(
        "UPDATE conversations SET status = 'closed', closed_at = now() WHERE tenant_id = $1 AND id <> $2",
        opened.tenant_id,
        opened.conversation_id,
    )
    figures = await _figures(crew)
    assert figures["resolved"] == {"closed": 4, "by_ai": 2}  # the desk's own lead too
    assert figures["hand_off_reasons"] == [{"reason": "hot_lead", "count": 1}, {"reason": "lead_asked", "count": 1}]


async def test_how_soon_leads_are_answered(crew: Crew) -> None:
    """From a lead's first word to the first that came back, whoever said it."""
    asked = datetime.now(UTC) - timedelta(minutes=30)
    for author, seconds in ((Author.AI, 4), (Author.AI, 6), (Author.AI, 8), (Author.ATTENDANT, 600)):
        thread = await crew.desk.seed.thread(crew.desk.business)
        await crew.desk.seed.message(thread, "oi", created_at=asked)
        answered = asked + timedelta(seconds=seconds)
        await crew.desk.seed.message(thread, "olá", author=author, status=MessageStatus.SENT, created_at=answered)
    figures = await _figures(crew)
    assert figures["first_response_seconds"] == {"p50": 6, "p90": 600, "by_ai_p50": 6, "by_people_p50": 600}
    assert figures["answers"] == {"ai": 3, "people": 1}


async def test_what_it_cost(crew: Crew) -> None:
    """Whole months by what is counted for each; the one in which the time begins by what its calls cost since."""
    tenant = crew.desk.business.tenant_id
    today = datetime.now(ZONE).date()
    since = today - timedelta(days=29)
    months = {since.replace(day=1): 7_000_000, today.replace(day=1): 2_000_000}
    for month, cost in months.items():
        await crew.desk.seed.insert("usage_months", tenant_id=tenant, month=month, leads=7, ai_cost_micros=cost)
    for day, cost in ((since, 500_000), (since - timedelta(days=1), 9_000_000)):
        await crew.desk.seed.insert(
            "ai_calls", tenant_id=tenant, purpose="answer", model="m", latency_ms=1, outcome="ok", cost_micros=cost,
            created_at=datetime.combine(day, time(12), ZONE),
        )  # fmt: skip
    figures = await _figures(crew, "?days=30")
    later = sum(cost for month, cost in months.items() if month > since)
    assert figures["cost_usd"] == {"month": 2.0, "period": (500_000 + later) / 1_000_000}
    assert (figures["leads_month"], figures["month_limit"]) == (7, 3000)


async def test_a_business_without_a_past_has_figures(crew: Crew) -> None:
    """Nothing is no error."""
    figures = await _figures(crew, who="attendant")
    assert figures["first_response_seconds"] == {"p50": None, "p90": None, "by_ai_p50": None, "by_people_p50": None}
    assert figures["resolved"] == {"closed": 0, "by_ai": 0}


async def test_what_is_not_counted_yet_is_told(crew: Crew) -> None:
    """A conversation that has just begun is in no figure, and no nought is to be taken for one."""
    await crew.desk.run("UPDATE conversations SET last_activity_at = now()")
    before = seen(await crew["manager"].ask("GET", "/dashboard"))
    after = await _figures(crew)
    assert (before["uncounted_conversations"], after["uncounted_conversations"]) == (1, 0)
