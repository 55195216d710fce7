"""The anthropic SDK, as it is published, against the Claude emulator."""

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import anthropic
import pytest
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.types import Message, ParsedTextBlock, TextBlock
from pydantic import BaseModel

from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.prompts import HAIKU, KNOWLEDGE, SONNET, output, system, user


def said(message: Message) -> str:
    """The text of the answer, wherever it stands."""
    return "".join(block.text for block in message.content if isinstance(block, TextBlock))


@pytest.fixture(params=["aiohttp", "default"])
async def client(emulators: Sandbox, request: pytest.FixtureRequest) -> AsyncIterator[AsyncAnthropic]:
    """The SDK over both of its transports."""
    http_client = DefaultAioHttpClient() if request.param == "aiohttp" else None
    async with AsyncAnthropic(
        api_key="sk-ant-x", base_url=emulators.claude_url, max_retries=0, http_client=http_client
    ) as made:
        yield made


async def ask(client: AsyncAnthropic, *lines: str, **changes: Any) -> Message:
    """One call in the product's form."""
    message: Message = await client.messages.create(
        **{"model": HAIKU, "max_tokens": 1024, "system": system(), "messages": [user(*lines)], **changes}
    )
    return message


async def test_create(client: AsyncAnthropic) -> None:
    """A plain call is answered from the prompt's facts."""
    message = await ask(client, "Quanto custa a avaliação?")
    assert "R$ 150,00" in said(message)
    assert (message.stop_reason, message.model) == ("end_turn", HAIKU)


async def test_thinking_comes_first(client: AsyncAnthropic) -> None:
    """The first block is not the text."""
    message = await ask(client, "Oi")
    assert [block.type for block in message.content] == ["thinking", "text"]


async def test_stream(client: AsyncAnthropic) -> None:
    """A stream gives the same answer piece by piece."""
    async with client.messages.stream(
        model=SONNET, max_tokens=1024, system=system(), messages=[user("Qual o horário?")]
    ) as stream:
        pieces = [piece async for piece in stream.text_stream]
        final = await stream.get_final_message()
    assert len(pieces) > 1
    assert "8h às 18h" in "".join(pieces)
    assert final.usage.output_tokens > 20


async def test_structured_output(client: AsyncAnthropic) -> None:
    """The text is JSON of the schema's form."""
    message = await ask(client, "Oi", "quanto custa a limpeza de pele?", output_config=output())
    decision = json.loads(said(message))
    assert (decision["intent"], decision["should_handoff"]) == ("buying", False)
    assert "R$ 220,00" in decision["reply"][0]


class Weather(BaseModel):
    """A form that the stand-in knows nothing about."""

    city: str
    sky: Literal["clear", "clouds"]
    wind: float | None
    hours: list[int]


async def test_parse(client: AsyncAnthropic) -> None:
    """The SDK's own parsing gets a valid value for any form."""
    parsed = await client.messages.parse(
        model=HAIKU, max_tokens=1024, messages=[user("Como está o tempo?")], output_format=Weather
    )
    block = next(block for block in parsed.content if isinstance(block, ParsedTextBlock))
    assert isinstance(block.parsed_output, Weather)


async def test_count_tokens(client: AsyncAnthropic) -> None:
    """The count is what the call is billed for."""
    counted = await client.messages.count_tokens(model=HAIKU, system=system(), messages=[user("Oi")])
    message = await ask(client, "Oi")
    assert counted.input_tokens == message.usage.input_tokens


async def test_cache_over_two_calls(client: AsyncAnthropic) -> None:
    """The first call writes the system prompt into the cache, the second reads exactly that."""
    long = system(KNOWLEDGE * 4, cached=True)
    first = (await ask(client, "Oi", system=long)).usage
    second = (await ask(client, "Outra pergunta", system=long)).usage
    assert (first.cache_read_input_tokens, second.cache_creation_input_tokens) == (0, 0)
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens
    assert first.cache_creation is not None
    assert first.cache_creation.ephemeral_5m_input_tokens == first.cache_creation_input_tokens


async def test_short_prefix_is_not_cached(client: AsyncAnthropic) -> None:
    """Below the model's minimum a breakpoint silently does nothing."""
    usage = (await ask(client, "Oi", system=system("Curto.", cached=True))).usage
    assert (usage.cache_creation_input_tokens, usage.cache_read_input_tokens) == (0, 0)


@pytest.mark.parametrize(
    ("rule", "error", "kind"),
    [
        ({"http": 429, "retry_after": 3}, anthropic.RateLimitError, "rate_limit_error"),
        ({"http": 529}, anthropic.OverloadedError, "overloaded_error"),
        ({"http": 500}, anthropic.InternalServerError, "api_error"),
        ({"http": 504}, anthropic.GatewayTimeoutError, "timeout_error"),
        ({"http": 400, "message": "You have reached your specified API usage limits."}, anthropic.BadRequestError, "invalid_request_error"),
    ],
)  # fmt: skip
async def test_typed_errors(
    client: AsyncAnthropic, claude: Control, rule: dict[str, Any], error: type[anthropic.APIStatusError], kind: str
) -> None:
    """Errors on demand are the SDK's own classes, with a request id."""
    await claude.post("faults", action="status", **rule)
    with pytest.raises(error) as caught:
        await ask(client, "Oi")
    assert kind == caught.value.type
    assert str(caught.value.request_id).startswith("req_")


async def test_retry_after_is_told(client: AsyncAnthropic, claude: Control) -> None:
    """A rate limit says when to come again."""
    await claude.post("faults", action="status", http=429, retry_after=3)
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask(client, "Oi")
    assert caught.value.response.headers["retry-after"] == "3"


async def test_spend_limit_has_a_code_and_no_retry_after(client: AsyncAnthropic, claude: Control) -> None:
    """A spend limit is a 429 that names its cause and no time."""
    await claude.post("faults", action="status", http=429, error_code="enforced_spend_limit_reached")
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask(client, "Oi")
    assert caught.value.error_code == "enforced_spend_limit_reached"
    assert "retry-after" not in caught.value.response.headers


async def test_unknown_model(client: AsyncAnthropic) -> None:
    """A model that is not served is not found."""
    with pytest.raises(anthropic.NotFoundError) as caught:
        await ask(client, "Oi", model="claude-haiku-9")
    assert caught.value.type == "not_found_error"


async def test_bad_request(client: AsyncAnthropic) -> None:
    """What the API refuses is the SDK's BadRequestError with the reason."""
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        await ask(client, "Oi", extra_body={"temperature": 0.5})


async def test_sdk_retries(emulators: Sandbox, claude: Control) -> None:
    """After an overload the SDK comes again by itself and is answered."""
    await claude.post("faults", action="status", http=529, retry_after=0.01)
    async with AsyncAnthropic(api_key="sk-ant-x", base_url=emulators.claude_url, max_retries=1) as client:
        message = await ask(client, "Oi")
    assert message.stop_reason == "end_turn"
    assert len(await claude.events("claude_request")) == 2
