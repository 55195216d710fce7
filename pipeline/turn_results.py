"""What a turn comes to: a decision's answer, the generic one, one last word, or nothing. Pure; nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.domain.conversation import HandOffReason, Purpose, TurnOutcome
from core.domain.decision import Decision
from core.domain.errors import ModelError, ModelInvalid
from core.domain.handoff import TurnFacts, certain_hand_off, hand_off_reason
from core.domain.incidents import Layer
from core.domain.notification import NotificationKind
from core.domain.prompt import ModelCall
from core.domain.scoring import scored, stage_for
from core.services import wording
from core.services.turn_state import Incident, Transfer, TurnContext, TurnResult
from pipeline.guard import GuardVerdict
from pipeline.validator import ReplyVerdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision with everything that was found out about it."""

    decision: Decision
    reply: ReplyVerdict
    calls: tuple[ModelCall, ...]


def _unreadable_run(context: TurnContext) -> int:
    """How many messages in a row the AI could not read, this turn's included."""
    run = context.unreadable_run
    for line in context.new:
        run = 0 if line.type in wording.READABLE or line.text else run + 1
    return run


def _facts(context: TurnContext, guard: GuardVerdict, *, after: int, idle: int) -> TurnFacts:
    return TurnFacts(
        texts=context.texts,
        guard_verdict=guard.verdict,
        score_before=context.score,
        score_after=after,
        idle_turns=idle,
        unreadable_run=_unreadable_run(context),
    )


def judged_result(context: TurnContext, guard: GuardVerdict, judged: Judged) -> TurnResult:
    decision = judged.decision
    if not judged.reply.ok:
        error = ModelInvalid(", ".join(judged.reply.reasons), calls=judged.calls)
        blocked = Incident(Layer.VALIDATOR, "block", judged.reply.reasons)
        return without_answer(context, guard, HandOffReason.INVALID_REPLY, error=error, incidents=(blocked,))
    score = scored(context.score, decision.score_delta)
    new_facts = {name: value for name, value in decision.facts.items() if context.lead_facts.get(name) != value}
    idle = 0 if new_facts or score > context.score else context.idle_turns + 1
    rules = context.tenant.settings.hand_off
    reason = hand_off_reason(decision, _facts(context, guard, after=score, idle=idle), rules)
    return TurnResult(
        outcome=TurnOutcome.ANSWERED if decision.replies else TurnOutcome.SILENT,
        purpose=Purpose.ANSWER,
        replies=_with_privacy_link(context, decision.replies),
        transfer=None if reason is None else _transfer(context, reason, decision.handoff_reason),
        score=score,
        stage=stage_for(context.stages, context.stage, score),
        facts=new_facts,
        idle_turns=idle,
        unreadable_run=_unreadable_run(context),
        decision=decision.to_json(),
        verdicts={"guard": _told(guard.verdict, guard.reasons), "reply": _told("ok", ())},
        calls=judged.calls,
        incidents=_guard_incidents(guard),
    )


def _transfer(context: TurnContext, reason: HandOffReason, detail: str) -> Transfer:
    return Transfer(reason, detail, wording.transition(context.tenant, context.at))


def _with_privacy_link(context: TurnContext, replies: tuple[str, ...]) -> tuple[str, ...]:
    """The first answer to a new lead carries the tenant's privacy link."""
    link = context.tenant.settings.privacy_link
    if not link or not context.first_answer or not replies:
        return replies
    line = wording.message(context.tenant, "privacy", link=link)
    return (*replies[:-1], f"{replies[-1]}\n\n{line}")


def without_answer(
    context: TurnContext,
    guard: GuardVerdict,
    reason: HandOffReason,
    *,
    error: ModelError | None = None,
    say: bool = True,
    extra: Sequence[NotificationKind] = (),
    incidents: tuple[Incident, ...] = (),
) -> TurnResult:
    """Never silence: the tenant's generic message goes out once, and a person goes on.

    What the lead is certain to get anyway (he asked for a person) decides the reason that is told.
    """
    certain = certain_hand_off(_facts(context, guard, after=context.score, idle=0), context.tenant.settings.hand_off)
    detail = f"{error.code}: {error}" if error else reason.value
    # A person who was asked for is announced in the transition's words instead of the generic ones.
    text = wording.transition(context.tenant, context.at) if certain else wording.message(context.tenant, "generic")
    return TurnResult(
        outcome=TurnOutcome.GENERIC,
        purpose=Purpose.GENERIC,
        replies=(text,) if say else (),
        transfer=Transfer(certain or reason, detail),
        score=context.score,
        stage=context.stage,
        facts={},
        idle_turns=context.idle_turns,
        unreadable_run=_unreadable_run(context),
        decision=None,
        verdicts={
            "guard": _told(guard.verdict, guard.reasons),
            "reply": _told("none" if not incidents else "block", [r for i in incidents for r in i.reasons]),
        },
        calls=error.calls if error else (),
        incidents=(*_guard_incidents(guard), *incidents),
        extra_notifications=tuple(extra),
    )


def left_to_people(
    context: TurnContext, guard: GuardVerdict, reason: HandOffReason, detail: str, machine: tuple[str, ...] = ()
) -> TurnResult:
    """One last word, that a person comes, and the AI is silent for as long as it takes: two machines would go on for ever."""
    result = without_answer(context, guard, reason)
    caught = (Incident(Layer.AUTOMATON, "stopped", machine),) if machine else ()
    said, transfer = (wording.transition(context.tenant, context.at),), Transfer(reason, detail, for_good=True)
    return replace(result, replies=said, transfer=transfer, incidents=(*result.incidents, *caught))


def silent(context: TurnContext, guard: GuardVerdict) -> TurnResult:
    """Due, and nothing to answer: the lead's words were answered otherwise meanwhile."""
    return TurnResult(
        outcome=TurnOutcome.SILENT,
        purpose=Purpose.ANSWER,
        replies=(),
        transfer=None,
        score=context.score,
        stage=context.stage,
        facts={},
        idle_turns=context.idle_turns,
        unreadable_run=context.unreadable_run,
        decision=None,
        verdicts={"guard": _told(guard.verdict, guard.reasons)},
        calls=(),
    )


def _guard_incidents(guard: GuardVerdict) -> tuple[Incident, ...]:
    return () if guard.verdict == "clean" else (Incident(Layer.GUARD, guard.verdict, guard.reasons),)


def _told(verdict: str, reasons: Sequence[str]) -> dict[str, Any]:
    return {"verdict": verdict, "reasons": list(reasons)}
