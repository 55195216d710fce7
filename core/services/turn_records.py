"""Writing a turn: every row of it, in the caller's one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from core.domain.changes import Change, ChangeKind
from core.domain.conversation import ConversationStatus, MessageStatus, Purpose, TurnOutcome
from core.domain.ids import uuid7
from core.domain.incidents import Layer
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef
from core.domain.prompt import ModelCall
from core.domain.scoring import scored, stage_for
from core.domain.waiting import minutes_to_fallback
from core.services.data_requests import put_request
from core.services.fitting import Fitting
from core.services.hand_offs import open_hand_off
from core.services.incident_watch import tell_blocked_replies
from core.services.opt_outs import put_wish
from core.services.turn_state import Committed, TurnContext, TurnResult
from db.models import Notification, SecurityIncident
from db.tenancy import TenantScope, tell, tenant_row

_ANY: Final = 2**31 - 1
"""A number of a message that none is beyond."""


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
    """Keep the draft for whoever took over; what the lead wished is heard beside (see ``core.services.hearing``)."""
    turn_id = uuid7()
    drafts = [
        _Said(index, text, Purpose.SUGGESTION, index, MessageStatus.INTERNAL)
        for index, text in enumerate(result.replies, start=1)
    ]
    await _record_turn(scope, context, _Turn(turn_id, result, TurnOutcome.SUPERSEDED, drafts), seq)
    if calls:
        await _record_calls(scope, context, result.calls, turn_id)
    if drafts:
        await scope.row("lengthen", context.claim.ref.tenant_id, context.claim.ref.conversation_id, len(drafts))


async def write_plain_turn(
    context: TurnContext, result: TurnResult, newest: int | None, fitting: Fitting
) -> Committed | None:
    """Write a turn after which the AI has the conversation, in one round trip, if all is as the turn saw it.

    ``newest``: nothing of a higher number may have come (``None``: whatever came). ``None``: nothing is written.
    """
    if result.transfer is not None or result.incidents or result.wish is not None or result.asked is not None:
        return None
    ref = context.claim.ref
    messages = _outbound(context, result, fitting)
    found_out = _found_out(context, result, Standing(context.score, context.stage))
    turn = _Turn(uuid7(), result, result.outcome, messages)
    said = turn.said(context)
    written = await tenant_row(
        ref.tenant_id, "commit_turn", ref.conversation_id, context.claim.token, _ANY if newest is None else newest,
        context.score, context.stage, turn.row(context), context.lead_id, context.account_id, _json(said),
        _json(found_out) if found_out else None, result.idle_turns, result.unreadable_run, result.automatic_run,
        _json([asdict(call) for call in result.calls]),
    )  # fmt: skip
    if written is None:
        return None
    tell(ref.tenant_id, [*_shown(context, said, found_out), _standing(context)])
    return Committed(result.outcome, next_due_in=written["due_in"], sends=bool(messages))


async def write_turn(
    scope: TenantScope, context: TurnContext, result: TurnResult, state: Mapping[str, Any], fitting: Fitting
) -> Committed:
    """Write all of a turn; ``state`` is the conversation and the lead as they are locked."""
    tenant_id, conversation_id = context.claim.ref.tenant_id, context.claim.ref.conversation_id
    turn_id = uuid7()
    messages = _outbound(context, result, fitting)
    found_out = _found_out(context, result, Standing(state["score"], state["stage_key"]))
    await _record_turn(
        scope, context, _Turn(turn_id, result, result.outcome, messages), state["message_seq"], found_out
    )
    await _record_said(scope, context, result)
    hand_off_id = await _record_transfer(scope, context, result, turn_id)
    status = ConversationStatus.AI if result.transfer is None else ConversationStatus.WAITING_HUMAN
    left = await scope.row(
        "finish_turn", tenant_id, conversation_id, context.to_seq, len(messages), status.value,
        result.idle_turns, result.unreadable_run, _waiting_minutes(context, result), result.automatic_run,
    )  # fmt: skip
    scope.changed(ChangeKind.CONVERSATION, conversation_id, lead_id=context.lead_id)
    await _record_incidents(scope, context, result, turn_id)
    await _record_calls(scope, context, result.calls, turn_id)
    return Committed(
        result.outcome,
        next_due_in=left["due_in"] if left else None,
        hand_off_id=hand_off_id,
        sends=bool(messages),
    )


def _waiting_minutes(context: TurnContext, result: TurnResult) -> int | None:
    """After these the tenant's choice happens; ``None``: it does not."""
    for_good = result.transfer is not None and result.transfer.for_good
    return None if for_good else minutes_to_fallback(context.tenant, context.at)


