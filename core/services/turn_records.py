"""Writing a turn: every row of it, in the caller's one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from core.domain.changes import ChangeKind
from core.domain.conversation import ConversationStatus, MessageStatus, Purpose, TurnOutcome
from core.domain.ids import uuid7
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef
from core.domain.prompt import ModelCall
from core.domain.scoring import scored, stage_for
from core.services.fitting import Fitting
from core.services.hand_offs import open_hand_off
from core.services.turn_state import Committed, TurnContext, TurnResult
from db.models import Notification, SecurityIncident
from db.tenancy import TenantScope


async def keep_lost(
    scope: TenantScope, context: TurnContext, result: TurnResult, state: Mapping[str, Any] | None
) -> Committed:
    """The lease went to somebody else: only what the model cost is written, and a draft that a person may like."""
    await _record_calls(scope, context, result.calls, None)
    if state is not None and state["status"] != ConversationStatus.AI:
        await suggest(scope, context, result, state["message_seq"], calls=False)
        return Committed(TurnOutcome.SUPERSEDED)
    return Committed(TurnOutcome.LOST)


async def suggest(
    scope: TenantScope, context: TurnContext, result: TurnResult, seq: int, *, calls: bool = True
) -> None:
    turn_id = uuid7()
    drafts = [
        _Said(seq + index, text, Purpose.SUGGESTION, index, MessageStatus.INTERNAL)
        for index, text in enumerate(result.replies, start=1)
    ]
    await _record_turn(scope, context, result, turn_id, TurnOutcome.SUPERSEDED, drafts)
    if calls:
        await _record_calls(scope, context, result.calls, turn_id)
    if drafts:
        await scope.row("lengthen", context.claim.ref.tenant_id, context.claim.ref.conversation_id, len(drafts))


async def write_turn(
    scope: TenantScope, context: TurnContext, result: TurnResult, state: Mapping[str, Any], fitting: Fitting
) -> Committed:
    """Write all of a turn; ``state`` is the conversation and the lead as they are locked."""
    tenant_id, conversation_id = context.claim.ref.tenant_id, context.claim.ref.conversation_id
    turn_id = uuid7()
    messages = _outbound(context, result, state["message_seq"], fitting)
    await _record_turn(scope, context, result, turn_id, result.outcome, messages, _found_out(context, result, state))
    hand_off_id = await _record_transfer(scope, context, result, turn_id)
    status = ConversationStatus.AI if result.transfer is None else ConversationStatus.WAITING_HUMAN
    left = await scope.row(
        "finish_turn", tenant_id, conversation_id, context.to_seq, len(messages), status.value,
        result.idle_turns, result.unreadable_run, _waiting_minutes(context, result), result.automatic_run,
    )  # fmt: skip
    scope.changed(ChangeKind.CONVERSATION, conversation_id, lead_id=context.lead_id)
    await _record_incidents(context, result, turn_id)
    await _record_calls(scope, context, result.calls, turn_id)
    return Committed(
        result.outcome,
        next_due_in=left["due_in"] if left else None,
        hand_off_id=hand_off_id,
        sends=bool(messages),
    )


def _waiting_minutes(context: TurnContext, result: TurnResult) -> int | None:
    """After these the AI goes on; ``None``: it does not."""
    for_good = result.transfer is not None and result.transfer.for_good
    return None if for_good else context.tenant.settings.hand_off.waiting_minutes


@dataclass(frozen=True, slots=True)
class _Said:
    """One message of a turn."""

    seq: int
    text: str
    purpose: Purpose
    bubble: int
    status: MessageStatus = MessageStatus.QUEUED

    def row(self, at: datetime) -> dict[str, Any]:
        """As ``record_turn`` takes it."""
        return {
            "id": uuid7(),
            "seq": self.seq,
            "purpose": self.purpose.value,
            "bubble": self.bubble,
            "text": self.text,
            "status": self.status.value,
            "next_attempt_at": at if self.status is MessageStatus.QUEUED else None,
        }


def _outbound(context: TurnContext, result: TurnResult, seq: int, fitting: Fitting) -> list[_Said]:
    """What the lead is to read, in order: the answer, then that a person takes over."""
    answer = [piece for text in result.replies for piece in fitting.pieces(context.channel, text)]
    transition = fitting.pieces(context.channel, result.transfer.transition) if result.transfer is not None else []
    said = [(text, result.purpose, bubble) for bubble, text in enumerate(answer)]
    said += [(text, Purpose.TRANSITION, bubble) for bubble, text in enumerate(transition)]
    return [_Said(seq + place, *message) for place, message in enumerate(said, start=1)]


async def _record_turn(  # noqa: PLR0917 - everything that a turn is
    scope: TenantScope,
    context: TurnContext,
    result: TurnResult,
    turn_id: UUID,
    outcome: TurnOutcome,
    messages: Sequence[_Said],
    found_out: Mapping[str, Any] | None = None,
) -> None:
    ref = context.claim.ref
    turn = {
        "id": turn_id,
        "token": context.claim.token,
        "from_seq": context.from_seq,
        "to_seq": context.to_seq,
        "restarts": result.restarts,
        "outcome": outcome.value,
        "decision": None if result.decision is None else dict(result.decision),
        "verdicts": dict(result.verdicts),
        "prompt": dict(result.prompt),
        "duration_ms": result.duration_ms,
    }
    said = [message.row(context.at) for message in messages]
    await scope.row(
        "record_turn", ref.tenant_id, ref.conversation_id, _json(turn), context.lead_id, context.account_id,
        _json(said), _json(found_out) if found_out else None,
    )  # fmt: skip
    for message in said:
        scope.changed(ChangeKind.MESSAGE_OUT, message["id"], conversation_id=ref.conversation_id)
    if found_out:
        scope.changed(ChangeKind.LEAD, context.lead_id, conversation_id=ref.conversation_id)


def _found_out(context: TurnContext, result: TurnResult, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the turn found out, onto the lead as it stands now: somebody may have changed it meanwhile."""
    before, stage_before = state["score"], state["stage_key"]
    after = scored(before, result.score - context.score)
    stage_after = stage_for(context.stages, stage_before, after) if result.stage != context.stage else stage_before
    if (after, stage_after) == (before, stage_before) and not result.facts:
        return None
    return {
        "score_before": before,
        "score": after,
        "reason": str((result.decision or {}).get("intent", result.outcome.value)),
        "stage_before": stage_before,
        "stage": stage_after,
        "facts": dict(result.facts),
    }


