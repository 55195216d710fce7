"""Claude, with a key of yours.

Costs less than five US cents: three calls of the default model and one of the thrifty one, of some 3,000 tokens each,
and one call with a wrong key. What each cost is printed (``-s``). Nobody sees anything.
"""

import os
import random
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import anthropic
import pytest

from app.settings import Settings
from core.domain.decision import Decision, decision_schema, parse_decision
from core.domain.errors import ModelUnavailable
from core.domain.prompt import ModelReply, Prompt
from core.domain.tenant import DEFAULT_MODEL, THRIFTY_MODEL
from core.services.knowledge import Entry
from pipeline.claude import Claude
from pipeline.prompt import PromptBuilder
from tests.e2e.keys import Keys, chosen
from tests.unit.pipeline.test_prompt import context

pytestmark = pytest.mark.e2e

NEEDS = {"ANTHROPIC_API_KEY": "a key of the Claude API"}
MOST_MICROS = 50_000
"""Millionths of a dollar that one call may cost: ten times what it does."""
_FACTS = [
    Entry("Quanto custa a avaliação?", "A avaliação custa R$ 120,00 e dura 50 minutos."),
    *(Entry(f"Onde fica a sala {room}?", f"A sala {room} fica no corredor {room}.") for room in range(100)),
]


class _Clock:
    """The machine's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def _claude(client: anthropic.AsyncAnthropic) -> Claude:
    return Claude(client, _Clock(), random.random)


def _client(key: str) -> anthropic.AsyncAnthropic:
    url = chosen("ANTHROPIC_BASE_URL", str(Settings.model_fields["anthropic_base_url"].default))
    return anthropic.AsyncAnthropic(api_key=key, base_url=url, http_client=anthropic.DefaultAioHttpClient())


@pytest.fixture
async def claude(keys: Keys) -> AsyncIterator[Claude]:
    """As the worker builds it."""
    async with _client(keys["ANTHROPIC_API_KEY"]) as client:
        yield _claude(client)


def _prompt(said: str, model: str, *facts: Entry) -> Prompt:
    """A turn's prompt, with no model to fall back on."""
    built = PromptBuilder(b"e2e", os.urandom).turn(context(said), [*_FACTS, *facts], []).prompt
    return replace(built, model=model, fallback_model="")


async def _decided(claude: Claude, prompt: Prompt) -> ModelReply[Decision]:
    reply = await claude.ask(prompt, decision_schema(), parse_decision)
    for call in reply.calls:
        print(
            f"\n{call.model}: {call.outcome} in {call.latency_ms} ms, {call.tokens_in} in, {call.tokens_out} out,"
            f" cache {call.tokens_cache_write} written, {call.tokens_cache_read} read: US$ {call.cost_micros / 1e6:.6f}"
        )
    return reply


@pytest.mark.parametrize("model", [DEFAULT_MODEL, THRIFTY_MODEL])
async def test_a_decision_fits_its_schema(claude: Claude, model: str) -> None:
    """At the first try, from the facts, for what the price table says."""
    reply = await _decided(claude, _prompt("Oi! Quanto custa a avaliação?", model))
    assert "120" in " ".join(reply.value.replies)
    assert [(call.model, call.outcome) for call in reply.calls] == [(model, "end_turn")]
    assert 0 < reply.calls[0].cost_micros < MOST_MICROS


async def test_the_second_call_reads_the_cache(claude: Claude) -> None:
    """What does not change from turn to turn is written once, and then read for a fraction."""
    fresh = Entry("Qual é o código do dia?", os.urandom(8).hex())
    first, second = [
        (await _decided(claude, _prompt(said, DEFAULT_MODEL, fresh))).calls[0]
        for said in ("Oi!", "Onde fica a sala 7?")
    ]
    assert (first.tokens_cache_write > 0, first.tokens_cache_read) == (True, 0)
    assert second.tokens_cache_read == first.tokens_cache_write


async def test_a_wrong_key_is_told(keys: Keys) -> None:
    """It is asked once, and nothing is paid."""
    async with _client(keys["ANTHROPIC_API_KEY"] + "0") as client:
        with pytest.raises(ModelUnavailable) as refused:
            await _decided(_claude(client), _prompt("Oi!", DEFAULT_MODEL))
    assert [(call.outcome, call.cost_micros) for call in refused.value.calls] == [("http_401", 0)]