@dataclass(frozen=True, slots=True)
class _Said:
    """One message of a turn; ``place`` among the turn's own, from 1."""

    place: int
    text: str
    purpose: Purpose
    bubble: int
    status: MessageStatus = MessageStatus.QUEUED

    def row(self, at: datetime) -> dict[str, Any]:
        """As ``record_turn`` takes it."""
        return {
            "id": uuid7(),
            "place": self.place,
            "purpose": self.purpose.value,
            "bubble": self.bubble,
            "text": self.text,
            "status": self.status.value,
            "next_attempt_at": at if self.status is MessageStatus.QUEUED else None,
        }


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn as it is written."""

    id: UUID
    result: TurnResult
    outcome: TurnOutcome
    messages: Sequence[_Said]

    def row(self, context: TurnContext) -> str:
        """As ``record_turn`` takes it."""
        result = self.result
        return _json(
            {
                "id": self.id,
                "token": context.claim.token,
                "from_seq": context.from_seq,
                "to_seq": context.to_seq,
                "restarts": result.restarts,
                "outcome": self.outcome.value,
                "decision": None if result.decision is None else dict(result.decision),
                "verdicts": dict(result.verdicts),
                "prompt": dict(result.prompt),
                "duration_ms": result.duration_ms,
            }
        )

    def said(self, context: TurnContext) -> list[dict[str, Any]]:
        """Its messages, as ``record_turn`` takes them."""
        return [message.row(context.at) for message in self.messages]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lead stands in the pipeline."""

    score: int
    stage: str


def _outbound(context: TurnContext, result: TurnResult, fitting: Fitting) -> list[_Said]:
    """What the lead is to read, in order: the answer, then that a person takes over."""
    answer = [piece for text in result.replies for piece in fitting.pieces(context.channel, text)]
    transition = fitting.pieces(context.channel, result.transfer.transition) if result.transfer is not None else []
    said = [(text, result.purpose, bubble) for bubble, text in enumerate(answer)]
    said += [(text, Purpose.TRANSITION, bubble) for bubble, text in enumerate(transition)]
    return [_Said(place, *message) for place, message in enumerate(said, start=1)]


async def _record_turn(
    scope: TenantScope, context: TurnContext, turn: _Turn, after: int, found_out: Mapping[str, Any] | None = None
) -> None:
    """``after``: the number of the conversation's last message."""
    ref, said = context.claim.ref, turn.said(context)
    await scope.row(
        "record_turn", ref.tenant_id, ref.conversation_id, turn.row(context), context.lead_id, context.account_id,
        after, _json(said), _json(found_out) if found_out else None,
    )  # fmt: skip
    for change in _shown(context, said, found_out):
        scope.changed(change.kind, change.subject_id, conversation_id=change.conversation_id)


def _shown(
    context: TurnContext, said: Sequence[Mapping[str, Any]], found_out: Mapping[str, Any] | None
) -> list[Change]:
    """What a written turn changes on a screen, beside how the conversation stands."""
    conversation_id = context.claim.ref.conversation_id
    changes = [Change(ChangeKind.MESSAGE_OUT, message["id"], conversation_id) for message in said]
    return [*changes, Change(ChangeKind.LEAD, context.lead_id, conversation_id)] if found_out else changes


def _standing(context: TurnContext) -> Change:
    conversation_id = context.claim.ref.conversation_id
    return Change(ChangeKind.CONVERSATION, conversation_id, conversation_id, context.lead_id)


def _found_out(context: TurnContext, result: TurnResult, now: Standing) -> dict[str, Any] | None:
    """What the turn found out, onto the lead as he stands now: somebody may have changed it meanwhile."""
    after = scored(now.score, result.score - context.score)
    stage_after = stage_for(context.stages, now.stage, after) if result.stage != context.stage else now.stage
    if Standing(after, stage_after) == now and not result.facts:
        return None
    return {
        "score_before": now.score,
        "score": after,
        "reason": str((result.decision or {}).get("intent", result.outcome.value)),
        "stage_before": now.stage,
        "stage": stage_after,
        "facts": dict(result.facts),
    }


async def _record_said(scope: TenantScope, context: TurnContext, result: TurnResult) -> None:
    """What the lead said for the business itself to heed, whatever the AI answers."""
    if result.wish is not None:
        await put_wish(scope, context.tenant.id, context.lead_id, result.wish, None)
    if result.asked is not None:
        await put_request(scope, context.tenant.id, context.lead_id, result.asked, at=context.at, who=None)


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


async def _record_incidents(scope: TenantScope, context: TurnContext, result: TurnResult, turn_id: UUID) -> None:
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
    if any(incident.layer == Layer.VALIDATOR for incident in result.incidents):
        await tell_blocked_replies(scope, ref.tenant_id, ref.conversation_id)


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
