"""What is claimed when people have taken over, beside the invariants: what they were told, what is kept, what is written down."""

from collections import Counter
from collections.abc import Container
from typing import Final
from uuid import UUID

from bot.taps import ConversationTap, Verb
from tests.acceptance.faults.cases import cases_of
from tests.acceptance.faults.chats import Tapped
from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.on_the_attendants import calm_cases, storms, thought_of
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.taken import SETTLED, UNSETTLED, Kind

_TALKS: Final = "SELECT c.id FROM conversations c JOIN leads l ON l.id = c.lead_id WHERE l.phone = ANY ($1)"
_DRAFTS: Final = """
SELECT DISTINCT l.phone FROM turns x JOIN conversations c ON c.id = x.conversation_id JOIN leads l ON l.id = c.lead_id
JOIN messages m ON m.turn_id = x.id AND m.purpose = 'suggestion' AND m.status = 'internal'
WHERE x.outcome = 'superseded' AND l.phone LIKE $1 || '%'"""
_AUDITED: Final = """
SELECT l.phone, array_agg(a.action ORDER BY a.created_at) AS actions FROM audit_log a
JOIN conversations c ON c.id::text = a.subject JOIN leads l ON l.id = c.lead_id
WHERE l.phone LIKE $1 || '%' AND a.action LIKE 'conversation.%' GROUP BY l.phone"""


async def people_took_over(run: Run, verdict: Verdict) -> None:
    """By buttons, with and without a last word to come, and on the phone; all of it is told, kept and written down."""
    assert min(verdict.take_overs[kind] for kind in Kind) > 0, verdict.take_overs
    await _everybody_was_told(run)
    await _drafts_were_kept(run)
    await _it_is_written_down(run)


async def _everybody_was_told(run: Run) -> None:
    """Whoever tapped has the lead and was told so, but for those whose answer Telegram refused."""
    phones = [case.who.phone for case in calm_cases(run)]
    talks = {row["id"] for row in await run.rows(_TALKS, phones)}
    chats = run.history().chats
    taps = [key for key, tapped in chats.tapped.items() if _takes_one_of(tapped, talks)]
    told = Counter(chats.toasts[key].text if key in chats.toasts else "" for key in taps)
    assert set(told) <= {SETTLED, UNSETTLED, ""}, told
    assert told[""] <= storms(run), told


def _takes_one_of(tapped: Tapped, talks: Container[UUID]) -> bool:
    if not tapped.data.startswith("c:"):
        return False
    tap = ConversationTap.unpack(tapped.data)
    return tap.verb is Verb.TAKE and tap.subject_id in talks


async def _drafts_were_kept(run: Run) -> None:
    """What the model said too late is a suggestion; where its worker had stopped it before, there is none."""
    kept = {row["phone"] for row in await run.rows(_DRAFTS, run.phones)}
    thought = thought_of(run)
    assert [who.phone for who in thought if who.phone not in kept and not _was_stopped(run, who)] == []
    assert kept & {who.phone for who in thought}


def _was_stopped(run: Run, who: Who) -> bool:
    stopped = {event["request_id"] for event in run.emulator.events(run.before) if event["event"] == "claude_abandoned"}
    mine = {who.token(number) for number in (1, 2)}
    return any(asked.request_id in stopped for asked in run.history().asked if asked.tokens & mine)


async def _it_is_written_down(run: Run) -> None:
    """Each was taken, given back and taken again, however often an update was processed."""
    audited = {row["phone"]: row["actions"] for row in await run.rows(_AUDITED, run.phones)}
    expected = ["conversation.taken", "conversation.given_back", "conversation.taken"]
    assert {case.who.phone: audited.get(case.who.phone) for case in cases_of(run)} == {
        case.who.phone: expected for case in cases_of(run)
    }
