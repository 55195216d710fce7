"""What a hand-off's summary is made from, and where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import Author
from core.domain.ports import ConversationRef
from core.domain.prompt import ModelCall
from core.domain.tenant import TenantProfile
from core.services.tenants import load_profile
from core.services.turn_records import record_calls
from core.services.turn_state import Line
from db.json import loads
from db.models import HandOff
from db.tenancy import platform_scope, tenant_scope

_LINES = 30
AGAIN_SECONDS = 120.0
"""After so long without a summary somebody else tries."""
MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Material:
    """A hand-off without a summary, with what was said."""

    ref: ConversationRef
    hand_off_id: UUID
    tenant: TenantProfile
    at: datetime
    lead: str
    history: Sequence[Line]


class Summaries:
    """The use cases of summaries."""

    async def material(self, tenant_id: UUID, hand_off_id: UUID) -> Material | None:
        """What is to be summarised, for this caller alone; ``None`` when there is nothing to do."""
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("claim_summary", tenant_id, hand_off_id, AGAIN_SECONDS)
            if row is None:
                return None
            tenant, at = await load_profile(scope, tenant_id)
            if row["cost_micros"] >= tenant.settings.monthly_budget_usd * MICROS:
                return None
            lines = await scope.rows("earlier_messages", tenant_id, row["conversation_id"], 0, 2**31 - 1, _LINES)
        facts = "; ".join(f"{name}: {value}" for name, value in (loads(row["facts"]) or {}).items())
        return Material(
            ref=ConversationRef(tenant_id, row["conversation_id"]),
            hand_off_id=hand_off_id,
            tenant=tenant,
            at=at,
            lead=f"{row['name'] or ''} {facts} (score {row['score']}, stage {row['stage_key']})".strip(),
            history=[
                Line(line["seq"], Author(line["author"]), line["type"], line["text"] or "", line["purpose"])
                for line in reversed(lines)
            ],
        )

    async def overdue(self, older_than: float, limit: int) -> list[tuple[UUID, UUID]]:
        """Tenant and hand-off of every summary nobody has begun."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_summaries", older_than, limit)
        return [(row["tenant_id"], row["id"]) for row in rows]

    async def keep(self, material: Material, summary: str | None, calls: Sequence[ModelCall]) -> None:
        """Keep the summary and what it cost; its cards show it from now on."""
        tenant_id = material.ref.tenant_id
        async with tenant_scope(tenant_id) as scope:
            if summary:
                await HandOff.filter(tenant_id=tenant_id, id=material.hand_off_id).update(
                    summary=summary, summary_due_at=None
                )
                conversation_id = material.ref.conversation_id
                scope.changed(ChangeKind.HAND_OFF, material.hand_off_id, conversation_id=conversation_id)
            await record_calls(scope, material.ref, calls, purpose="summary")
