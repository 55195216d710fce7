"""Children: restarted when they crash, stopped in order, never left behind."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.console import Console
from app.embedded.processes import Identity, wait_until
from app.supervisor import Program, Supervisor
from core.domain.errors import Unavailable

_PROJECT = Path(__file__).resolve().parents[3]
_POLITE = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: (print(sys.argv[1], 'ends', flush=True), sys.exit(0)))\n"
    "print('up', flush=True)\n"
    "time.sleep(60)\n"
)
_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


class _Seen:
    """The merged log, and the process numbers children had."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.started: list[tuple[str, int]] = []
        self.supervisor = Supervisor(dict(os.environ), Console(self.stream), self._note)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def _note(self, name: str, identity: Identity | None) -> None:
        if identity is not None:
            self.started.append((name, identity.pid))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)


async def test_a_crashed_child_is_started_again() -> None:
    """Kill -9 costs a pause, not the process."""
    seen = _Seen()
    seen.supervisor.keep(Program("worker", ("-c", _POLITE, "worker")))
    await seen.until(lambda: "up" in seen.text)
    os.kill(seen.started[0][1], signal.SIGKILL)

    await seen.until(lambda: len(seen.started) == 2)
    await seen.supervisor.stop([["worker"]])
    assert "ended with signal SIGKILL" in seen.text


async def test_children_stop_group_after_group() -> None:
    """What takes work in ends before what does the work."""
    seen = _Seen()
    for name in ("worker", "web"):
        seen.supervisor.keep(Program(name, ("-c", _POLITE, name)))
    await seen.until(lambda: seen.text.count("up") == 2)

    await seen.supervisor.stop([["web"], ["worker"]])

    assert seen.text.index("web ends") < seen.text.index("worker ends")


async def test_a_deaf_child_is_killed_after_its_time() -> None:
    """Stopping always ends."""
    seen = _Seen()
    seen.supervisor.keep(Program("deaf", ("-c", _DEAF), stop_seconds=0.2))
    await seen.until(lambda: "up" in seen.text)

    await seen.supervisor.stop([["deaf"]])

    assert "killed" in seen.text


async def test_a_failing_step_is_named() -> None:
    """When `migrate` fails, nothing is started on top of it."""
    with pytest.raises(Unavailable, match="`migrate` failed with exit code 3"):
        await _Seen().supervisor.run(Program("migrate", ("-c", "raise SystemExit(3)")))


async def test_every_line_names_its_process() -> None:
    """Also a line longer than any buffer, and one without an end."""
    seen = _Seen()
    await seen.supervisor.run(Program("noisy", ("-c", "print('x' * 300_000); print('tail', end='')")))

    assert [line[:11] for line in seen.text.splitlines()] == ["noisy     │"] * 2


def test_children_do_not_outlive_a_killed_supervisor() -> None:
    """Kill -9 of the supervisor ends its children in order."""
    code = (
        "import asyncio, os, sys\n"
        "from app.console import Console\n"
        "from app.supervisor import Program, Supervisor\n"
        "async def main():\n"
        "    tell = lambda _name, identity: print(identity.pid, flush=True, file=sys.stderr)\n"
        "    Supervisor(dict(os.environ), Console(), tell).keep(Program('child', ('-c', 'import time; time.sleep(60)')))\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, cwd=_PROJECT)
    assert supervisor.stderr is not None
    child = Identity.of(int(supervisor.stderr.readline()))
    supervisor.kill()
    supervisor.communicate()

    assert child is not None
    assert wait_until(lambda: not child.alive, 10)
