"""The tables of ``bench turns``: medians over the rounds of each scene, and the targets beside them."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Final

from app.bench.memory import IdleMemory
from app.bench.turns import TurnRound

_HEAD: Final = (
    f"{'':26}{'turns/s':>9}{'in flight':>16}{'added p50':>11}{'p99 ms':>9}{'since commit':>14}{'p99 ms':>9}"
    f"{'worker RSS':>12}  CPU ms a turn"
)
_PARTS: Final = ("worker", "postgres", "valkey", "web", "load")


def turns_table(scenes: Mapping[str, Sequence[TurnRound]]) -> str:
    """One line a scene, then what did not add up."""
    lines = [_HEAD, *(turn_line(name, rounds) for name, rounds in scenes.items() if rounds)]
    faults = sorted({fault for rounds in scenes.values() for one in rounds for fault in one.faults})
    lines.append(f"integrity: {'ok' if not faults else '; '.join(faults)}")
    return "\n".join(lines)


def turn_line(name: str, rounds: Sequence[TurnRound]) -> str:
    """The medians of a scene's rounds."""

    def middle(of: Callable[[TurnRound], float]) -> float:
        return median(of(one) for one in rounds)

    flight = f"{middle(lambda one: one.in_flight):.0f} (most {middle(lambda one: one.most_in_flight):.0f})"
    cpu = "  ".join(f"{part} {median(one.cpu_ms.get(part, 0.0) for one in rounds):.2f}" for part in _PARTS)
    return (
        f"{name:26}{middle(lambda one: one.rate):9.1f}{flight:>16}"
        f"{middle(lambda one: one.added_ms['p50']):11.1f}{middle(lambda one: one.added_ms['p99']):9.1f}"
        f"{middle(lambda one: one.added_since_commit_ms['p50']):14.1f}"
        f"{middle(lambda one: one.added_since_commit_ms['p99']):9.1f}"
        f"{middle(lambda one: one.rss_mb.get('worker', 0.0)):9.0f} MB  {cpu}"
    )


def memory_table(memory: IdleMemory) -> str:
    """The whole, then its parts."""
    how = "PSS" if memory.shared_counted_once else "RSS: shared memory counts in each process"
    parts = ", ".join(f"{part} {size:.0f}" for part, size in memory.parts.items())
    return f"`up`, idle: {memory.total:.0f} MB ({how}) without the emulators' {memory.emulators:.0f}: {parts}"
