"""What was kept for long enough goes, class by class; what is under way, on hold or counted stays."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.domain.conversation import Author, ConversationStatus, MessageStatus
from core.domain.errors import NotFound
from core.domain.retention import INSTALLATION_DAYS, Kept, days_of
from core.domain.tenant import PrivacyRules
from core.services import retention
from core.services.audit import OPERATOR
from core.services.digests import Digests
from core.services.holds import LeadHeld, holds, lift_hold, place_hold
from core.services.retention import Retention
from tests.factories import Thread
from tests.integration.privacy.conftest import CANARY, Office

_TABLES: Mapping[Kept, str] = {
    Kept.RAW_EVENTS: "raw_events",
    Kept.TURNS: "turns",
    Kept.SUMMARIES: "hand_offs",
    Kept.SCORE_CHANGES: "score_changes",
    Kept.MESSAGES: "messages",
    Kept.AI_CALLS: "ai_calls",
    Kept.DEAD_LETTERS: "dead_letters",
    Kept.INCIDENTS: "security_incidents",
    Kept.SESSIONS: "app_sessions",
    Kept.INVITES: "invites",
    Kept.LEADS: "leads",
}
_WORDS = "SELECT count(*) FROM hand_offs WHERE tenant_id = $1 AND (summary IS NOT NULL OR detail <> '')"


def _after(days: float) -> datetime:
    """A moment of the job's so many days ahead: the rows are of today."""
    return datetime.now(UTC) + timedelta(days=days)


async def _run(tenant_id: UUID, days: float) -> Counter[str]:
    counts: Counter[str] = Counter()
    more, at = True, _after(days)
    while more:
        batch = await Retention().batch(tenant_id, at, dry=False)
        counts.update(batch.counts)
        more = batch.more
    return counts


async def _at_rest(office: Office) -> None:
    """Nothing of the business is under way."""
    tenant = office.ours.tenant_id
    for statement in (
        "UPDATE conversations SET status = 'closed' WHERE tenant_id = $1",
        "UPDATE hand_offs SET returned_at = now(), summary = 'quer preço', detail = 'pediu' WHERE tenant_id = $1",
        "UPDATE dead_letters SET status = 'dropped', resolved_at = now() WHERE tenant_id = $1",
        "DELETE FROM telegram_posts WHERE tenant_id = $1",
    ):
        await office.superuser.execute(statement, tenant)


async def _left(office: Office, kept: Kept) -> Any:
    question = _WORDS if kept is Kept.SUMMARIES else f"SELECT count(*) FROM {_TABLES[kept]} WHERE tenant_id = $1"
    return await office.value(question, office.ours.tenant_id)


@pytest.mark.parametrize("kept", [one for one in Kept if one not in {Kept.LEADS, Kept.AUDIT_LOG}])
async def test_each_class_goes_when_its_time_is_over(office: Office, kept: Kept) -> None:
    """Not a day before, and then all that is of it."""
    await _at_rest(office)
    days = days_of(kept, PrivacyRules()) + (8 if kept is Kept.INVITES else 0)
    there = await _left(office, kept)
    assert (await _run(office.ours.tenant_id, days - 9))[kept] == 0
    assert await _left(office, kept) == there > 0
    assert (await _run(office.ours.tenant_id, days + 1))[kept] == there
    assert await _left(office, kept) == 0


async def test_a_lead_goes_wholly_when_nothing_has_happened_for_so_long(office: Office) -> None:
    """His name stands nowhere any more, and nothing leads to him."""
    await _at_rest(office)
    assert (await _run(office.ours.tenant_id, 1824))["leads"] == 0
    assert (await _run(office.ours.tenant_id, 1826))["leads"] == 2
    assert await office.holding(CANARY, office.gone.address) == set()
    assert await office.holding(str(office.gone.lead_id)) == {"data_requests"}  # that he asked, and when
    assert await office.value("SELECT count(*) FROM usage_months WHERE tenant_id = $1", office.ours.tenant_id) == 1


