"""Asking Claude, and every way in which it does not answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import ModelError, ModelInvalid, ModelRefused, ModelSpendLimit, ModelUnavailable
from tests import patience
from tests.fakes import ManualClock
from tests.integration.pipeline.claude_bench import HAIKU, LONG, PATIENCE, SONNET, ClaudeBench, open_claude, prompt


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[ClaudeBench]:
    """The adapter against an emulator."""
    async with open_claude(tmp_path / "log.jsonl") as made:
        yield made


async def outcomes(bench: ClaudeBench, error: type[ModelError]) -> list[str]:
    """The outcome of every call that led to this error."""
    with pytest.raises(error) as raised:
        await bench.ask()
    return [f"{call.model}: {call.outcome}" for call in raised.value.calls]


async def test_a_structured_answer(bench: ClaudeBench) -> None:
    """A decision comes back in the schema, from the prompt's facts, behind a thinking block."""
    reply = await bench.ask()
    assert "R$ 120,00" in reply.value.replies[0]


async def test_another_schema(bench: ClaudeBench) -> None:
    """Any schema is asked for in the same way."""
    schema = {
        "type": "object",
        "properties": {"summary": {"type": "array", "items": {"type": "string"}}},
        "required": ["summary"],
        "additionalProperties": False,
    }
    assert list((await bench.ask_for(schema)).value) == ["summary"]


async def test_a_call_is_recorded(bench: ClaudeBench) -> None:
    """Model, outcome, tokens, cost and the request's id."""
    (call,) = (await bench.ask()).calls
    assert (call.model, call.outcome, call.request_id[:4]) == (SONNET, "end_turn", "req_")
    assert min(call.tokens_in + call.tokens_cache_write, call.tokens_out, call.cost_micros) > 0


async def test_the_second_call_reads_the_cache(bench: ClaudeBench) -> None:
    """The stable part is written once and read afterwards, at a fraction of the price."""
    first, second = [(await bench.ask(prompt(said, facts=LONG))).calls[0] for said in ("Oi", "Onde fica a sala 7?")]
    assert first.tokens_cache_write > 1024
    assert (second.tokens_cache_read, second.tokens_cache_write) == (first.tokens_cache_write, 0)
    assert second.cost_micros < first.cost_micros


@pytest.mark.parametrize("action", ["invalid_json", "wrong_schema", "empty", "max_tokens"])
async def test_one_repair_attempt(bench: ClaudeBench, action: str) -> None:
    """An answer that cannot be used is asked for once more, and both calls are recorded."""
    await bench.fault(action)
    reply = await bench.ask()
    assert (bool(reply.value.replies), len(reply.calls)) == (True, 2)


@pytest.mark.parametrize("action", ["invalid_json", "wrong_schema", "empty", "max_tokens"])
async def test_no_second_repair(bench: ClaudeBench, action: str) -> None:
    """Twice useless is invalid: no third call, and no other model."""
    await bench.fault(action, times=None)
    assert [outcome.split(":")[0] for outcome in await outcomes(bench, ModelInvalid)] == [SONNET, SONNET]


async def test_the_repair_says_what_was_wrong(bench: ClaudeBench) -> None:
    """The model reads the complaint, after the same prompt."""
    await bench.fault("invalid_json")
    await bench.fault("decision", match={"text_contains": "could not be used"}, decision={"reply": ["repaired"]})
    assert (await bench.ask()).value.replies == ("repaired",)


async def test_a_refusal_is_not_tried_again(bench: ClaudeBench) -> None:
    """What the model declines it would decline again, and so would the other."""
    await bench.fault("refusal", times=None)
    assert await outcomes(bench, ModelRefused) == [f"{SONNET}: refusal"]


async def test_an_overload_is_tried_again(bench: ClaudeBench) -> None:
    """529, then an answer."""
    await bench.fault("status", http=529)
    assert [call.outcome for call in (await bench.ask()).calls] == ["http_529", "end_turn"]


async def test_retry_after_is_honoured(bench: ClaudeBench) -> None:
    """A wait that the API names is waited for."""
    await bench.fault("status", http=429, retry_after=0.25)
    started = time.monotonic()
    await bench.ask()
    assert time.monotonic() - started >= 0.25


