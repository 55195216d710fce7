"""``LanguageModel`` on Claude's Messages API: structured output, a cached prefix, and a way out of every failure."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import anthropic
import structlog
from anthropic.types import Message

from core.domain.backoff import backoff
from core.domain.errors import ModelError, ModelInvalid, ModelRefused, ModelSpendLimit, ModelUnavailable
from core.domain.ports import Clock
from core.domain.prompt import ModelCall, ModelReply, Prompt
from pipeline.breaker import Breaker
from pipeline.model_failures import Again, Outage, classified
from pipeline.pricing import Tokens, cost_micros

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
TRIES: Final = 3
FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 8.0
"""A ``retry-after`` beyond this is not waited for: the fallback model or a person answers sooner."""
BREAKER_FAILURES: Final = 8
BREAKER_SECONDS: Final = 20.0
REQUEST_SECONDS: Final = 20.0
TOTAL_SECONDS: Final = 45.0
FIRST_SHARE: Final = 0.65


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often one model is tried, in seconds and tries."""

    tries: int = TRIES
    request: float = REQUEST_SECONDS
    total: float = TOTAL_SECONDS
    """For everything: a lead waits no longer than this before he hears of a person."""
    first_wait: float = FIRST_WAIT
    longest_wait: float = LONGEST_WAIT
    breaker_failures: int = BREAKER_FAILURES
    breaker_seconds: float = BREAKER_SECONDS


class Claude:
    """Asks the tenant's model, then its fallback. One circuit breaker a model, shared by all tenants of a process."""

    def __init__(
        self,
        client: anthropic.AsyncAnthropic,
        clock: Clock,
        jitter: Callable[[], float],
        patience: Patience = Patience(),
    ) -> None:
        """``jitter`` gives numbers from 0 to 1. The client's own retries are switched off: they are counted here."""
        self._client = client.with_options(max_retries=0, timeout=patience.request)
        self._clock = clock
        self._jitter = jitter
        self._patience = patience
        self._breakers: defaultdict[str, Breaker] = defaultdict(self._new_breaker)

    def _new_breaker(self) -> Breaker:
        patience = self._patience
        return Breaker(self._clock.monotonic, failures=patience.breaker_failures, seconds=patience.breaker_seconds)

    async def ask(
        self, prompt: Prompt, schema: Mapping[str, object], read: Callable[[Mapping[str, Any]], Answer]
    ) -> ModelReply[Answer]:
        """See ``core.domain.ports.LanguageModel``."""
        calls: list[ModelCall] = []
        models = dict.fromkeys(model for model in (prompt.model, prompt.fallback_model) if model)
        failure: ModelError = ModelUnavailable("no model is set")
        ends = self._clock.monotonic() + self._patience.total
        for model in models:
            try:
                async with asyncio.timeout(self._share(ends, last=model == [*models][-1])):
                    value = await self._ask_model(replace(prompt, model=model), schema, read, calls)
                return ModelReply(value, tuple(calls))
            except TimeoutError:
                failure = ModelUnavailable(f"{model} took too long")
            except (ModelUnavailable, ModelSpendLimit, ModelRefused) as error:
                failure = error
                if isinstance(error, ModelSpendLimit | ModelRefused):
                    break
        failure.calls = tuple(calls)
        raise failure

    def _share(self, ends: float, *, last: bool) -> float:
        """Seconds for one model of what is left for all: something is kept for the fallback."""
        left = max(ends - self._clock.monotonic(), 0.0)
        return left if last else left * FIRST_SHARE

    async def _ask_model(
        self,
        prompt: Prompt,
        schema: Mapping[str, object],
        read: Callable[[Mapping[str, Any]], Answer],
        calls: list[ModelCall],
    ) -> Answer:
        messages: list[dict[str, Any]] = [{"role": "user", "content": prompt.variable}]
        try:
            return read(_value(await self._call(prompt, schema, messages, calls)))
        except ModelInvalid as error:
            complaint = str(error)
        messages.append({"role": "user", "content": _repair(complaint)})
        try:
            return read(_value(await self._call(prompt, schema, messages, calls)))
        except ModelInvalid as error:
            error.calls = tuple(calls)
            raise

    async def _call(
        self, prompt: Prompt, schema: Mapping[str, object], messages: list[dict[str, Any]], calls: list[ModelCall]
    ) -> str:
        for attempt in range(self._patience.tries):
            try:
                return await self._guarded(prompt, schema, messages, calls)
            except Again as error:
                wait = self._wait(attempt, error.after)
                if wait is None:
                    raise ModelUnavailable(str(error)) from error
                await asyncio.sleep(wait)
        message = f"{prompt.model} did not answer"  # pragma: no cover - the last attempt always raises
        raise ModelUnavailable(message)

    async def _guarded(
        self, prompt: Prompt, schema: Mapping[str, object], messages: list[dict[str, Any]], calls: list[ModelCall]
    ) -> str:
        """One call through the model's circuit. What says nothing of the model for other tenants leaves it as it is."""
        breaker = self._breakers[prompt.model]
        leave = breaker.admit()
        if leave is None:
            message = f"the circuit of {prompt.model} is open"
            raise ModelUnavailable(message)
        try:
            text = await self._once(prompt, schema, messages, calls)
        except Outage:
            if breaker.failed(leave):
                log.warning("model.circuit_opened", model=prompt.model, seconds=self._patience.breaker_seconds)
            raise
        except (ModelRefused, ModelInvalid):
            breaker.succeeded(leave)
            raise
        else:
            breaker.succeeded(leave)
            return text
        finally:
            breaker.released(leave)

    def _wait(self, attempt: int, asked: float | None) -> float | None:
        """Seconds before the next try; ``None`` when there is none."""
        if attempt + 1 >= self._patience.tries:
            return None
        if asked is not None:
            return asked if asked <= self._patience.longest_wait else None
        wait = backoff(self._patience.first_wait, self._patience.longest_wait, attempt + 1)
        return wait * (0.75 + 0.5 * self._jitter())

    async def _once(
        self, prompt: Prompt, schema: Mapping[str, object], messages: list[dict[str, Any]], calls: list[ModelCall]
    ) -> str:
        started = self._clock.monotonic()
        outcome, answer = "error", None
        try:
            # The outer limit also covers a body that trickles: the client's own is for each read.
            async with asyncio.timeout(self._patience.request):
                answer = await self._client.messages.create(**_request(prompt, schema, messages))
            outcome = answer.stop_reason or "unknown"
            return _text(answer)
        except (anthropic.APIConnectionError, anthropic.APIResponseValidationError, TimeoutError, ValueError) as error:
            outcome = "no_answer"
            message = f"{prompt.model}: {type(error).__name__}"
            raise Again(message, None) from error
        except anthropic.APIStatusError as error:
            outcome = f"http_{error.status_code}"
            raise classified(prompt.model, error) from error
        finally:
            calls.append(_record(prompt.model, outcome, self._clock.monotonic() - started, answer))


