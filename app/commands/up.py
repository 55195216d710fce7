"""``reveza up``: everything on this machine, by one command."""

import asyncio
import os
import signal
import time
import webbrowser
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import emulated, running
from app.beginnings import answering, introduced
from app.console import Console
from app.embedded.keeping import LOOPBACK, free_port, read_json, write_json
from app.embedded.places import make_folder, state_dir
from app.embedded.processes import Identity
from app.local import Servers, end_left_behind, given_settings, only_run, secret_key, web_port
from app.running import PROJECT, Running
from app.supervisor import Program, Supervisor
from core.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from app.inspector import Inspector

_SERVICES = ("web", "worker", "scheduler", "bot")
_STOP_ORDER = (("web", "scheduler"), ("worker", "bot"), ("sandbox",))
"""Nothing new comes in, then what is under way is finished, then the emulators it needs go."""
STOP_SECONDS = 75.0
"""Longer than the worker's own grace: no turn is cut."""
_LOOK_SECONDS = 0.5
_INSPECTOR_TOKEN = "SANDBOX_INSPECTOR_TOKEN"  # noqa: S105 - the variable in which the sandbox looks for it
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


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of this run listen."""

    web: str
    emulators: dict[str, str] = field(default_factory=dict)
    page: str | None = None

    @property
    def probes(self) -> list[str]:
        """Addresses that answer once everything is there."""
        health = [f"{url}/_sandbox/health" for url in self.emulators.values()]
        return [f"{self.web}/readyz", *health, *([f"{self.page}/"] if self.page else [])]


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
        places, environment = self._prepare()
        self._running = replace(
            self._running,
            web_url=places.web,
            emulators=places.emulators,
            page_url=places.page,
            environment=environment,
        )
        running.save(self._running, self._folder)
        supervisor = Supervisor(self._child_environment(environment), self._console, self._note)
        stopping = _stop_signals(supervisor)
        serving = asyncio.create_task(self._start_all(supervisor, places))
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

    def _prepare(self) -> tuple[_Places, dict[str, str]]:
        """Choose ports and keys; the environment holds only what no setting gives."""
        port = web_port(self._folder, self._given, self._port)
        host = self._given.get("WEB_HOST", LOOPBACK)
        made = {"WEB_PORT": str(port), **self._servers.environment}
        if "REVEZA_SECRET_KEY" not in self._given:
            made["REVEZA_SECRET_KEY"] = secret_key(self._folder)
        web = f"http://{LOOPBACK if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104 compared, not listened on
        names = [name for name, setting in emulated.REPLACED_BY.items() if setting not in self._given]
        if not (self._sandbox and names):
            return _Places(web), made
        if self._given.get("REVEZA_ENV") == "production":
            message = (
                "REVEZA_ENV is production: start `./reveza up --no-sandbox`, emulators are no place for real leads"
            )
            raise ConfigurationError(message)
        return self._with_emulators(web, made, names)

    def _with_emulators(self, web: str, made: dict[str, str], names: list[str]) -> tuple[_Places, dict[str, str]]:
        """Real tokens replace the emulators one by one."""
        account = emulated.EmulatedAccount.kept(self._folder)
        emulated.write_sandbox_config(account, self._folder / "sandbox.json", web)
        urls = {name: f"http://{LOOPBACK}:{free_port()}" for name in names}
        made |= emulated.child_settings(account, urls)
        made[emulated.FILE_VARIABLE] = str(emulated.file_of(self._folder))
        made[emulated.EMULATORS_VARIABLE] = ",".join(names)
        return _Places(web, urls, f"http://{LOOPBACK}:{self._page_port()}"), made

    def _page_port(self) -> int:
        """The same between runs where it is free, so that an open page finds the next run."""
        kept = self._folder / "page.json"
        port = free_port(read_json(kept).get("port"))
        write_json(kept, {"port": port})
        return port

    def _child_environment(self, made: dict[str, str]) -> dict[str, str]:
        colours = {"FORCE_COLOR": "1"} if self._console.coloured else {}
        unbuffered = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(PROJECT)}
        return {**os.environ, **unbuffered, **colours, **made}

    async def _start_all(self, supervisor: Supervisor, places: _Places) -> None:
        if places.emulators:
            self._inspector = await _start_inspector()
            supervisor.keep(self._sandbox_program(places, self._inspector))
        await supervisor.run(Program("migrate", ("-m", "app", "migrate")))
        if places.emulators:
            await supervisor.run(Program("demo-data", ("-m", "app", "demo-data", "--if-empty")))
        for name in _SERVICES:
            supervisor.keep(Program(name, ("-m", "app", name), stop_seconds=STOP_SECONDS))
        await answering(places.probes)
        for name in await introduced(places.emulators):
            self._say(f"the {name} emulator's subscription was refused: GET /webhooks does not answer its challenge")
        self._running = replace(self._running, ready=True)
        running.save(self._running, self._folder)
        text = _READY_REAL if places.page is None else _READY
        seconds = time.monotonic() - self._began
        told = text.format(seconds=seconds, url=places.web, page=places.page, folder=self._folder)
        for line in told.splitlines():
            self._say(line)
        if self._browser and places.page is not None:
            await asyncio.to_thread(_open_in_browser, places.page)

    def _sandbox_program(self, places: _Places, inspector: "Inspector") -> Program:
        (self._folder / "sandbox.log").touch(mode=0o600)  # it holds what leads wrote
        ports = [word for name, url in places.emulators.items() for word in (f"--{name}-port", _port_of(url))]
        page = ("--page-port", _port_of(str(places.page)), "--inspector-url", inspector.url)
        files = ("--config", str(self._folder / "sandbox.json"), "--log", str(self._folder / "sandbox.log"))
        listen = ("--host", LOOPBACK, "--emulators", ",".join(places.emulators), *ports, *page)
        environment = {_INSPECTOR_TOKEN: inspector.token}
        return Program("sandbox", ("-m", "sandbox", *listen, *files), stop_seconds=5, environment=environment)

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


def _port_of(url: str) -> str:
    return url.rpartition(":")[2]


def _open_in_browser(page: str) -> None:
    """Where there is no browser, the address is on the screen."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return
    webbrowser.open(page)
