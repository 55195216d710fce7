"""Writing a turn: every row of it, in the caller's one transaction."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from core.domain.conversation import Author, ConversationStatus, Direction, MessageStatus, Purpose, TurnOutcome
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef
from core.domain.prompt import ModelCall
from core.domain.scoring import scored, stage_for
from core.services.fitting import Fitting
from core.services.turn_state import Committed, TurnContext, TurnResult
from db.models import (
    AiCall,
    HandOff,
    Message,
    Notification,
    ScoreChange,
    SecurityIncident,
    StageChange,
    Turn,
)
from db.tenancy import Scope


async def keep_lost(
    scope: Scope, context: TurnContext, result: TurnResult, state: Mapping[str, Any] | None
) -> Committed:
    """The lease went to somebody else: only what the model cost is written, and a draft that a person may like."""
    await _record_calls(scope, context, result.calls, None)
    if state is not None and state["status"] != ConversationStatus.AI:
        await suggest(scope, context, result, state["message_seq"], calls=False)
        return Committed(TurnOutcome.SUPERSEDED)
    return Committed(TurnOutcome.LOST)


async def suggest(scope: Scope, context: TurnContext, result: TurnResult, seq: int, *, calls: bool = True) -> None:
    turn_id = uuid7()
    await _record_turn(context, result, turn_id, TurnOutcome.SUPERSEDED)
    if calls:
        await _record_calls(scope, context, result.calls, turn_id)
    drafts = [
        _message(context, seq + index, text, Purpose.SUGGESTION, turn_id, index, MessageStatus.INTERNAL)
        for index, text in enumerate(result.replies, start=1)
    ]
    if drafts:
        await Message.bulk_create(drafts)
        await scope.row("lengthen", context.claim.ref.tenant_id, context.claim.ref.conversation_id, len(drafts))


async def write_turn(  # noqa: PLR0917 - what a turn comes to, and the two rows it is written onto
    scope: Scope, context: TurnContext, result: TurnResult, lead: Mapping[str, Any], seq: int, fitting: Fitting
) -> Committed:
    """Write all of a turn; ``lead`` is the locked row, ``seq`` the conversation's latest number."""
    tenant_id, conversation_id = context.claim.ref.tenant_id, context.claim.ref.conversation_id
    turn_id = uuid7()
    messages = _outbound(context, result, seq, turn_id, fitting)
    await _record_turn(context, result, turn_id, result.outcome)
    if messages:
        await Message.bulk_create(messages)
    await _record_lead(scope, context, result, turn_id, lead)
    hand_off_id = await _record_transfer(context, result, turn_id)
    status = ConversationStatus.AI if result.transfer is None else ConversationStatus.WAITING_HUMAN
    left = await scope.row(
        "finish_turn", tenant_id, conversation_id, context.to_seq, len(messages), status.value,
        result.idle_turns, result.unreadable_run, context.tenant.settings.hand_off.waiting_minutes,
    )  # fmt: skip
    await _record_incidents(context, result, turn_id)
    await _record_calls(scope, context, result.calls, turn_id)
    return Committed(
        result.outcome,
        next_due_in=left["due_in"] if left else None,
        hand_off_id=hand_off_id,
        sends=bool(messages),
    )


def _outbound(context: TurnContext, result: TurnResult, seq: int, turn_id: UUID, fitting: Fitting) -> list[Message]:
    """What the lead is to read, in order: the answer, then that a person takes over."""
    answer = [piece for text in result.replies for piece in fitting.pieces(context.channel, text)]
    transition = fitting.pieces(context.channel, result.transfer.transition) if result.transfer is not None else []
    said = [(text, result.purpose, bubble) for bubble, text in enumerate(answer)]
    said += [(text, Purpose.TRANSITION, bubble) for bubble, text in enumerate(transition)]
    return [
        _message(context, seq + place, text, purpose, turn_id, bubble, MessageStatus.QUEUED)
        for place, (text, purpose, bubble) in enumerate(said, start=1)
    ]


