"""What the API refuses beyond wrong types: what a model does not take, how blocks may be marked."""

from collections.abc import Iterator

from sandbox.claude.errors import refuse
from sandbox.claude.models import MODELS, ModelFacts
from sandbox.claude.request import CacheControl, MessagesRequest, Prompt, Thinking
from sandbox.claude.schema import Schema, compiled

MAX_BREAKPOINTS = 4
MIN_BUDGET = 1024


def check_prompt(prompt: Prompt) -> tuple[ModelFacts, Schema | None]:
    """The model and the compiled schema; ApiError for a prompt that the API refuses."""
    model = MODELS.get(prompt.model)
    if model is None:
        refuse(f"model: {prompt.model}", 404)
    _check_turns(prompt, model)
    _check_breakpoints(list(_cache_controls(prompt)))
    if prompt.thinking is not None:
        _check_thinking(prompt.thinking, model)
    if prompt.tool_choice is not None and prompt.tool_choice.type in ("any", "tool"):
        _check_forced_tool(prompt, model)
    wanted = prompt.output_config.format if prompt.output_config else None
    return model, compiled(wanted) if wanted is not None else None


def check_request(request: MessagesRequest) -> tuple[ModelFacts, Schema | None]:
    """The same for a whole request."""
    model, schema = check_prompt(request)
    if request.max_tokens > model.max_output:
        refuse(
            f"max_tokens: {request.max_tokens} > {model.max_output}, which is the maximum allowed number of output "
            f"tokens for {model.id}"
        )
    _check_sampling(request, model)
    thinking = request.thinking
    if thinking and thinking.budget_tokens and thinking.budget_tokens >= request.max_tokens:
        refuse("`max_tokens` must be greater than `thinking.budget_tokens`.")
    return model, schema


def _check_turns(prompt: Prompt, model: ModelFacts) -> None:
    if prompt.messages[0].role != "user":
        refuse("messages: first message must use the user role")
    if prompt.messages[-1].role == "assistant" and not model.allows_prefill:
        refuse("This model does not support assistant message prefill. The conversation must end with a user message.")
    texts = [turn.content for turn in prompt.messages]
    if any(not text for text in texts):
        refuse("messages: all messages must have non-empty content")
    blocks = (block for content in texts if isinstance(content, list) for block in content)
    if any(block.type == "text" and not block.text for block in blocks):
        refuse("messages: text content blocks must be non-empty")
    if isinstance(prompt.system, list) and any(not block.text for block in prompt.system):
        refuse("system: text content blocks must be non-empty")


def _cache_controls(prompt: Prompt) -> Iterator[CacheControl]:
    marked: list[CacheControl | None] = [tool.cache_control for tool in prompt.tools or ()]
    if isinstance(prompt.system, list):
        marked += [block.cache_control for block in prompt.system]
    contents = (turn.content for turn in prompt.messages)
    marked += [block.cache_control for content in contents if isinstance(content, list) for block in content]
    yield from (mark for mark in [*marked, prompt.cache_control] if mark is not None)


def _check_breakpoints(marks: list[CacheControl]) -> None:
    if len(marks) > MAX_BREAKPOINTS:
        refuse(f"A maximum of 4 blocks with cache_control may be provided. Found {len(marks)}.")
    ttls = [mark.ttl for mark in marks]
    if "5m" in ttls and "1h" in ttls[ttls.index("5m") :]:
        refuse("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")


def _check_thinking(thinking: Thinking, model: ModelFacts) -> None:
    if thinking.budget_tokens is not None or thinking.type == "enabled":
        if not model.allows_budget:
            refuse("thinking.budget_tokens: thinking budgets are not supported by this model. Use `adaptive`.")
        if (thinking.budget_tokens or 0) < MIN_BUDGET:
            refuse("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
    if thinking.type == "disabled" and not model.allows_disabled_thinking:
        refuse("thinking.type: `disabled` is not supported by this model. Use `between_tools`.")


def _check_forced_tool(prompt: Prompt, model: ModelFacts) -> None:
    if not prompt.tools:
        refuse("tool_choice: Tool choice may only be specified while providing tools.")
    if not model.allows_forced_tools:
        refuse("tool_choice: forced tool use is not supported by this model. Use `auto`.")


def _check_sampling(request: MessagesRequest, model: ModelFacts) -> None:
    if model.allows_sampling:
        return
    for name in ("temperature", "top_p", "top_k"):
        if getattr(request, name) is not None:
            refuse(f"`{name}` is not supported by this model.")
