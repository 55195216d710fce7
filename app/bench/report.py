"""Tables of rounds: medians, and ratios of the rounds that ran beside each other."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from app.bench.ingest import Round
from app.bench.reference import ReferenceRound

_HEAD: Final = (
    f"{'':12}{'req/s':>9}{'× ref':>8}{'p50 ms':>9}{'p99 ms':>9}{'p99.9 ms':>10}{'CPU ms a delivery':>50}{'RSS MB':>9}"
)
_PARTS: Final = ("web", "postgres", "valkey", "load")


def ingest_table(ours: Sequence[Round], reference: Sequence[ReferenceRound]) -> str:
    """Medians over the rounds; the ratio is the median of the ratios round by round."""
    lines = [_HEAD, _ours(ours, reference)]
    if reference:
        lines.append(_reference(reference))
    faults = sorted({fault for one in ours for fault in one.faults})
    lines.append(f"integrity: {'ok' if not faults else '; '.join(faults)}")
    return "\n".join(lines)


def _ours(rounds: Sequence[Round], reference: Sequence[ReferenceRound]) -> str:
    ratio = f"{median(a.rate / b.rate for a, b in zip(rounds, reference, strict=True)):.1f}" if reference else "–"
    cpu = {part: median(one.cpu_ms.get(part, 0.0) for one in rounds) for part in _PARTS}
    parts = " ".join(f"{part} {value:.2f}" for part, value in cpu.items())
    return (
        f"{'reveza':12}{median(one.rate for one in rounds):9.0f}{ratio:>8}"
        f"{_ms(rounds, 'p50'):9.1f}{_ms(rounds, 'p99'):9.1f}{_ms(rounds, 'p999'):10.1f}{parts:>50}"
        f"{median(one.rss_mb.get('web', 0.0) for one in rounds):9.0f}"
    )


def _ms(rounds: Sequence[Round], name: str) -> float:
    return median(one.ms[name] for one in rounds)


def _reference(rounds: Sequence[ReferenceRound]) -> str:
    cpu = f"all but load {median(one.cpu_ms for one in rounds):.2f}"
    return (
        f"{'reference':12}{median(one.rate for one in rounds):9.0f}{'1.0':>8}"
        f"{median(one.p50 for one in rounds):9.1f}{median(one.p99 for one in rounds):9.1f}"
        f"{median(one.p999 for one in rounds):10.1f}{cpu:>50}{median(one.rss_mb for one in rounds):9.0f}"
    )
