"""A Messages request: its fields, as the API types them."""

from itertools import takewhile
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.claude.errors import ApiError
from sandbox.wire import JsonObject


class Strict(BaseModel):
    """An object that takes no fields beyond its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CacheControl(Strict):
    """A cache breakpoint."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class SystemBlock(Strict):
    """A text block of the system prompt."""

    type: Literal["text"]
    text: str
    cache_control: CacheControl | None = None
    citations: Any = None


class Block(BaseModel):
    """A content block of a message; kinds other than text are taken as they are."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    text: str | None = None
    cache_control: CacheControl | None = None


class Turn(Strict):
    """One message of the conversation."""

    role: Literal["user", "assistant"]
    content: str | list[Block]

    @property
    def text(self) -> str:
        """The texts of the message, one after the other."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(block.text for block in self.content if block.type == "text" and block.text)


class OutputConfig(Strict):
    """Effort, and the form of the answer."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: JsonObject | None = None


class Thinking(Strict):
    """How the model thinks."""

    type: Literal["enabled", "adaptive", "disabled", "between_tools"]
    budget_tokens: int | None = None
    display: Literal["summarized", "omitted"] | None = None


class Tool(BaseModel):
    """A tool definition; its own schema is not looked into."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str
    cache_control: CacheControl | None = None


class ToolChoice(BaseModel):
    """Whether a tool has to be used."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: Literal["auto", "any", "tool", "none"]


class Prompt(Strict):
    """What both calls share: everything that makes up the input."""

    model: str
    messages: Annotated[list[Turn], Field(min_length=1)]
    system: str | list[SystemBlock] | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    cache_control: CacheControl | None = None

    @property
    def system_text(self) -> str:
        """The system prompt's blocks, one after the other."""
        if isinstance(self.system, list):
            return "\n".join(block.text for block in self.system)
        return self.system or ""

    @property
    def last_user_text(self) -> str:
        """What the user wrote since the last answer: several messages in a row are one turn to the model."""
        latest = takewhile(lambda turn: turn.role == "user", reversed(self.messages))
        return "\n".join(turn.text for turn in reversed(list(latest)))


class MessagesRequest(Prompt):
    """``POST /v1/messages``."""

    max_tokens: Annotated[int, Field(ge=0)]
    stream: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    metadata: JsonObject | None = None
    service_tier: Literal["auto", "standard_only"] | None = None
    speed: Literal["standard", "fast"] | None = None
    inference_geo: str | None = None
    diagnostics: JsonObject | None = None
    container: Any = None
    user_profile_id: str | None = None
    workspace_id: str | None = None


def parse_messages(body: JsonObject) -> MessagesRequest:
    """The request; ApiError 400 in the API's words otherwise."""
    try:
        return MessagesRequest.model_validate(body)
    except ValidationError as error:
        raise _first_problem(error) from error


def parse_count(body: JsonObject) -> Prompt:
    """The request of a token count; ApiError 400 otherwise."""
    try:
        return Prompt.model_validate(body)
    except ValidationError as error:
        raise _first_problem(error) from error


def _first_problem(error: ValidationError) -> ApiError:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ApiError(400, f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}")