async def _record_transfer(scope: TenantScope, context: TurnContext, result: TurnResult, turn_id: UUID) -> UUID | None:
    if result.transfer is None:
        return None
    ref, transfer = context.claim.ref, result.transfer
    hand_off_id = await open_hand_off(
        scope, ref, transfer.reason, lead_id=context.lead_id, announced_at=context.at, detail=transfer.detail, turn_id=turn_id
    )  # fmt: skip
    for kind in result.extra_notifications:
        if not await _told_today(context, kind):
            await Notification.create(tenant_id=ref.tenant_id, kind=kind, subject_id=hand_off_id, due_at=context.at)
    return hand_off_id


async def _told_today(context: TurnContext, kind: NotificationKind) -> bool:
    since = context.at - timedelta(days=1)
    return await Notification.filter(tenant_id=context.tenant.id, kind=kind, created_at__gt=since).exists()


async def _record_incidents(context: TurnContext, result: TurnResult, turn_id: UUID) -> None:
    ref = context.claim.ref
    rows = [
        SecurityIncident(
            tenant_id=ref.tenant_id, conversation_id=ref.conversation_id, turn_id=turn_id,
            layer=incident.layer, verdict=incident.verdict, reasons=list(incident.reasons),
        )
        for incident in result.incidents
    ]  # fmt: skip
    if rows:
        await SecurityIncident.bulk_create(rows)


async def _record_calls(
    scope: TenantScope, context: TurnContext, calls: Sequence[ModelCall], turn_id: UUID | None
) -> None:
    await record_calls(scope, context.claim.ref, calls, purpose="turn", turn_id=turn_id)


async def record_calls(
    scope: TenantScope, ref: ConversationRef, calls: Sequence[ModelCall], *, purpose: str, turn_id: UUID | None = None
) -> None:
    """Keep what was asked of the model and what it cost, and add it to the month's usage (the shared row comes last)."""
    if not calls:
        return
    await scope.row(
        "record_calls", ref.tenant_id, ref.conversation_id, turn_id, purpose, _json([asdict(call) for call in calls])
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
