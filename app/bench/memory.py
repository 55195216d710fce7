"""What a whole ``reveza up`` keeps in memory while nothing happens."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from app import running
from app.embedded.keeping import free_port
from app.embedded.places import make_folder
from app.embedded.processes import start, stop_child, tail, wait_until
from app.running import PROJECT, Running
from core.domain.errors import Unavailable

_READY_SECONDS: Final = 120.0
_SETTLE_SECONDS: Final = 10.0
"""After the start: the first sweeps and ticks have run, and nothing is being compiled any more."""
_STOP: Final = ((signal.SIGTERM, 90.0), (signal.SIGKILL, 5.0))
_MEGABYTE: Final = 1_000_000
_SANDBOX: Final = "sandbox"
_GIVEN: Final = ("PATH", "HOME", "LANG", "PYTHONPATH")


@dataclass(frozen=True, slots=True)
class IdleMemory:
    """Megabytes by part. ``shared_counted_once``: by PSS, in which memory that processes share is divided between them."""

    parts: Mapping[str, float]
    shared_counted_once: bool

    @property
    def total(self) -> float:
        """All that a production run has too: the emulators are counted apart."""
        return sum(size for part, size in self.parts.items() if part != _SANDBOX)

    @property
    def emulators(self) -> float:
        """The sandbox's process."""
        return self.parts.get(_SANDBOX, 0.0)


def measure(folder: Path) -> IdleMemory:
    """Start ``up`` over an empty folder, let it settle, look, and stop it."""
    state, log = make_folder(folder / "up"), folder / "up.log"
    given = {name: value for name, value in os.environ.items() if name in _GIVEN}
    child = start(
        [sys.executable, "-m", "app", "up", "--port", str(free_port())],
        log=log,
        death_signal=signal.SIGTERM,
        cwd=PROJECT,
        env={**given, "REVEZA_STATE_DIR": str(state)},
    )
    try:
        wait_until(lambda: child.poll() is not None or _is_ready(state), _READY_SECONDS)
        found = running.load(state)
        if child.poll() is not None or found is None or not found.ready:
            message = f"`up` did not become ready:\n{tail(log)}"
            raise Unavailable(message)
        time.sleep(_SETTLE_SECONDS)
        return _looked(child, found)
    finally:
        stop_child(child, _STOP)


def _is_ready(state: Path) -> bool:
    found = running.load(state)
    return found is not None and found.ready


def _looked(up: "subprocess.Popen[bytes]", found: Running) -> IdleMemory:
    names = {identity.pid: name for name, identity in found.children.items()} | {up.pid: "up"}
    root = psutil.Process(up.pid)
    processes = [root, *root.children(recursive=True)]
    proportional = all(_pss(process.pid) is not None for process in processes)
    parts: Counter[str] = Counter()
    for process in processes:
        size = _pss(process.pid) if proportional else process.memory_info().rss
        parts[_part_of(process, names)] += size or 0
    return IdleMemory({part: size / _MEGABYTE for part, size in parts.most_common()}, proportional)


def _part_of(process: psutil.Process, names: Mapping[int, str]) -> str:
    """The child of ``up`` that it is or belongs to: by our own name, else by its program's."""
    own = process.pid
    for one in (process, *process.parents()):
        if one.pid in names and (names[one.pid] != "up" or one.pid == own):
            return names[one.pid]
    return process.name()


def _pss(pid: int) -> int | None:
    """Bytes, as the kernel shares them out; ``None`` where it does not tell."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    sizes = [int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")]
    return sizes[0] if sizes else None
