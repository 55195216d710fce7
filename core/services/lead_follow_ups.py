"""What one lead is written unasked: what comes next, what he had, and that somebody stops it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import Conflict, NotFound
from core.domain.follow_up import FollowUpState, Refusal, StepKind
from core.services.audit import audit
from core.services.follow_up_preview import Coming, FollowUpPreviews
from core.services.follow_up_silence import load_standing
from db.tenancy import tenant_scope

_MOST: Final = 20


class FollowUpGone(Conflict):
    """It has left, or was tried: there is nothing left to stop."""

    code: ClassVar[str] = "follow_up_gone"


@dataclass(frozen=True, slots=True)
class PastStep:
    """One that was said, or not, and why not."""

    id: UUID
    step: int
    kind: StepKind
    state: FollowUpState
    reason: str | None
    due_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class LeadFollowUps:
    """All of a lead's: the next one, where one is planned, and the latest of the others."""

    coming: Coming | None
    past: Sequence[PastStep]


class FollowUpsOfLead:
    """Looking at one lead's. Of a colleague's lead an attendant is told that there is none."""

    def __init__(self, previews: FollowUpPreviews) -> None:
        self._previews = previews

    async def of_lead(self, actor: Actor, lead_id: UUID) -> LeadFollowUps:
        """His. Raises ``NotFound``."""
        async with tenant_scope(actor.tenant_id) as scope:
            if await scope.row("lead_page", actor.tenant_id, lead_id, actor.sees_only) is None:
                raise _no_lead()
            standing = await load_standing(scope, actor.tenant_id)
            planned = await scope.row("coming_follow_up_of_lead", actor.tenant_id, lead_id)
            rows = await scope.rows("past_follow_ups_of_lead", actor.tenant_id, lead_id, _MOST)
        past = [
            PastStep(**{**row, "kind": StepKind(row["kind"]), "state": FollowUpState(row["state"])}) for row in rows
        ]
        return LeadFollowUps(self._previews.coming(standing, planned) if planned else None, past)


async def stop_follow_up(actor: Actor, follow_up_id: UUID) -> None:
    """It is not said, nor what would come after it in this silence; one that is not to be said anyway stays so.

    Raises ``NotFound``, and ``FollowUpGone`` for what has left.
    """
    tenant_id = actor.tenant_id
    async with tenant_scope(tenant_id) as scope:
        found = await scope.row("follow_up", tenant_id, follow_up_id)
        # The lead before his conversations, as whoever writes and sends it locks them.
        if found is None or await scope.row("lock_lead", tenant_id, found["lead_id"], actor.sees_only) is None:
            message = "no such follow-up"
            raise NotFound(message)
        await scope.rows("lock_conversations_of_lead", tenant_id, found["lead_id"])
        stopped = await scope.row("stop_follow_up", tenant_id, follow_up_id, Refusal.STOPPED.value)
        if stopped is None:
            latest = await scope.row("follow_up", tenant_id, follow_up_id)
            if latest is not None and latest["state"] == FollowUpState.CANCELLED:
                return
            message = "it has left"
            raise FollowUpGone(message)
        scope.changed(ChangeKind.LEAD, found["lead_id"], lead_id=found["lead_id"])
        if stopped["unsaid"] is not None:
            scope.changed(
                ChangeKind.MESSAGE_STATUS, stopped["unsaid"], conversation_id=stopped["conversation_id"]
            )  # fmt: skip
        await audit(
            tenant_id, actor, "follow_up.stopped", found["lead_id"], follow_up=str(follow_up_id), step=stopped["step"]
        )


def _no_lead() -> NotFound:
    return NotFound("no such lead")