async def test_the_business_chooses_for_messages_and_leads(office: Office) -> None:
    """What it has set counts, what it has not is as usual; another business's clock is its own."""
    await _at_rest(office)
    await office.superuser.execute(
        """UPDATE tenants SET settings = '{"privacy": {"message_days": 30}}' WHERE id = $1""", office.ours.tenant_id
    )
    assert (await _run(office.ours.tenant_id, 31))["messages"] == 2
    assert (await _run(office.theirs.tenant_id, 31))["messages"] == 0


async def test_what_is_under_way_stays(office: Office) -> None:
    """A due turn, a person's conversation, a message that has not left, an open hand-off and an open failure."""
    tenant = office.ours.tenant_id
    due = await office.seed.thread(office.ours, turn_due_at=datetime.now(UTC))
    taken = await office.seed.thread(office.ours, status=ConversationStatus.HUMAN, assignee_id=office.ours.member_id)
    unsent = await office.seed.thread(office.ours)
    for thread in (due, taken):
        await office.seed.message(thread)
    await office.seed.message(unsent, author=Author.AI, next_attempt_at=datetime.now(UTC))
    counts = await _run(tenant, 3000)
    assert (counts["dead_letters"], counts["summaries"]) == (0, 0)
    kept = await office.superuser.fetch("SELECT lead_id FROM messages WHERE tenant_id = $1", tenant)
    assert {row["lead_id"] for row in kept} == {due.lead_id, taken.lead_id, unsent.lead_id}
    left = await office.superuser.fetch("SELECT id FROM leads WHERE tenant_id = $1", tenant)
    assert {row["id"] for row in left} == {due.lead_id, taken.lead_id, unsent.lead_id}


async def test_a_lead_on_hold_is_skipped(office: Office) -> None:
    """Nothing of his goes, also of what has no key to him; once it is lifted all of it does."""
    await _at_rest(office)
    tenant, lead = office.ours.tenant_id, office.gone.lead_id
    await office.superuser.execute(
        "UPDATE raw_events SET body = convert_to($2, 'UTF8') WHERE tenant_id = $1", tenant, office.gone.address
    )
    hold = await place_hold(tenant, lead_id=lead, reason="processo 123")
    counts = await _run(tenant, 3000)
    assert (counts["leads"], counts["messages"], counts["raw_events"], counts["turns"]) == (1, 1, 0, 0)
    assert await office.value("SELECT count(*) FROM leads WHERE id = $1", lead) == 1
    await lift_hold(tenant, hold_id=hold)
    counts = await _run(tenant, 3000)
    assert (counts["leads"], counts["messages"], counts["raw_events"], counts["turns"]) == (1, 1, 1, 1)


async def test_a_business_on_hold_keeps_everything(office: Office) -> None:
    """Not a row goes."""
    await _at_rest(office)
    await place_hold(office.ours.tenant_id, lead_id=None, reason="ordem judicial")
    before = await office.counts(office.ours.tenant_id)
    assert await _run(office.ours.tenant_id, 3000) == {}
    assert await office.counts(office.ours.tenant_id) == before


async def test_a_hold_ends_by_itself(office: Office) -> None:
    """By the clock of the run."""
    await _at_rest(office)
    await place_hold(office.ours.tenant_id, lead_id=None, reason="até lá", until=_after(2000))
    assert await _run(office.ours.tenant_id, 1999) == {}
    assert (await _run(office.ours.tenant_id, 2001))["leads"] == 2


async def test_who_is_held_is_not_erased(office: Office) -> None:
    """The refusal names the hold and how it is lifted; no tombstone is put up."""
    hold = await place_hold(office.ours.tenant_id, lead_id=office.gone.lead_id, reason="processo 123")
    with pytest.raises(LeadHeld, match=f"lift the hold {hold}"):
        await office.erasures.forget(office.ours.tenant_id, office.gone.lead_id, by=OPERATOR)
    assert office.journal.read().stones == []
    await lift_hold(office.ours.tenant_id, hold_id=hold)
    await office.erasures.forget(office.ours.tenant_id, office.gone.lead_id, by=OPERATOR)


