"""The log of model calls: enough to know which messages a context held."""

import json
from typing import Any

import aiohttp

from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.prompts import HAIKU, KNOWLEDGE, output, user

HEADERS = {"Authorization": "Bearer k", "anthropic-version": "2026-10-21"}


async def call(
    emulators: Sandbox, http: aiohttp.ClientSession, message: Any, schema: dict[str, Any] | None = None
) -> Any:
    """One structured call; the JSON of the answer's text."""
    body = {
        "model": HAIKU,
        "max_tokens": 900,
        "system": KNOWLEDGE,
        "messages": [message],
        "output_config": output(schema),
    }
    async with http.post(f"{emulators.claude_url}/v1/messages", json=body, headers=HEADERS) as response:
        return json.loads((await response.json())["content"][-1]["text"])


async def test_request_holds_the_whole_lead_text(
    emulators: Sandbox, http: aiohttp.ClientSession, claude: Control
) -> None:
    """Every line of the fence and of the history is in the log."""
    await call(emulators, http, user("um", "dois", "três", history="Lead: antes"))
    event = (await claude.events("claude_request"))[0]
    assert (
        event["lead_text"], event["lead_lines"], event["history"], event["model"],
    ) == ("um\ndois\ntrês", 3, "Lead: antes", HAIKU)  # fmt: skip


async def test_answer_follows_its_request(emulators: Sandbox, http: aiohttp.ClientSession, claude: Control) -> None:
    """Request and answer share the request id."""
    await call(emulators, http, user("Oi"))
    events = [event for event in await claude.events() if "request_id" in event]
    assert [event["event"] for event in events] == ["claude_request", "claude_answered"]
    assert len({event["request_id"] for event in events}) == 1


async def test_system_prompt_is_logged_once(emulators: Sandbox, http: aiohttp.ClientSession, claude: Control) -> None:
    """The system prompt stands whole in the log once, under the hash that the requests name."""
    for _ in range(3):
        await call(emulators, http, user("Oi"))
    systems, requests = await claude.events("claude_system"), await claude.events("claude_request")
    assert [event["text"] for event in systems] == [KNOWLEDGE]
    assert {systems[0]["system_hash"]} == {event["system_hash"] for event in requests}


async def test_summary(emulators: Sandbox, http: aiohttp.ClientSession) -> None:
    """A call that asks for a summary gets lines of the conversation."""
    schema = {
        "type": "object",
        "properties": {"summary": {"type": "array", "items": {"type": "string"}}},
        "required": ["summary"],
        "additionalProperties": False,
    }
    answered = await call(emulators, http, user(history="Lead: quero agendar\nAssistente: claro"), schema)
    assert answered == {"summary": ["Lead: quero agendar", "Assistente: claro"]}
