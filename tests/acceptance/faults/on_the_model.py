"""A model that is busy, hangs, breaks off, or answers what nobody can use."""

from collections import Counter
from typing import Any, Final

from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.run import Run

_PASSING: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("status", {"http": 429, "retry_after": 0.3}),
    ("status", {"http": 529}),
    ("status", {"http": 500}),
    ("hang", {"ms": 800}),
    ("cut", {}),
    ("empty", {}),
    ("invalid_json", {}),
    ("wrong_schema", {}),
)
_LASTING: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("status", {"http": 429, "retry_after": 60}),
    ("status", {"http": 529}),
    ("hang", {"ms": 700}),
    ("cut", {}),
    ("empty", {}),
    ("invalid_json", {}),
    ("refusal", {}),
)


async def break_the_model(run: Run) -> None:
    """Some leads meet each fault once, others at every call."""
    for who, (action, settings) in zip(_passing(run), _PASSING * 2, strict=True):
        await run.emulator.claude.arm(action, {"lead_text_contains": who.token(1)}, **settings)
    for who, (action, settings) in zip(_lasting(run), _LASTING * 2, strict=True):
        await run.emulator.claude.arm(action, {"lead_text_contains": f"l{who.lead:04d}m"}, times=None, **settings)


_SPARED: Final = 24
"""Of thirty leads so many may be spared their fault: while a circuit is open the model is not asked, and people have them."""


async def let_it_pass(run: Run) -> None:
    """Until the faults have been met, and a little longer for the repetitions."""
    await run.emulator.claude.bitten(15.0, misses=_SPARED)
    await run.pause(3.0, 4.0)


async def one_generic_each(run: Run, verdict: Verdict) -> None:
    """Who met a lasting fault was told so once, and a person has him; nobody was told twice."""
    rows = await run.dump()
    generics = Counter(row.phone + row.slug for row in rows.messages if row.purpose == "generic")
    assert verdict.fates["generic"] > 0
    assert set(generics.values()) == {1}
    assert all(one.status == "waiting_human" for one in rows.conversations.values() if one.phone + one.slug in generics)


def _passing(run: Run) -> list[Who]:
    return [Who(run.number, 0, lead) for lead in range(2 * len(_PASSING))]


def _lasting(run: Run) -> list[Who]:
    return [Who(run.number, 1, 30 + lead) for lead in range(2 * len(_LASTING))]
