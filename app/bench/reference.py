"""The reference's own benchmark, run round by round between ours, by its own harness."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

from app.bench.ingest import Ask
from core.domain.errors import ConfigurationError, Unavailable


@dataclass(frozen=True, slots=True)
class ReferenceRound:
    """What its harness recorded."""

    rate: float
    p50: float
    p99: float
    p999: float
    cpu_ms: float
    rss_mb: float
    integrity: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A set-up copy of the reference bench: ``folder`` holds its ``bench.py``, its parent the ``venv`` and ``results``."""

    folder: Path
    variant: str = "peer"

    def play(self, ask: Ask) -> ReferenceRound:
        """One round."""
        script, python = self.folder / "bench.py", self.folder.parent / "venv" / "bin" / "python"
        if not script.exists() or not python.exists():
            message = f"{self.folder} holds no reference bench that is set up: copy it there and run its setup.sh"
            raise ConfigurationError(message)
        numbers = {
            "--rounds": 1,
            "--conns": ask.conns,
            "--rate": ask.rate,
            "--duration": ask.duration,
            "--warmup": ask.warmup,
        }
        flags = [part for name, value in numbers.items() for part in (name, f"{value:g}")]
        done = subprocess.run(
            [str(python), str(script), "ingest", *flags, "--tag", "reveza", self.variant],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            message = f"the reference's bench failed:\n{done.stdout.decode(errors='replace')[-1500:]}"
            raise Unavailable(message)
        return self._last()

    def _last(self) -> ReferenceRound:
        lines = (self.folder.parent / "results" / "ingest.jsonl").read_bytes().splitlines()
        row = orjson.loads(lines[-1])
        cpu = sum(float(row["cpu_s_per_1000"].get(name, 0)) for name in ("srv", "pg", "redis"))
        times = (float(row["p50"]), float(row["p99"]), float(row["p999"]))
        return ReferenceRound(float(row["rps"]), *times, cpu, float(row["cpu"]["srv"]["rss_mb"]), str(row["integrity"]))
