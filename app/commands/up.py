"""``reveza up``: everything on this machine, by one command."""

import asyncio
import os
import signal
import time
import webbrowser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import running
from app.beginnings import answering, introduced
from app.console import Console
from app.embedded.places import make_folder, state_dir
from app.embedded.processes import Identity
from app.local import Servers, end_left_behind, given_settings, only_run
from app.run_plan import RunPlan, plan_run, sandbox_program
from app.running import PROJECT, Running
from app.supervisor import Program, Supervisor

if TYPE_CHECKING:
    from app.inspector import Inspector

_SERVICES = ("web", "worker", "scheduler", "bot")
_STOP_ORDER = (("web", "scheduler"), ("worker", "bot"), ("sandbox",))
"""Nothing new comes in, then what is under way is finished, then the emulators it needs go."""
STOP_SECONDS = 75.0
"""Longer than the worker's own grace: no turn is cut."""
_LOOK_SECONDS = 0.5
_READY = """\
ready in {seconds:.1f} s: {url}
be the lead and the team in a browser: {page}
or write as a lead from another terminal: ./reveza say "Oi, quanto custa a avaliação?"
Ctrl-C stops everything; what was stored stays in {folder}"""
_READY_REAL = """\
ready in {seconds:.1f} s: {url}
Ctrl-C stops everything; what was stored stays in {folder}"""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web process (default: 8080 or a free one).")
@click.option("--no-sandbox", is_flag=True, help="No emulators and no demo tenant: real tokens are in place.")
@click.option("--no-browser", is_flag=True, help="Do not open the page in a browser.")
def up(port: int | None, *, no_sandbox: bool, no_browser: bool) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    folder = make_folder(state_dir(PROJECT))
    with only_run(folder):
        Run(folder, Console(), port=port, sandbox=not no_sandbox, browser=not no_browser).go()


class Run:
    """One run, from the servers' start to their stop."""

    def __init__(
        self, folder: Path, console: Console, *, port: int | None, sandbox: bool, browser: bool = False
    ) -> None:
        self._folder = folder
        self._console = console
        self._began = time.monotonic()
        self._given = given_settings(PROJECT / ".env")
        self._port = port
        self._sandbox = sandbox
        self._browser = browser and console.stream.isatty()
        self._inspector: Inspector | None = None
        self._servers = Servers(folder, self._given)
        self._running = Running(Identity.of(os.getpid()) or Identity(os.getpid(), 0.0))

    def go(self) -> None:
        """Start, serve until a signal, stop. Servers are started here, in the main thread, before the loop."""
        for name in end_left_behind(self._folder):
            self._say(f"ended the {name} that an earlier run left")
        try:
            self._servers.start()
            self._say("PostgreSQL and Valkey are up")
            asyncio.run(self._serve())
        finally:
            self._servers.stop()
            running.forget(self._folder)

    async def _serve(self) -> None:
        plan = plan_run(self._folder, self._given, self._servers.environment, port=self._port, sandbox=self._sandbox)
        self._running = replace(
            self._running,
            web_url=plan.web,
            emulators=plan.emulators,
            page_url=plan.page,
            environment=plan.environment,
        )
        running.save(self._running, self._folder)
        supervisor = Supervisor(self._child_environment(plan.environment), self._console, self._note)
        stopping = _stop_signals(supervisor)
        serving = asyncio.create_task(self._start_all(supervisor, plan))
        watching = asyncio.create_task(self._watch_servers())
        try:
            await _until_stopped(stopping, serving, watching)
        finally:
            self._say("stopping")
            for task in (serving, watching):
                task.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)
            await supervisor.stop(_STOP_ORDER)
            if self._inspector is not None:
                await self._inspector.stop()
            self._say("stopped")

    def _child_environment(self, made: Mapping[str, str]) -> dict[str, str]:
        colours = {"FORCE_COLOR": "1"} if self._console.coloured else {}
        unbuffered = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(PROJECT)}
        return {**os.environ, **unbuffered, **colours, **made}

    async def _start_all(self, supervisor: Supervisor, plan: RunPlan) -> None:
        if plan.emulators:
            self._inspector = await _start_inspector()
            seen = self._inspector
            supervisor.keep(sandbox_program(plan, self._folder, seen.url, seen.token))
        await supervisor.run(Program("migrate", ("-m", "app", "migrate")))
        if plan.emulators:
            await supervisor.run(Program("demo-data", ("-m", "app", "demo-data", "--if-empty")))
        for name in _SERVICES:
            supervisor.keep(Program(name, ("-m", "app", name), stop_seconds=STOP_SECONDS))
        await answering(plan.probes)
        for name in await introduced(plan.emulators):
            self._say(f"the {name} emulator's subscription was refused: GET /webhooks does not answer its challenge")
        self._running = replace(self._running, ready=True)
        running.save(self._running, self._folder)
        text = _READY_REAL if plan.page is None else _READY
        seconds = time.monotonic() - self._began
        told = text.format(seconds=seconds, url=plan.web, page=plan.page, folder=self._folder)
        for line in told.splitlines():
            self._say(line)
        if self._browser and plan.page is not None:
            await asyncio.to_thread(_open_in_browser, plan.page)

    async def _watch_servers(self) -> None:
        """An embedded server that ends by itself is started again; its data is where it was."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for name in self._servers.revive():
                self._say(f"{name} had ended and is up again")

    def _note(self, name: str, identity: Identity | None) -> None:
        self._running = self._running.with_child(name, identity)
        running.save(self._running, self._folder)

    def _say(self, text: str) -> None:
        self._console.line("reveza", text)


def _stop_signals(supervisor: Supervisor) -> asyncio.Event:
    """Set at the first Ctrl-C or SIGTERM; a second one kills the children."""
    stopping = asyncio.Event()

    def stop() -> None:
        if stopping.is_set():
            supervisor.kill()
        stopping.set()

    hang_up = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]  # nohup stays nohup
    for number in (signal.SIGINT, signal.SIGTERM, *hang_up):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopping


async def _until_stopped(stopping: asyncio.Event, serving: asyncio.Task[None], watching: asyncio.Task[None]) -> None:
    """Wait for a signal; an error in what was started, or in the servers, ends the run and is raised."""
    stopped = asyncio.create_task(stopping.wait())
    waiting: set[asyncio.Task[object]] = {stopped, serving, watching}
    try:
        while not stopped.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
    finally:
        stopped.cancel()


async def _start_inspector() -> "Inspector":
    """Who tells the page of decisions; what it needs is imported only now."""
    from app.inspector import Inspector  # noqa: PLC0415 - with real tokens nobody needs it
    from app.settings import load_settings  # noqa: PLC0415 - the same

    settings = load_settings()
    inspector = Inspector(settings.database_url_for("app"), settings.database_url_for("platform"))
    await inspector.start()
    return inspector


def _open_in_browser(page: str) -> None:
    """Where there is no browser, the address is on the screen."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return
    webbrowser.open(page)