async def test_a_long_retry_after_is_not_waited_for(bench: ClaudeBench) -> None:
    """Beyond our patience the fallback model answers instead, at once."""
    await bench.fault("status", http=429, retry_after=60, match={"model": SONNET})
    assert [(call.model, call.outcome) for call in (await bench.ask()).calls] == [
        (SONNET, "http_429"), (HAIKU, "end_turn"),
    ]  # fmt: skip


async def test_the_fallback_answers_after_the_last_try(bench: ClaudeBench) -> None:
    """A model that stays overloaded is given up after three tries."""
    await bench.fault("status", http=529, times=None, match={"model": SONNET})
    assert [call.model for call in (await bench.ask()).calls] == [SONNET, SONNET, SONNET, HAIKU]


async def test_both_models_down(bench: ClaudeBench) -> None:
    """Every call is in the error's record."""
    await bench.fault("status", http=529, times=None)
    assert await outcomes(bench, ModelUnavailable) == [f"{SONNET}: http_529"] * 3 + [f"{HAIKU}: http_529"] * 3


async def test_a_hang_ends_in_the_fallback(bench: ClaudeBench) -> None:
    """A model that says nothing costs three time-outs, and no more."""
    await bench.fault("hang", times=None, match={"model": SONNET})
    reply = await bench.ask()
    assert [(call.model, call.outcome) for call in reply.calls] == [*[(SONNET, "no_answer")] * 3, (HAIKU, "end_turn")]


async def test_the_fallback_gets_its_turn_within_the_total(bench: ClaudeBench) -> None:
    """However patient one request is, what is left of the time belongs to the fallback."""
    bench.patient(replace(PATIENCE, request=30.0, total=2.0))
    await bench.fault("hang", times=None, match={"model": SONNET})
    reply = await bench.ask()
    assert reply.calls[-1].model == HAIKU


async def test_half_an_answer_is_none(bench: ClaudeBench) -> None:
    """A connection cut in the middle of the body is tried again."""
    await bench.fault("cut")
    assert [call.outcome for call in (await bench.ask()).calls] == ["no_answer", "end_turn"]


@pytest.mark.parametrize(
    "rule",
    [
        {"http": 429, "error_code": "spend_limit_reached"},
        {"http": 400, "message": "Your credit balance is too low to access the API."},
        {"http": 400, "message": "You have reached your specified API usage limits. You will regain access tomorrow."},
        {"http": 402},
    ],
)
async def test_a_spend_limit_is_not_tried_again(bench: ClaudeBench, rule: dict[str, object]) -> None:
    """No try and no other model helps before somebody raises the limit."""
    await bench.fault("status", times=None, **rule)
    assert await outcomes(bench, ModelSpendLimit) == [f"{SONNET}: http_{rule['http']}"]


async def test_a_rate_limit_without_a_time_is_tried_again(bench: ClaudeBench) -> None:
    """A 429 that says nothing of spending is an ordinary rate limit."""
    await bench.fault("status", http=429)
    assert [call.outcome for call in (await bench.ask()).calls] == ["http_429", "end_turn"]


async def test_a_wrong_key_is_not_tried_again(bench: ClaudeBench) -> None:
    """What the API refuses outright is asked once of each model."""
    await bench.fault("status", http=401, times=None)
    assert await outcomes(bench, ModelUnavailable) == [f"{SONNET}: http_401", f"{HAIKU}: http_401"]


async def test_no_fallback_is_set(bench: ClaudeBench) -> None:
    """A tenant without a fallback model has one model."""
    await bench.fault("status", http=529, times=None)
    with pytest.raises(ModelUnavailable) as raised:
        await bench.ask(replace(prompt(), fallback_model=""))
    assert len(raised.value.calls) == 3


async def test_the_circuit_opens(bench: ClaudeBench) -> None:
    """After so many failures in a row the model is not even called, and the fallback answers at once."""
    bench.patient(replace(PATIENCE, breaker_failures=3, breaker_seconds=60))
    await bench.fault("status", http=529, times=None, match={"model": SONNET})
    await bench.ask()
    assert [call.model for call in (await bench.ask()).calls] == [HAIKU]


