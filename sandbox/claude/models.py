"""The models that are served, and what each accepts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model takes and gives.

    ``min_cacheable``: tokens below which a cache breakpoint silently does nothing.
    ``thinks``: a thinking block comes first unless the request says otherwise.
    """

    id: str
    min_cacheable: int
    max_output: int = 128_000
    thinks: bool = True
    allows_sampling: bool = False
    allows_budget: bool = False
    allows_prefill: bool = False
    allows_forced_tools: bool = True
    allows_disabled_thinking: bool = True


def _newest(name: str, min_cacheable: int, *, disabled: bool) -> ModelFacts:
    return ModelFacts(name, min_cacheable, allows_forced_tools=False, allows_disabled_thinking=disabled)


def _legacy(name: str, min_cacheable: int, *, prefill: bool) -> ModelFacts:
    return ModelFacts(
        name,
        min_cacheable,
        max_output=64_000,
        thinks=False,
        allows_sampling=True,
        allows_budget=True,
        allows_prefill=prefill,
    )


_SERVED = (
    _newest("claude-haiku-5-5", 512, disabled=True),
    _newest("claude-sonnet-5-5", 1024, disabled=False),
    _newest("claude-opus-5-5", 512, disabled=False),
    _newest("claude-fable-5-1", 512, disabled=False),
    _newest("claude-fable-5-2", 512, disabled=False),
    ModelFacts("claude-opus-5", 512),
    ModelFacts("claude-fable-5", 512),
    ModelFacts("claude-sonnet-5", 1024),
    ModelFacts("claude-opus-4-8", 1024, thinks=False),
    ModelFacts("claude-opus-4-7", 2048, thinks=False),
    _legacy("claude-opus-4-6", 4096, prefill=False),
    _legacy("claude-sonnet-4-6", 1024, prefill=False),
    _legacy("claude-opus-4-5", 4096, prefill=True),
    _legacy("claude-opus-4-5-20251101", 4096, prefill=True),
    _legacy("claude-sonnet-4-5", 1024, prefill=True),
    _legacy("claude-sonnet-4-5-20250929", 1024, prefill=True),
    _legacy("claude-haiku-4-5", 4096, prefill=True),
    _legacy("claude-haiku-4-5-20251001", 4096, prefill=True),
)

MODELS = {model.id: model for model in _SERVED}
