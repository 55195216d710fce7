"""Writes what silent leads are told unasked, when its time has come: the business's own words, or the AI's from the thread."""

import asyncio
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog

from core.domain.decision import Decision, decision_schema, parse_decision
from core.domain.errors import ModelError, ModelInvalid, ModelRefused
from core.domain.follow_up import LONGEST_WORDS, Refusal, StepKind
from core.domain.ports import LanguageModel
from core.services.follow_ups import FollowUps, Taken
from pipeline.facts_of_turn import facts_for
from pipeline.prompt import PromptBuilder
from pipeline.validator import validate

log = structlog.get_logger(__name__)

LOOKS_EVERY: Final = 5.0
"""Seconds between two looks for one whose time has come."""


class FollowUpWriter:
    """One a time in each process: nobody waits for it."""

    def __init__(self, follow_ups: FollowUps, model: LanguageModel, prompts: PromptBuilder) -> None:
        self._follow_ups = follow_ups
        self._model = model
        self._prompts = prompts

    async def run(self, finish: asyncio.Event) -> None:
        """Look for what is to be written and write it until ``finish`` is set."""
        while not finish.is_set():
            try:
                # A task of its own: whatever a failed round leaves in its context ends with it.
                await asyncio.create_task(self.write_leaving(finish))
            except Exception as error:  # noqa: BLE001 - the loop of a process outlives every fault of its dependencies
                log.warning("follow_ups.failed", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await finish.wait()

    async def write_leaving(self, finish: asyncio.Event | None = None) -> int:
        """Write whatever is to be written now; how many are on their way."""
        written = 0
        for tenant_id, follow_up_id in await self._follow_ups.leaving():
            if finish is not None and finish.is_set():
                break
            try:
                written += await self.write(tenant_id, follow_up_id)
            except Exception as error:
                # It comes again when its lease is over, a few times: what ails one tenant's keeps nobody else's.
                log.exception("follow_up.failed", tenant_id=str(tenant_id), follow_up_id=str(follow_up_id), error=type(error).__name__)  # fmt: skip
        return written

    async def write(self, tenant_id: UUID, follow_up_id: UUID) -> bool:
        """Write one; False when it is not said, or not by us."""
        taken = await self._follow_ups.take(tenant_id, follow_up_id)
        if taken is None:
            return False
        by_ai = taken.step.kind is StepKind.AI
        written = await (self._ask(taken) if by_ai else self._follow_ups.write(taken, taken.words))
        log.info("follow_up.ended", tenant_id=str(tenant_id), follow_up_id=str(follow_up_id), written=written)
        return written

    async def _ask(self, taken: Taken) -> bool:
        context = await self._follow_ups.thread(taken)
        built = self._prompts.follow_up(context, context.known.stable, context.known.found, taken.step.text)
        try:
            answer = await self._model.ask(built.prompt, decision_schema(), parse_decision)
        except (ModelInvalid, ModelRefused) as error:
            await self._follow_ups.give_up(taken, Refusal.WORDS, error.calls)
            return False
        except ModelError as error:
            await self._follow_ups.give_up(taken, Refusal.MODEL, error.calls)
            return False
        text = _words(answer.value)
        verdict = validate((text,), facts_for(context, built))
        if answer.value.should_handoff or not verdict.ok or len(text) > LONGEST_WORDS:
            log.warning("follow_up.refused", follow_up_id=str(taken.id), reasons=verdict.reasons)
            await self._follow_ups.give_up(taken, Refusal.WORDS, answer.calls)
            return False
        return await self._follow_ups.write(taken, text, answer.calls)


def _words(decision: Decision) -> str:
    """One message: who is silent is not written several at once."""
    return "\n\n".join(decision.replies).strip()