async def test_the_circuit_closes_again(bench: ClaudeBench) -> None:
    """After its time one call is let through; when that succeeds the model is back."""
    bench.patient(replace(PATIENCE, breaker_failures=3, breaker_seconds=0.2))
    await bench.fault("status", http=529, times=3, match={"model": SONNET})
    await bench.ask()
    async with asyncio.timeout(patience.PATIENCE):
        while [call.model for call in (await bench.ask()).calls] != [SONNET]:
            await asyncio.sleep(0.02)
    assert [call.model for call in (await bench.ask()).calls] == [SONNET]


async def test_useless_answers_do_not_open_the_circuit(bench: ClaudeBench) -> None:
    """A model that refuses one lead is there for the next."""
    bench.patient(replace(PATIENCE, breaker_failures=1, breaker_seconds=60))
    await bench.fault("refusal")
    await outcomes(bench, ModelRefused)
    assert (await bench.ask()).calls[0].outcome == "end_turn"


async def test_a_cancelled_call_ends_at_once(bench: ClaudeBench) -> None:
    """A turn that went to another worker does not go on asking, and closes no circuit."""
    bench.patient(replace(PATIENCE, request=30, breaker_failures=1, breaker_seconds=60))
    await bench.fault("hang")
    call = asyncio.create_task(bench.ask())
    async with asyncio.timeout(patience.PATIENCE):
        while not await bench.asked():
            await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert [made.model for made in (await bench.ask()).calls] == [SONNET]


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_one_tenants_refused_requests_do_not_open_the_circuit(bench: ClaudeBench, status: int) -> None:
    """What the API refuses of one tenant's request says nothing of the model for the others."""
    bench.patient(replace(PATIENCE, breaker_failures=1, breaker_seconds=60))
    await bench.fault("status", http=status, times=3, match={"model": SONNET})
    for _ in range(3):
        assert [call.outcome for call in (await bench.ask()).calls] == [f"http_{status}", "end_turn"]
    assert [call.model for call in (await bench.ask()).calls] == [SONNET]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_opens_the_circuit(bench: ClaudeBench, status: int) -> None:
    """The key is the whole installation's: no tenant's next request would fare better."""
    bench.patient(replace(PATIENCE, breaker_failures=1, breaker_seconds=60))
    await bench.fault("status", http=status, match={"model": SONNET})
    await bench.ask()
    assert [call.model for call in (await bench.ask()).calls] == [HAIKU]


async def test_a_wall_clock_set_back_does_not_hold_the_circuit(
    bench: ClaudeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The circuit's time is measured on the monotonic clock alone."""
    clock, wall = ManualClock(), time.time
    bench.patient(replace(PATIENCE, breaker_failures=3, breaker_seconds=20), clock)
    await bench.fault("status", http=529, times=3, match={"model": SONNET})
    await bench.ask()
    monkeypatch.setattr(time, "time", lambda: wall() - 3600)
    assert [call.model for call in (await bench.ask()).calls] == [HAIKU]
    clock.advance(20)
    assert [call.model for call in (await bench.ask()).calls] == [SONNET]


async def test_a_cancelled_probe_lets_the_next_call_try(bench: ClaudeBench) -> None:
    """A probe whose turn went elsewhere does not keep the circuit half-open for ever."""
    clock = ManualClock()
    bench.patient(replace(PATIENCE, request=30, breaker_failures=3, breaker_seconds=20), clock)
    await bench.fault("status", http=529, times=3, match={"model": SONNET})
    await bench.ask()
    clock.advance(20)
    await bench.fault("hang")
    before = await bench.asked()
    probe = asyncio.create_task(bench.ask())
    async with asyncio.timeout(patience.PATIENCE):
        while await bench.asked() == before:
            await asyncio.sleep(0.01)
    assert [call.model for call in (await bench.ask()).calls] == [HAIKU]
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert [call.model for call in (await bench.ask()).calls] == [SONNET]
