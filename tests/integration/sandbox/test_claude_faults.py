"""Every fault of the Claude emulator, once, as the SDK meets it."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.types import Message

from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.prompts import HAIKU, SONNET, output, system, user
from tests.integration.sandbox.test_claude_sdk import said


@pytest.fixture
async def client(emulators: Sandbox) -> AsyncIterator[AsyncAnthropic]:
    """The SDK without retries of its own."""
    async with AsyncAnthropic(
        api_key="sk-ant-x", base_url=emulators.claude_url, max_retries=0, http_client=DefaultAioHttpClient(), timeout=5
    ) as made:
        yield made


async def ask(client: AsyncAnthropic, *lines: str, **changes: Any) -> Message:
    """One structured call."""
    message: Message = await client.messages.create(
        **{
            "model": HAIKU,
            "max_tokens": 1024,
            "system": system(),
            "messages": [user(*lines)],
            "output_config": output(),
            **changes,
        }
    )
    return message


async def test_hold_until_released(client: AsyncAnthropic, claude: Control) -> None:
    """A held call is listed with what the lead wrote, and answered on release."""
    await claude.post("faults", action="hold", match={"lead_text_contains": "avaliação"})
    call = asyncio.create_task(ask(client, "Quanto custa a avaliação?"))
    held = (await claude.get("held", wait_ms=2000))["held"]
    await claude.post("release", id=held[0]["id"])
    assert held[0]["lead_text"] == "Quanto custa a avaliação?"
    assert (await call).stop_reason == "end_turn"


async def test_held_caller_that_goes_away(client: AsyncAnthropic, claude: Control) -> None:
    """When the caller of a held call dies, the call leaves the list and the log says so."""
    await claude.post("faults", action="hold")
    call = asyncio.create_task(ask(client, "Oi"))
    await claude.get("held", wait_ms=2000)
    call.cancel()
    await claude.nothing_held()
    assert len(await claude.events("claude_abandoned")) == 1


async def test_hang(client: AsyncAnthropic, claude: Control) -> None:
    """A hanging call gives nothing; an impatient caller times out."""
    await claude.post("faults", action="hang", ms=30_000)
    with pytest.raises(anthropic.APITimeoutError):
        await ask(client, "Oi", timeout=0.1)


async def test_hang_ends_in_a_closed_connection(client: AsyncAnthropic, claude: Control) -> None:
    """A patient caller of a hanging call finds its connection closed."""
    await claude.post("faults", action="hang", ms=20)
    with pytest.raises(anthropic.APIConnectionError):
        await ask(client, "Oi")


async def test_delay(client: AsyncAnthropic, claude: Control) -> None:
    """A delayed call is answered, later."""
    await claude.post("faults", action="delay", ms=80)
    started = time.monotonic()
    await ask(client, "Oi")
    assert time.monotonic() - started >= 0.08


async def test_model_delay(client: AsyncAnthropic, claude: Control) -> None:
    """The constant latency applies to every call."""
    await claude.post("model_delay", ms=60)
    started = time.monotonic()
    await ask(client, "Oi")
    await ask(client, "Oi")
    assert time.monotonic() - started >= 0.12


async def test_cut_body(client: AsyncAnthropic, claude: Control) -> None:
    """Half of the body comes, then the connection ends."""
    await claude.post("faults", action="cut")
    with pytest.raises((anthropic.APIConnectionError, anthropic.APIResponseValidationError)):
        await ask(client, "Oi")


async def test_cut_stream(client: AsyncAnthropic, claude: Control) -> None:
    """A stream ends in the middle, before its last event."""
    await claude.post("faults", action="cut")
    stream = await client.messages.create(
        model=HAIKU, max_tokens=1024, messages=[user("Oi")], system=system(), stream=True
    )
    kinds = []
    with contextlib.suppress(anthropic.APIError, httpx2.HTTPError):
        async for event in stream:
            kinds.append(event.type)  # noqa: PERF401 - what came before the end is the claim
    assert "message_start" in kinds
    assert "message_stop" not in kinds


async def test_error_inside_a_stream(client: AsyncAnthropic, claude: Control) -> None:
    """A stream may fail after its 200 with an error event."""
    await claude.post("faults", action="stream_error", http=529)
    stream = await client.messages.create(
        model=HAIKU, max_tokens=1024, messages=[user("Oi")], system=system(), stream=True
    )
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        async for _ in stream:
            pass


async def test_refusal(client: AsyncAnthropic, claude: Control) -> None:
    """A refusal has its stop reason and no text."""
    await claude.post("faults", action="refusal")
    message = await ask(client, "Oi")
    assert (message.stop_reason, said(message)) == ("refusal", "")


async def test_max_tokens(client: AsyncAnthropic, claude: Control) -> None:
    """An answer that is cut off says so and is half a JSON."""
    await claude.post("faults", action="max_tokens")
    message = await ask(client, "Oi")
    assert message.stop_reason == "max_tokens"
    with pytest.raises(json.JSONDecodeError):
        json.loads(said(message))


async def test_small_max_tokens_ends_in_thought(client: AsyncAnthropic) -> None:
    """With few tokens the model may end before it says anything."""
    message = await ask(client, "Oi", max_tokens=10)
    assert (message.stop_reason, [block.type for block in message.content]) == ("max_tokens", ["thinking"])


async def test_empty(client: AsyncAnthropic, claude: Control) -> None:
    """An empty text ends as if all were well."""
    await claude.post("faults", action="empty")
    message = await ask(client, "Oi")
    assert (message.stop_reason, said(message)) == ("end_turn", "")


async def test_invalid_json(client: AsyncAnthropic, claude: Control) -> None:
    """Broken JSON ends as if all were well."""
    await claude.post("faults", action="invalid_json")
    message = await ask(client, "Oi")
    assert message.stop_reason == "end_turn"
    with pytest.raises(json.JSONDecodeError):
        json.loads(said(message))


async def test_wrong_schema(client: AsyncAnthropic, claude: Control) -> None:
    """Valid JSON of another form."""
    await claude.post("faults", action="wrong_schema")
    assert "reply" not in json.loads(said(await ask(client, "Oi")))


async def test_decision(client: AsyncAnthropic, claude: Control) -> None:
    """Chosen fields of the answer are overridden, the others stay."""
    await claude.post(
        "faults", action="decision", decision={"should_handoff": True, "reply": ["veja https://x.example"]}
    )
    decision = json.loads(said(await ask(client, "Oi")))
    assert (
        decision["should_handoff"], decision["reply"], decision["intent"],
    ) == (True, ["veja https://x.example"], "greeting")  # fmt: skip


async def test_match_by_model(client: AsyncAnthropic, claude: Control) -> None:
    """A rule for one model leaves the fallback model alone."""
    await claude.post("faults", action="status", http=529, match={"model": HAIKU}, times=None)
    with pytest.raises(anthropic.OverloadedError):
        await ask(client, "Oi")
    assert (await ask(client, "Oi", model=SONNET)).stop_reason == "end_turn"


async def test_match_by_text(client: AsyncAnthropic, claude: Control) -> None:
    """A rule for a text catches that lead alone."""
    await claude.post("faults", action="refusal", match={"text_contains": "BOMBA"}, times=None)
    reasons = [(await ask(client, text)).stop_reason for text in ("Oi", "bomba de sucção?", "Oi")]
    assert reasons == ["end_turn", "refusal", "end_turn"]
