"""One turn of the AI, top to bottom: guard, context, Claude, validate, commit."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import structlog

from core.domain.conversation import HandOffReason
from core.domain.decision import Decision, decision_schema, parse_decision
from core.domain.errors import ModelError, ModelInvalid, ModelRefused, ModelSpendLimit
from core.domain.notification import NotificationKind
from core.domain.ports import Clock, ConversationRef, Jobs, LanguageModel, TurnDue
from core.domain.prompt import ModelCall
from core.services.turn_state import Claim, Committed, TurnContext, TurnResult
from core.services.turns import MOST_RESTARTS, Turns
from pipeline.asking_for_data import heard_request, with_request
from pipeline.facts_of_turn import facts_for
from pipeline.guard import GuardVerdict, inspect
from pipeline.listening import OtherEnd, other_end
from pipeline.metrics import WorkerMetrics
from pipeline.opting_out import heard_wish, with_wish
from pipeline.prompt import BuiltPrompt, PromptBuilder
from pipeline.reply_facts import ReplyFacts
from pipeline.turn_results import Judged, judged_result, left_to_people, silent, without_answer
from pipeline.validator import ReplyVerdict, validate

log = structlog.get_logger(__name__)

MICROS: Final = 1_000_000
_LONGEST_QUIET: Final = 15.0
_MOST_TITLES: Final = 20
_LONGEST_TITLE: Final = 80


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
        other, guard = other_end(context), _guard(context)
        wish, asked = await heard_wish(context), await heard_request(context)
        said = [one for one in (wish, asked) if one is not None]
        alone = bool(said) and any(one.alone for one in said)
        bare = alone and not context.account_stopped and not other.is_machine
        result = silent(context, guard) if bare else await self._decided(context, guard, other)
        if wish is not None:
            result = with_wish(context, result, wish)
        if asked is not None:
            result = with_request(context, result, asked)
        return replace(result, automatic_run=other.run)

    async def _decided(self, context: TurnContext, guard: GuardVerdict, other: OtherEnd) -> TurnResult:
        if context.account_stopped:
            return without_answer(context, guard, HandOffReason.SEND_FAILED, say=False)
        if other.is_machine:
            return left_to_people(context, guard, HandOffReason.AUTOMATIC, ", ".join(other.reasons), other.reasons)
        if context.cost_micros >= context.tenant.settings.monthly_budget_usd * MICROS:
            return without_answer(context, guard, HandOffReason.BUDGET)
        if context.beyond_plan:
            return left_to_people(context, guard, HandOffReason.BEYOND_PLAN, HandOffReason.BEYOND_PLAN.value)
        if not context.new:
            return silent(context, guard)
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
            return without_answer(context, guard, HandOffReason.MODEL_DOWN, error=error, extra=told)
        except (ModelInvalid, ModelRefused) as error:
            return without_answer(context, guard, HandOffReason.INVALID_REPLY, error=error)
        except ModelError as error:
            return without_answer(context, guard, HandOffReason.MODEL_DOWN, error=error)
        return judged_result(context, guard, judged)

    async def _judged(self, context: TurnContext, built: BuiltPrompt) -> Judged:
        settings = context.tenant.settings
        answer = await self._model.ask(built.prompt, decision_schema(), parse_decision)
        decision = replace(answer.value, replies=_joined(answer.value.replies, max(settings.max_bubbles, 1)))
        if decision.intent == "spam":
            return Judged(replace(decision, replies=()), ReplyVerdict(ok=True, reasons=()), answer.calls)
        return Judged(decision, _validated(decision, facts_for(context, built)), answer.calls)


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