def _message(  # noqa: PLR0917 - a message is just this
    context: TurnContext, seq: int, text: str, purpose: Purpose, turn_id: UUID, bubble: int, status: MessageStatus
) -> Message:
    return Message(
        id=uuid7(),
        tenant_id=context.claim.ref.tenant_id,
        conversation_id=context.claim.ref.conversation_id,
        lead_id=context.lead_id,
        channel_account_id=context.account_id,
        seq=seq,
        direction=Direction.OUT,
        author=Author.AI,
        purpose=purpose,
        bubble=bubble,
        text=text,
        status=status,
        turn_id=turn_id,
        next_attempt_at=context.at if status is MessageStatus.QUEUED else None,
    )


async def _record_turn(context: TurnContext, result: TurnResult, turn_id: UUID, outcome: TurnOutcome) -> None:
    await Turn.create(
        id=turn_id,
        tenant_id=context.claim.ref.tenant_id,
        conversation_id=context.claim.ref.conversation_id,
        token=context.claim.token,
        from_seq=context.from_seq,
        to_seq=context.to_seq,
        restarts=result.restarts,
        outcome=outcome,
        decision=None if result.decision is None else dict(result.decision),
        verdicts=dict(result.verdicts),
        duration_ms=result.duration_ms,
    )


async def _record_lead(
    scope: Scope, context: TurnContext, result: TurnResult, turn_id: UUID, lead: Mapping[str, Any]
) -> None:
    """What the turn found out, onto the lead as it stands now: somebody may have changed it meanwhile."""
    tenant_id, lead_id = context.claim.ref.tenant_id, context.lead_id
    before, stage_before = lead.get("score", context.score), lead.get("stage_key", context.stage)
    after = scored(before, result.score - context.score)
    stage_after = stage_for(context.stages, stage_before, after) if result.stage != context.stage else stage_before
    if after != before:
        reason = str((result.decision or {}).get("intent", result.outcome.value))
        await ScoreChange.create(
            tenant_id=tenant_id, lead_id=lead_id, before=before, after=after, reason=reason, turn_id=turn_id
        )
    if stage_after != stage_before:
        await StageChange.create(
            tenant_id=tenant_id, lead_id=lead_id, before=stage_before, after=stage_after, reason="score"
        )
    if (after, stage_after) != (before, stage_before) or result.facts:
        facts = orjson.dumps(dict(result.facts)).decode()
        await scope.row("update_lead", tenant_id, lead_id, after, stage_after, facts)


async def _record_transfer(context: TurnContext, result: TurnResult, turn_id: UUID) -> UUID | None:
    if result.transfer is None:
        return None
    ref = context.claim.ref
    hand_off = await HandOff.create(
        tenant_id=ref.tenant_id,
        conversation_id=ref.conversation_id,
        lead_id=context.lead_id,
        turn_id=turn_id,
        reason=result.transfer.reason,
        detail=result.transfer.detail,
        summary_due_at=context.at,
    )
    kinds = ["hand_off_card", *[kind for kind in result.extra_notifications if not await _told_today(context, kind)]]
    await Notification.bulk_create(
        [Notification(tenant_id=ref.tenant_id, kind=kind, subject_id=hand_off.id, due_at=context.at) for kind in kinds]
    )
    return hand_off.id


async def _told_today(context: TurnContext, kind: str) -> bool:
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


async def _record_calls(scope: Scope, context: TurnContext, calls: Sequence[ModelCall], turn_id: UUID | None) -> None:
    await record_calls(scope, context.claim.ref, calls, purpose="turn", turn_id=turn_id)


async def record_calls(
    scope: Scope, ref: ConversationRef, calls: Sequence[ModelCall], *, purpose: str, turn_id: UUID | None = None
) -> None:
    """Keep what was asked of the model and what it cost, and add it to the month's usage (the shared row comes last)."""
    if not calls:
        return
    await AiCall.bulk_create(
        [
            AiCall(
                tenant_id=ref.tenant_id, conversation_id=ref.conversation_id, turn_id=turn_id, purpose=purpose,
                model=call.model, outcome=call.outcome, latency_ms=call.latency_ms, request_id=call.request_id,
                tokens_in=call.tokens_in, tokens_out=call.tokens_out, cost_micros=call.cost_micros,
                tokens_cache_read=call.tokens_cache_read, tokens_cache_write=call.tokens_cache_write,
            )
            for call in calls
        ]
    )  # fmt: skip
    tokens = sum(c.tokens_in + c.tokens_out + c.tokens_cache_read + c.tokens_cache_write for c in calls)
    await scope.row("add_usage", ref.tenant_id, sum(call.cost_micros for call in calls), tokens)
