"""What the Claude emulator refuses, in the words of the API."""

from typing import Any, cast

import aiohttp
import pytest

from sandbox.server import Sandbox
from tests.integration.sandbox.prompts import HAIKU, SONNET

HEADERS = {"Authorization": "Bearer k", "anthropic-version": "2026-10-21"}
TOOL = {"name": "t", "input_schema": {"type": "object"}}
MARK = {"type": "ephemeral"}


def form(schema: dict[str, Any]) -> dict[str, Any]:
    """An ``output_config`` that asks for this schema."""
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def marked(count: int, **mark: str) -> list[dict[str, Any]]:
    """Text blocks with a cache breakpoint each."""
    return [{"type": "text", "text": f"block {i}", "cache_control": {**MARK, **mark}} for i in range(count)]


async def post(
    emulators: Sandbox, http: aiohttp.ClientSession, change: dict[str, Any], headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """A call with changes; a value of None takes the field out."""
    body = {"model": HAIKU, "max_tokens": 1024, "messages": [{"role": "user", "content": "Oi"}], **change}
    body = {name: value for name, value in body.items() if value is not None}
    async with http.post(f"{emulators.claude_url}/v1/messages", json=body, headers=headers or HEADERS) as response:
        return response.status, cast("dict[str, Any]", await response.json())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": 200_000}, "maximum allowed number of output tokens"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": ""}]}, "non-empty"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "prefill"),
        ({"messages": [{"role": "system", "content": "a"}]}, "messages.0.role"),
        ({"temperature": 0.2}, "temperature"),
        ({"top_p": 0.9}, "top_p"),
        ({"top_k": 5}, "top_k"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, "thinking budgets"),
        ({"model": SONNET, "thinking": {"type": "disabled"}}, "disabled"),
        ({"model": SONNET, "tools": [TOOL], "tool_choice": {"type": "any"}}, "forced tool"),
        ({"tools": [TOOL], "tool_choice": {"type": "tool", "name": "t"}}, "forced tool"),
        ({"system": marked(5)}, "A maximum of 4 blocks"),
        ({"system": [*marked(1), *marked(1, ttl="1h")]}, "must not come after"),
        ({"output_config": {"verbosity": "low"}}, "output_config.verbosity: Extra inputs are not permitted"),
        ({"answer_in": "rhyme"}, "answer_in: Extra inputs are not permitted"),
        (form({"type": "object", "properties": {}}), "'additionalProperties' must be explicitly set to false"),
        (form({"type": "integer", "minimum": 0, "maximum": 9}), "properties maximum, minimum are not supported"),
        (form({"type": "string", "maxLength": 9}), "property maxLength is not supported"),
        (form({"type": "array", "items": {"type": "string"}, "minItems": 2}), "'minItems' values other than 0 or 1"),
    ],
)
async def test_refuses(emulators: Sandbox, http: aiohttp.ClientSession, change: dict[str, Any], words: str) -> None:
    """A request that the API would refuse is a 400 that says why."""
    status, body = await post(emulators, http, change)
    assert (status, body["error"]["type"]) == (400, "invalid_request_error")
    assert words in body["error"]["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"thinking": {"type": "disabled"}},
        {"thinking": {"type": "adaptive", "display": "summarized"}},
        {"model": SONNET, "thinking": {"type": "between_tools"}},
        {"system": marked(4)},
        {"cache_control": MARK},
        {"output_config": {"effort": "low"}},
        {"tools": [TOOL], "tool_choice": {"type": "auto"}},
        {"metadata": {"user_id": "u"}, "service_tier": "auto", "stop_sequences": ["x"]},
        {"model": "claude-haiku-4-5", "temperature": 0.2},
    ],
)
async def test_takes(emulators: Sandbox, http: aiohttp.ClientSession, change: dict[str, Any]) -> None:
    """A request that the API would take is answered."""
    status, body = await post(emulators, http, change)
    assert (status, body["type"]) == (200, "message")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"anthropic-version": "2023-06-01"}, 401, "authentication_error"),
        ({"Authorization": "Bearer k"}, 400, "invalid_request_error"),
    ],
)
async def test_headers_are_required(
    emulators: Sandbox, http: aiohttp.ClientSession, headers: dict[str, str], status: int, kind: str
) -> None:
    """Neither the key nor the version may be missing."""
    got, body = await post(emulators, http, {}, headers)
    assert (status, kind) == (got, body["error"]["type"])


async def test_old_key_header(emulators: Sandbox, http: aiohttp.ClientSession) -> None:
    """The older header for the key is still good."""
    status, _ = await post(emulators, http, {}, {"x-api-key": "k", "anthropic-version": "2023-06-01"})
    assert status == 200


async def test_thinking_can_be_shown(emulators: Sandbox, http: aiohttp.ClientSession) -> None:
    """Summarized thinking has text, the default has none."""
    _, shown = await post(emulators, http, {"thinking": {"type": "adaptive", "display": "summarized"}})
    _, hidden = await post(emulators, http, {})
    assert (bool(shown["content"][0]["thinking"]), bool(hidden["content"][0]["thinking"])) == (True, False)


async def test_rate_limit_headers(emulators: Sandbox, http: aiohttp.ClientSession) -> None:
    """Every answer says what is left of the limits and names its request."""
    body = {"model": HAIKU, "max_tokens": 99, "messages": [{"role": "user", "content": "Oi"}]}
    async with http.post(f"{emulators.claude_url}/v1/messages", json=body, headers=HEADERS) as response:
        names = {name.lower() for name in response.headers}
    assert {"request-id", "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-input-tokens-reset"} <= names
