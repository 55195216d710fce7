"""One turn of the AI, top to bottom: guard, context, Claude, validate, commit."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from core.domain.conversation import Author, HandOffReason, Purpose, TurnOutcome
from core.domain.decision import Decision, decision_schema, parse_decision
from core.domain.errors import ModelError, ModelInvalid, ModelRefused, ModelSpendLimit
from core.domain.handoff import TurnFacts, certain_hand_off, hand_off_reason
from core.domain.notification import NotificationKind
from core.domain.ports import Clock, ConversationRef, Jobs, LanguageModel, TurnDue
from core.domain.prompt import ModelCall
from core.domain.scoring import scored, stage_for
from core.services import wording
from core.services.turn_state import Claim, Committed, Incident, Transfer, TurnContext, TurnResult
from core.services.turns import MOST_RESTARTS, Turns
from pipeline.guard import GuardVerdict, inspect
from pipeline.listening import OtherEnd, other_end
from pipeline.metrics import WorkerMetrics
from pipeline.prompt import BuiltPrompt, PromptBuilder
from pipeline.reply_facts import ReplyFacts
from pipeline.validator import ReplyVerdict, validate

log = structlog.get_logger(__name__)

MICROS: Final = 1_000_000
_LONGEST_QUIET: Final = 15.0
_MOST_TITLES: Final = 20
_LONGEST_TITLE: Final = 80


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision with everything that was found out about it."""

    decision: Decision
    reply: ReplyVerdict
    calls: tuple[ModelCall, ...]


_Ended = tuple[Committed, tuple[ModelCall, ...], TurnContext | None]
"""What a turn came to, what was asked of the model, and what it looked at."""


def _nobody() -> None:
    """Nobody asked to be told."""


def _not_here(_ref: ConversationRef) -> bool:
    """This process sends nothing."""
    return False


def _unseen(_context: TurnContext) -> None:
    """The lead is shown nothing while the AI thinks."""


