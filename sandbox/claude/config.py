"""How the Claude emulator behaves."""

from pydantic import BaseModel, ConfigDict, Field


class ClaudeConfig(BaseModel):
    """The Claude half of the configuration file; with no ``api_keys`` any key is good."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_keys: tuple[str, ...] = ()
    model_delay_ms: int = Field(default=0, ge=0)
    requests_per_minute: int = Field(default=4000, ge=1)
    input_tokens_per_minute: int = Field(default=4_000_000, ge=1)
    output_tokens_per_minute: int = Field(default=800_000, ge=1)