def _request(prompt: Prompt, schema: Mapping[str, object], messages: list[dict[str, Any]]) -> dict[str, Any]:
    system: list[dict[str, Any]] = [{"type": "text", "text": text} for text in prompt.stable]
    # One breakpoint, at the end of what does not change from turn to turn.
    system[-1]["cache_control"] = {"type": "ephemeral"}
    return {
        "model": prompt.model,
        "max_tokens": prompt.max_tokens,
        "system": system,
        "messages": messages,
        "output_config": {"format": {"type": "json_schema", "schema": dict(schema)}, "effort": prompt.effort},
    }


def _text(answer: Message) -> str:
    """The answer's text: blocks are chosen by type, since a thinking block may come first."""
    if answer.stop_reason == "refusal":
        message = "the model declined to answer"
        raise ModelRefused(message)
    if answer.stop_reason in {"max_tokens", "model_context_window_exceeded"}:
        message = f"the answer is cut ({answer.stop_reason})"
        raise ModelInvalid(message)
    text = "".join(block.text for block in answer.content if block.type == "text")
    if not text.strip():
        message = "the answer is empty"
        raise ModelInvalid(message)
    return text


def _value(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        message = "the answer is not JSON"
        raise ModelInvalid(message) from error
    if not isinstance(value, dict):
        message = "the answer is not a JSON object"
        raise ModelInvalid(message)
    return value


def _repair(complaint: str) -> str:
    return f"Your previous answer could not be used: {complaint}. Answer again, only with JSON that fits the schema."


def _record(model: str, outcome: str, seconds: float, answer: Message | None) -> ModelCall:
    if answer is None:
        return ModelCall(model, outcome, int(seconds * 1000))
    usage = answer.usage
    tokens = Tokens(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens or 0,
        usage.cache_creation_input_tokens or 0,
    )
    return ModelCall(
        model=model,
        outcome=outcome,
        latency_ms=int(seconds * 1000),
        tokens_in=tokens.fresh,
        tokens_out=tokens.out,
        tokens_cache_read=tokens.cache_read,
        tokens_cache_write=tokens.cache_write,
        cost_micros=cost_micros(model, tokens),
        request_id=answer._request_id or "",  # noqa: SLF001 - the SDK's documented way to the request's id
    )