class TurnRunner:
    """Runs claimed turns. Keeps nothing between them."""

    def __init__(
        self,
        turns: Turns,
        model: LanguageModel,
        prompts: PromptBuilder,
        jobs: Jobs,
        clock: Clock,
        *,
        attempts: int,
        reading: Callable[[TurnContext], None] = _unseen,
        metrics: WorkerMetrics | None = None,
    ) -> None:
        """``attempts``: after so many a turn is given to a person instead of being tried again.

        ``reading`` is told when the AI sets about an answer, and must not wait.
        """
        self._turns = turns
        self._model = model
        self._prompts = prompts
        self._jobs = jobs
        self._clock = clock
        self._attempts = attempts
        self._reading = reading
        self._metrics = metrics

    async def run(
        self,
        claim: Claim,
        *,
        committed: Callable[[], None] = _nobody,
        sending: Callable[[ConversationRef], bool] = _not_here,
    ) -> Committed | None:
        """Run the turn until it is committed, superseded or lost; ``None`` when the AI is off here.

        ``committed`` is told as soon as nothing more can be lost of it. ``sending`` sends what it wrote in this very
        process, or says that it does not: then the queue is told.
        """
        started = self._clock.monotonic()
        ended = await self._bury(claim) if claim.attempts > self._attempts else await self._run(claim, started)
        if ended is None:
            return None
        committed()
        result, calls, context = ended
        self._count(result, calls, started)
        if result.sends and not sending(claim.ref):
            await self._jobs.sends_due(claim.ref)
        await self._tell(claim, context, result)
        return result

    async def _bury(self, claim: Claim) -> _Ended:
        """Before anything is looked at: what the lead wrote may be what breaks."""
        return await self._turns.bury(claim, f"{HandOffReason.TURN_FAILED}: {self._attempts} attempts"), (), None

    async def _run(self, claim: Claim, started: float) -> _Ended | None:
        calls: tuple[ModelCall, ...] = ()
        for restarts in range(MOST_RESTARTS + 1):
            context = await (self._turns.load(claim) if restarts else self._turns.context(claim))
            if not context.tenant.ai_answers:
                await self._turns.drop(claim)
                return None
            result = await self._result(context)
            calls += result.calls
            duration = int((self._clock.monotonic() - started) * 1000)
            committed = await self._turns.commit(
                context, replace(result, calls=calls, restarts=restarts, duration_ms=duration)
            )
            if not committed.restart:
                return committed, calls, context
            log.info("turn.restarted", conversation_id=str(claim.ref.conversation_id), restarts=restarts + 1)
            # The lead is still writing: wait until he is quiet, as at the start.
            await asyncio.sleep(min(max(committed.next_due_in or 0.0, 0.0), _LONGEST_QUIET))
        message = "the last attempt always commits"  # pragma: no cover - see MOST_RESTARTS
        raise AssertionError(message)

    def _count(self, committed: Committed, calls: tuple[ModelCall, ...], started: float) -> None:
        if self._metrics is not None and committed.outcome is not None:
            self._metrics.turn_ended(committed.outcome.value, self._clock.monotonic() - started)
            self._metrics.model_called(calls)

    async def _tell(self, claim: Claim, context: TurnContext | None, committed: Committed) -> None:
        ref = claim.ref
        log.info(
            "turn.ended",
            tenant_id=str(ref.tenant_id),
            conversation_id=str(ref.conversation_id),
            outcome=committed.outcome,
            hand_off=committed.hand_off_id is not None,
        )
        if committed.hand_off_id is not None:
            await self._jobs.summary_due(ref.tenant_id, committed.hand_off_id)
        if committed.next_due_in is not None and context is not None:
            delay = max(committed.next_due_in, 0.0)
            due = TurnDue(ref.tenant_id, context.lead_id, ref.conversation_id, None, context.channel, delay)
            await self._jobs.turns_due([due])

    async def _result(self, context: TurnContext) -> TurnResult:
        other = other_end(context)
        return replace(await self._decided(context, _guard(context), other), automatic_run=other.run)

    async def _decided(self, context: TurnContext, guard: GuardVerdict, other: OtherEnd) -> TurnResult:
        if context.account_stopped:
            return _without_answer(context, guard, HandOffReason.SEND_FAILED, say=False)
        if other.is_machine:
            return _left_to_people(context, guard, other)
        if context.cost_micros >= context.tenant.settings.monthly_budget_usd * MICROS:
            return _without_answer(context, guard, HandOffReason.BUDGET, extra=(NotificationKind.BUDGET_REACHED,))
        if not context.new:
            return _silent(context, guard)
        self._reading(context)
        return await self._asked(context, guard)

    async def _asked(self, context: TurnContext, guard: GuardVerdict) -> TurnResult:
        built = self._prompts.turn(context, context.known.stable, context.known.found)
        result = await self._answered(context, guard, built)
        return replace(result, prompt=_prompt_told(context, built))

    async def _answered(self, context: TurnContext, guard: GuardVerdict, built: BuiltPrompt) -> TurnResult:
        try:
            judged = await self._judged(context, built)
        except ModelSpendLimit as error:
            told = (NotificationKind.SPEND_LIMIT,)
            return _without_answer(context, guard, HandOffReason.MODEL_DOWN, error=error, extra=told)
        except (ModelInvalid, ModelRefused) as error:
            return _without_answer(context, guard, HandOffReason.INVALID_REPLY, error=error)
        except ModelError as error:
            return _without_answer(context, guard, HandOffReason.MODEL_DOWN, error=error)
        return _judged_result(context, guard, judged)

    async def _judged(self, context: TurnContext, built: BuiltPrompt) -> Judged:
        settings = context.tenant.settings
        answer = await self._model.ask(built.prompt, decision_schema(), parse_decision)
        decision = replace(answer.value, replies=_joined(answer.value.replies, max(settings.max_bubbles, 1)))
        if decision.intent == "spam":
            return Judged(replace(decision, replies=()), ReplyVerdict(ok=True, reasons=()), answer.calls)
        return Judged(decision, _validated(decision, _reply_facts(context, built)), answer.calls)


