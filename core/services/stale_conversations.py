"""A conversation in which nothing has happened for a week is over, until the lead writes again."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.services.audit import SYSTEM, audit
from core.services.job_pass import PassingJob, Step
from db.tenancy import TenantScope

AFTER_DAYS: Final = 7
AT_ONCE: Final = 200


class StaleConversations(PassingJob):
    """The body of ``close-stale-conversations``.

    Whoever has it: its hand-off ends, its cards say so, and what the AI was about to say stays unsaid, as when a member closes
    it. What is closed keeps the time of its last word.
    """

    name = "close-stale-conversations"
    reach = timedelta(days=AFTER_DAYS)

    async def step(
        self, scope: TenantScope, tenant_id: UUID, due_at: datetime, start: datetime, *, dry: bool
    ) -> Step | None:
        """See ``PassingJob``."""
        row = await scope.row_anew("close_stale", tenant_id, due_at, start, AT_ONCE, AFTER_DAYS, dry)
        if row is None:
            return None
        _tell(scope, row)
        if row["conversations"]:
            ids = ", ".join(map(str, row["conversations"]))
            await audit(tenant_id, SYSTEM, "conversation.stale", conversations=len(row["conversations"]), ids=ids)
        counts = {"conversations": row["stale"] if dry else len(row["conversations"])}
        return Step(row["at"], counts, more=row["stale"] >= AT_ONCE, skipped=row["held"] < row["stale"])


def _tell(scope: TenantScope, row: dict[str, Any]) -> None:
    kinds = {
        ChangeKind.CONVERSATION: "conversations",
        ChangeKind.HAND_OFF: "hand_offs",
        ChangeKind.MESSAGE_STATUS: "messages",
    }
    for kind, name in kinds.items():
        for subject_id in row[name]:
            scope.changed(kind, subject_id)
