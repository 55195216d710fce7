"""What goes to the language model, and what comes back."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in two parts: ``stable`` is byte-identical from turn to turn and cached, ``variable`` is this turn's.

    ``effort`` is the provider's word for how hard to think (``low`` … ``max``).
    """

    stable: tuple[str, ...]
    variable: str
    model: str
    fallback_model: str
    effort: str
    max_tokens: int = 4096


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call that was made, for the record. Cost in millionths of a US dollar."""

    model: str
    outcome: str
    latency_ms: int
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cache_read: int = 0
    tokens_cache_write: int = 0
    cost_micros: int = 0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelReply(Generic[Answer]):
    """The model's answer, read, and every call it took to get there."""

    value: Answer
    calls: tuple[ModelCall, ...]