def _prompt_told(context: TurnContext, built: BuiltPrompt) -> dict[str, Any]:
    """Of what the prompt was made, for whoever asks why the AI said so: sizes in characters, never a lead's words."""
    known = context.known
    entries = [*known.stable, *known.found]
    titles = [(entry.title or entry.content)[:_LONGEST_TITLE] for entry in entries[:_MOST_TITLES]]
    return {
        "stable": sum(map(len, built.prompt.stable)),
        "variable": len(built.prompt.variable),
        "history": len(context.history),
        "knowledge": {"whole": bool(known.stable), "entries": len(entries), "titles": titles},
    }


def _joined(replies: tuple[str, ...], most: int) -> tuple[str, ...]:
    """At most so many messages: providers charge each, so what is over goes into the last."""
    if len(replies) <= most:
        return replies
    return (*replies[: most - 1], "\n\n".join(replies[most - 1 :]))


def _validated(decision: Decision, facts: ReplyFacts) -> ReplyVerdict:
    """The validator's verdict; one that breaks has not said that the reply is fit to be sent."""
    try:
        return validate(decision.replies, facts)
    except Exception as error:
        log.exception("validator.broke", error=type(error).__name__)
        return ReplyVerdict(ok=False, reasons=("validator.broke",))


def _guard(context: TurnContext) -> GuardVerdict:
    """The worst verdict over everything the lead gave: his words and the name he goes by."""
    verdicts = [_inspected(text) for text in [*context.texts, context.lead_name] if text]
    order = ("clean", "suspicious", "attack")
    worst = max(verdicts, key=lambda verdict: order.index(verdict.verdict), default=GuardVerdict("clean", ()))
    reasons = dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)
    return GuardVerdict(worst.verdict, tuple(reasons))


def _inspected(text: str) -> GuardVerdict:
    try:
        return inspect(text)
    except Exception as error:
        # A guard that breaks has not said that the words are clean; the turn goes on all the same.
        log.exception("guard.broke", error=type(error).__name__)
        return GuardVerdict("suspicious", ("guard.broke",))


def _reply_facts(context: TurnContext, built: BuiltPrompt) -> ReplyFacts:
    settings = context.tenant.settings
    said = [line.text for line in [*context.history, *context.new] if line.author is Author.LEAD]
    team = "\n".join(line.text for line in context.history if line.author is Author.ATTENDANT)
    return ReplyFacts(
        # What a person of the team told this lead is as good as a fact of the business.
        known_text=f"{built.public_text}\n{team}" if team else built.public_text,
        team_text=team,
        canaries=(built.canary,),
        internal_notes=(settings.internal_notes,) if settings.internal_notes else (),
        prompt_text=built.instructions,
        lead_text="\n".join([*said, context.lead_name]),
        languages=tuple(dict.fromkeys([context.tenant.locale.split("-")[0], "pt", "en"])),
        max_bubbles=max(settings.max_bubbles, 1),
    )


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


def _judged_result(context: TurnContext, guard: GuardVerdict, judged: Judged) -> TurnResult:
    decision = judged.decision
    if not judged.reply.ok:
        error = ModelInvalid(", ".join(judged.reply.reasons), calls=judged.calls)
        blocked = Incident("validator", "block", judged.reply.reasons)
        return _without_answer(context, guard, HandOffReason.INVALID_REPLY, error=error, incidents=(blocked,))
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


def _without_answer(
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


def _left_to_people(context: TurnContext, guard: GuardVerdict, other: OtherEnd) -> TurnResult:
    """Two machines would go on for ever: one last word, in case it is a person, and the AI is silent until one says otherwise."""
    result = _without_answer(context, guard, HandOffReason.AUTOMATIC)
    return replace(
        result,
        replies=(wording.transition(context.tenant, context.at),),
        transfer=Transfer(HandOffReason.AUTOMATIC, ", ".join(other.reasons), for_good=True),
        incidents=(*result.incidents, Incident("automaton", "stopped", other.reasons)),
    )


def _silent(context: TurnContext, guard: GuardVerdict) -> TurnResult:
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
    return () if guard.verdict == "clean" else (Incident("guard", guard.verdict, guard.reasons),)


def _told(verdict: str, reasons: Sequence[str]) -> dict[str, Any]:
    return {"verdict": verdict, "reasons": list(reasons)}
