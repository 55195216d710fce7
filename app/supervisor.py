"""Child processes: started, their output merged, restarted when they crash, stopped in order."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.console import Console
from app.embedded.processes import Identity, die_with_parent
from app.supervised import SUPERVISOR
from core.domain.errors import Unavailable

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 60.0
"""A child that ran this long has earned a quick restart."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: arguments of the Python interpreter, and how long its orderly stop may take.

    ``environment``: what it alone is told beside what all children are.
    """

    name: str
    arguments: tuple[str, ...]
    stop_seconds: float = 30.0
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Child:
    """One program, kept running until it is stopped."""

    program: Program
    environment: Mapping[str, str]
    console: Console
    changed: Callable[[str, Identity | None], None] = lambda _name, _identity: None
    """Told whenever the process number changes, so that a later run can find what this one left."""
    _process: asyncio.subprocess.Process | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_running(self) -> None:
        """Run it again and again, with growing pauses after quick crashes; ends after ``stop``."""
        pause = _FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            code = await self.run_once()
            if self._stopping.is_set():
                return
            pause = _FIRST_PAUSE if loop.time() - began > _STEADY_SECONDS else min(pause * 2, _LONGEST_PAUSE)
            self.console.line(self.program.name, f"ended with {_named(code)}; starts again in {pause:.1f} s")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()

    async def run_once(self) -> int:
        """Run it to its end, its output shown; gives the exit code."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.program.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**self.environment, **self.program.environment, SUPERVISOR: str(os.getpid())},
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self.changed(self.program.name, Identity.of(self._process.pid))
        await self._show(self._process)
        code = await self._process.wait()
        self.changed(self.program.name, None)
        return code

    async def stop(self) -> None:
        """Ask it to end in order; after its time, end it."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self.program.stop_seconds):
                await process.wait()
        except TimeoutError:
            self.console.line(self.program.name, f"did not end in {self.program.stop_seconds:.0f} s: killed")
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _show(self, process: asyncio.subprocess.Process) -> None:
        """Pass its lines on until it closes its output; a line may be of any length."""
        stream = process.stdout
        rest = b""
        while stream is not None and (chunk := await stream.read(_CHUNK)):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.console.line(self.program.name, line.decode(errors="replace").rstrip("\r"))
        if rest:
            self.console.line(self.program.name, rest.decode(errors="replace"))


class Supervisor:
    """All children of one run."""

    def __init__(
        self, environment: Mapping[str, str], console: Console, changed: Callable[[str, Identity | None], None]
    ) -> None:
        self._environment = environment
        self._console = console
        self._changed = changed
        self._children: list[Child] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self, program: Program) -> None:
        """Run a program that is meant to end; Unavailable when it fails."""
        child = self._child(program)
        try:
            code = await child.run_once()
        finally:
            child.kill()
        if code != 0:
            message = f"`{program.name}` failed with {_named(code)}; its lines above say why"
            raise Unavailable(message)

    def keep(self, program: Program) -> None:
        """Start a program that is meant to stay."""
        child = self._child(program)
        self._children.append(child)
        self._tasks[program.name] = asyncio.create_task(child.keep_running(), name=program.name)

    async def stop(self, order: Sequence[Sequence[str]]) -> None:
        """Stop group after group, the members of a group at the same time."""
        for group in order:
            named = [child for child in self._children if child.program.name in group]
            await asyncio.gather(*(child.stop() for child in named))
            await asyncio.gather(*(self._tasks[child.program.name] for child in named))

    def kill(self) -> None:
        """End all at once."""
        for child in self._children:
            child.kill()

    def _child(self, program: Program) -> Child:
        return Child(program, self._environment, self._console, self._changed)


def _named(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
