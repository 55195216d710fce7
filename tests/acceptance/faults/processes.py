"""Processes of ours that an experiment kills, freezes and starts again."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.embedded.processes import start, stop_child, tail, wait_until

_STOP = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))


@dataclass(slots=True)
class Program:
    """One ``python -m …``, which may run, be frozen, or be gone."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    code: Path
    log: Path
    _child: "subprocess.Popen[bytes] | None" = None
    _began: int = 0
    """How long its log was when it was last started."""

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Start it; it is not ready yet when this returns."""
        self._began = self.log.stat().st_size if self.log.exists() else 0
        self._child = start(
            [sys.executable, "-m", *self.arguments],
            log=self.log,
            death_signal=signal.SIGKILL,
            cwd=self.code,
            env=self.environment,
        )

    def kill(self) -> None:
        """End it without a word (kill -9); nothing happens when it is gone already."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def restart(self) -> None:
        """Kill it and start it anew."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Stop the clock for it (SIGSTOP)."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._send(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        self._send(signal.SIGTERM)

    def stop(self) -> int:
        """Stop it in order; its exit code."""
        if self._child is None:
            return 0
        self.thaw()
        return stop_child(self._child, _STOP)

    def said(self) -> str:
        """Its log since it was last started."""
        return self.log.read_bytes()[self._began :].decode(errors="replace") if self.log.exists() else ""

    def wait_for_line(self, text: str, seconds: float = 30.0) -> None:
        """Wait until its log, since it was last started, holds ``text``."""
        if not wait_until(lambda: text in self.said(), seconds):
            raise AssertionError(f"{self.name} did not say {text!r}:\n{tail(self.log)}")

    def _send(self, number: signal.Signals) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)
