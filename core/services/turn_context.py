"""What a turn looks at, read from the one document that the database makes of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.domain.conversation import CARRIED_ON_RENEWAL, HISTORY_LENGTH, Author
from core.domain.events import IdentityKind, SenderId
from core.domain.scoring import StageRule
from core.domain.tenant import PEOPLE_BEYOND_PLAN, TenantSettings
from core.services.knowledge import NOTHING, Entry, Knowledge, characters, found_knowledge
from core.services.tenants import profile_of
from core.services.turn_state import Claim, Line, TurnContext
from core.services.usage import beyond_plan
from db.json import loads

MOST_NEW: Final = 100
"""How many of the lead's new messages one turn reads; of more, the latest."""
LOOKS: Final = (MOST_NEW, HISTORY_LENGTH, CARRIED_ON_RENEWAL, characters(TenantSettings().knowledge_token_budget))
"""How far a turn looks: the values of ``turn_context`` in the database."""


async def context_of(claim: Claim, document: str) -> TurnContext:
    """The context of a claimed turn.

    Only what few need is looked for here: what fits the question in a large knowledge base, and, where it matters, whether the plan holds the lead.
    """
    row: Mapping[str, Any] = loads(document)
    tenant_id = claim.ref.tenant_id
    tenant = profile_of(tenant_id, row)
    new = [_line(line) for line in row["new"] or ()]
    return TurnContext(
        claim=claim,
        tenant=tenant,
        channel=row["channel"],
        account_stopped=row["account_status"] != "active",
        lead_id=UUID(row["lead_id"]),
        account_id=UUID(row["channel_account_id"]),
        lead_name=row["lead_name"] or "",
        lead_facts=row["lead_facts"] or {},
        lead_source=row["lead_source"] or {},
        score=row["score"],
        stage=row["stage_key"],
        stages=[StageRule(**stage) for stage in row["stages"] or ()],
        new=new,
        history=_history(row),
        from_seq=row["answered_seq"] + 1,
        to_seq=row["inbound_seq"],
        idle_turns=row["idle_turns"],
        unreadable_run=row["unreadable_run"],
        automatic_run=row["automatic_run"],
        first_answer=row["first_answer"],
        last_external_id=_latest_id(row["new"] or ()),
        cost_micros=row["cost_micros"],
        at=datetime.fromisoformat(row["db_now"]),
        reply_to=SenderId(IdentityKind(row["reply_kind"]), row["reply_address"]),
        beyond_plan=tenant.settings.beyond_plan == PEOPLE_BEYOND_PLAN
        and await beyond_plan(tenant_id, UUID(row["lead_id"])),
        known=await _known(tenant_id, row, new, tenant.settings.knowledge_token_budget),
    )


async def _known(tenant_id: UUID, row: Mapping[str, Any], new: Sequence[Line], budget: int) -> Knowledge:
    if row["known"]:
        return Knowledge(stable=[Entry(title, content) for title, content in row["known"]])
    question = "\n".join(line.text for line in new if line.text)
    return await found_knowledge(tenant_id, question, budget) if row["knowledge_size"] else NOTHING


def _history(row: Mapping[str, Any]) -> list[Line]:
    lines = [*(row["carried"] or ()), *(row["history"] or ())]
    return [_line(line) for line in lines[-HISTORY_LENGTH:]]


def _line(parts: Sequence[Any]) -> Line:
    """The lead's new words have the time when they came, what went before the time when it was sent."""
    seq, author, kind, text, purpose, at, *_ = parts
    return Line(seq, Author(author), kind, text or "", purpose, datetime.fromisoformat(at) if at else None)


def _latest_id(new: Sequence[Sequence[Any]]) -> str | None:
    """The provider's id of the lead's latest message that has one."""
    return next((external_id for *_, external_id in reversed(new) if external_id), None)
