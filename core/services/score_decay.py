"""A lead who has fallen silent cools: his score falls, once for each threshold of each silence, and keeps the reason."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.scoring import DECAYS
from core.services.job_pass import PassingJob, Step
from db.tenancy import TenantScope

AT_ONCE: Final = 200
"""Conversations that one transaction looks at: webhooks wait for its commit, as for any."""
_THRESHOLDS: Final = (
    [decay.hours for decay in DECAYS],
    [decay.points for decay in DECAYS],
    [decay.reason for decay in DECAYS],
)


class ScoreDecay(PassingJob):
    """The body of ``decay-scores``.

    Which silence a lead has lost points in stands in his row, so nothing is lost twice, and a word of his begins another.
    Leads who are won or lost, and those who have no points left, are let be.
    """

    name = "decay-scores"
    # Who had been silent for longer at the moment of a run has lost all there is to lose.
    reach = timedelta(hours=max(decay.hours for decay in DECAYS))

    async def step(
        self, scope: TenantScope, tenant_id: UUID, due_at: datetime, start: datetime, *, dry: bool
    ) -> Step | None:
        """See ``PassingJob``."""
        row = await scope.row_anew("decay_scores", tenant_id, due_at, start, AT_ONCE, *_THRESHOLDS, dry)
        if row is None:
            return None
        for lead_id in row["leads"]:
            scope.changed(ChangeKind.LEAD, lead_id, lead_id=lead_id)
        counts = {"leads": row["due"]} if dry else {"leads": len(row["leads"]), "changes": row["changes"]}
        return Step(row["at"], counts, more=row["looked"] >= AT_ONCE, skipped=row["held"] < row["due"])