async def test_holds_are_of_one_business(office: Office) -> None:
    """Another has no such lead and no such hold."""
    hold = await place_hold(office.ours.tenant_id, lead_id=office.gone.lead_id, reason="processo")
    with pytest.raises(NotFound):
        await place_hold(office.theirs.tenant_id, lead_id=office.gone.lead_id, reason="processo")
    with pytest.raises(NotFound):
        await lift_hold(office.theirs.tenant_id, hold_id=hold)
    assert [one.id for one in await holds(office.ours.tenant_id)] == [hold]
    assert await holds(office.theirs.tenant_id) == []


async def test_the_log_tells_how_many_of_what(office: Office) -> None:
    """Holds too; and no word of anybody's."""
    await _at_rest(office)
    hold = await place_hold(office.ours.tenant_id, lead_id=office.stays.lead_id, reason="processo 123")
    await lift_hold(office.ours.tenant_id, hold_id=hold)
    counts = await _run(office.ours.tenant_id, 3000)
    rows = await office.superuser.fetch(
        "SELECT action, details FROM audit_log WHERE tenant_id = $1 AND action <> 'made' ORDER BY number", office.ours.tenant_id
    )  # fmt: skip
    assert [row["action"] for row in rows] == ["hold.placed", "hold.lifted", "retention.purged", "retention.purged"]
    told: Counter[str] = Counter()
    for row in rows[2:]:
        told.update(json.loads(row["details"]))
    assert told == counts
    assert not [row for row in rows if "processo" in str(row["details"])]


async def test_figures_outlive_the_words(office: Office) -> None:
    """How soon and by whom he was answered stays; what was said is not found any more, also when he is renamed later."""
    thread = await office.seed.thread(office.ours)
    for author, text in ((Author.LEAD, "jabuticaba"), (Author.AI, "resposta"), (Author.ATTENDANT, "oi")):
        sent = {} if author is Author.LEAD else {"status": MessageStatus.SENT}
        await office.seed.message(thread, text, author=author, **sent)
    await Digests().write_stale(quiet=-1)
    before = await _figures(office, thread)
    assert before["answers_ai"] == before["answers_people"] == 1
    await office.superuser.execute("UPDATE conversations SET status = 'closed' WHERE id = $1", thread.conversation_id)
    assert (await _run(office.ours.tenant_id, 731))["messages"] > 0
    await office.superuser.execute("UPDATE leads SET name = 'Outra' WHERE id = $1", thread.lead_id)
    assert await _figures(office, thread) == before
    found = "SELECT count(*) FROM conversation_digests WHERE conversation_id = $1 AND 'jabuticaba' = ANY (tsvector_to_array(words))"
    assert await office.value(found, thread.conversation_id) == 0


async def _figures(office: Office, thread: Thread) -> dict[str, Any]:
    row = await office.superuser.fetchrow(
        "SELECT answers_ai, answers_people, first_answer_by, first_answer_seconds, opened_at FROM conversation_digests"
        " WHERE conversation_id = $1",
        thread.conversation_id,
    )
    return dict(row)


async def test_a_dry_run_counts_and_takes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells what a run would take, however many batches that is."""
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    await _at_rest(office)
    before = await office.counts(office.ours.tenant_id)
    told = (await Retention().batch(office.ours.tenant_id, _after(3000), dry=True)).counts
    assert await office.counts(office.ours.tenant_id) == before
    assert await _run(office.ours.tenant_id, 3000) == told
    assert await _run(office.ours.tenant_id, 3000) == {}


async def test_who_is_held_by_somebody_goes_another_time(office: Office) -> None:
    """Nobody waits for a row that another process has."""
    await _at_rest(office)
    await Digests().write_stale(quiet=-1)
    async with office.superuser.transaction():
        await office.superuser.execute("SELECT 1 FROM leads WHERE id = $1 FOR UPDATE", office.gone.lead_id)
        assert (await _run(office.ours.tenant_id, 3000))["leads"] == 1
    assert (await _run(office.ours.tenant_id, 3000))["leads"] == 1


def test_nothing_that_is_shown_goes_before_it() -> None:
    """Figures look back ninety days at most, months are summed up for themselves."""
    assert min(INSTALLATION_DAYS[kept] for kept in (Kept.AI_CALLS, Kept.INCIDENTS)) > 90
