"""Child processes that do not outlive us, and processes of an earlier run that did."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from app.embedded.places import Account

_PR_SET_PDEATHSIG = 1
"""From ``<linux/prctl.h>``: the signal the kernel sends to a child whose parent thread ended."""
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Identity:
    """One process, told apart from a later one that got the same number."""

    pid: int
    started: float
    """Seconds since the epoch, as the operating system remembers it."""

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The identity of the live process with that number; a zombie counts as gone."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return cls(pid, process.create_time())
        except psutil.Error:
            return None

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        now = Identity.of(self.pid)
        # A second of slack: the kernel counts in ticks since boot, and the wall clock may be set.
        return now is not None and abs(now.started - self.started) < 1


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs between fork and exec so that the kernel signals it when its parent dies (Linux only).

    The parent is the *thread* that forks: start such children from the main thread.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the call above took hold
            os.kill(os.getpid(), death_signal)

    return arm


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    death_signal: signal.Signals,
    account: Account | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own (a terminal's Ctrl-C is for us alone), its output appended to ``log``."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=None if env is None else dict(env),
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509 the parent is single-threaded when it starts servers
            **as_account(account),
        )


def as_account(account: Account | None) -> dict[str, Any]:
    """The arguments that make ``subprocess`` run a program as that account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until ``condition`` holds; whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def end(target: Identity, signals: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Send one signal after the other, waiting that many seconds after each; whether the process is gone."""
    for number, seconds in signals:
        if not target.alive:
            return True
        try:
            os.kill(target.pid, number)
        except ProcessLookupError:
            return True
        if wait_until(lambda: not target.alive, seconds):
            return True
    return not target.alive


def stop_child(child: subprocess.Popen[bytes], signals: Sequence[tuple[signal.Signals, float]]) -> int:
    """The same for our own child, which is reaped; gives its exit code."""
    for number, seconds in signals:
        if child.poll() is not None:
            break
        child.send_signal(number)
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    return child.wait()


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a server's log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
