"""``reveza up``: everything on this machine, by one command."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

import aiohttp
import click

from app import emulated, running
from app.console import Console
from app.embedded.keeping import LOOPBACK, free_port
from app.embedded.places import make_folder, state_dir
from app.embedded.processes import Identity
from app.local import Servers, end_left_behind, given_settings, only_run, secret_key, web_port
from app.running import PROJECT, Running
from app.supervisor import Program, Supervisor
from core.domain.errors import Unavailable

_SERVICES = ("web", "worker", "scheduler")
_STOP_ORDER = (("web", "scheduler"), ("worker",), ("sandbox",))
"""Nothing new comes in, then what is under way is finished, then the emulators it needs go."""
_READY_SECONDS = 120.0
STOP_SECONDS = 75.0
"""Longer than the worker's own grace: no turn is cut."""
_LOOK_SECONDS = 0.5
_READY = """\
ready in {seconds:.1f} s: {url}
write as a lead from another terminal: ./reveza say "Oi, quanto custa a avaliação?"
Ctrl-C stops everything; what was stored stays in {folder}"""
_READY_REAL = """\
ready in {seconds:.1f} s: {url}
Ctrl-C stops everything; what was stored stays in {folder}"""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web process (default: 8080 or a free one).")
@click.option("--no-sandbox", is_flag=True, help="No emulators and no demo tenant: real tokens are in place.")
def up(port: int | None, *, no_sandbox: bool) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    folder = make_folder(state_dir(PROJECT))
    with only_run(folder):
        Run(folder, Console(), port=port, sandbox=not no_sandbox).go()


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of this run listen."""

    web: str
    meta: str | None
    claude: str | None


class Run:
    """One run, from the servers' start to their stop."""

    def __init__(self, folder: Path, console: Console, *, port: int | None, sandbox: bool) -> None:
        self._folder = folder
        self._console = console
        self._began = time.monotonic()
        self._given = given_settings(PROJECT / ".env")
        self._port = port
        self._sandbox = sandbox
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
            self._running, web_url=places.web, meta_url=places.meta, claude_url=places.claude, environment=environment
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
            self._say("stopped")

    def _prepare(self) -> tuple[_Places, dict[str, str]]:
        """Choose ports and keys; the environment holds only what no setting gives."""
        port = web_port(self._folder, self._given, self._port)
        host = self._given.get("WEB_HOST", LOOPBACK)
        made = {"WEB_PORT": str(port), **self._servers.environment}
        if "REVEZA_SECRET_KEY" not in self._given:
            made["REVEZA_SECRET_KEY"] = secret_key(self._folder)
        web = f"http://{LOOPBACK if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104 compared, not listened on
        if not self._sandbox:
            return _Places(web, None, None), made
        return self._with_emulators(web, made)

    def _with_emulators(self, web: str, made: dict[str, str]) -> tuple[_Places, dict[str, str]]:
        """Real tokens replace the emulators one by one."""
        account = emulated.EmulatedAccount.kept(self._folder)
        emulated.write_sandbox_config(account, self._folder / "sandbox.json", web)
        made[emulated.FILE_VARIABLE] = str(emulated.file_of(self._folder))
        meta, claude = (f"http://{LOOPBACK}:{free_port()}" for _ in range(2))
        if "META_GRAPH_URL" not in self._given:
            made["META_GRAPH_URL"] = meta
        if "ANTHROPIC_API_KEY" not in self._given:
            made |= {"ANTHROPIC_BASE_URL": claude, "ANTHROPIC_API_KEY": account.claude_api_key}
        return _Places(web, meta, claude), made

    def _child_environment(self, made: dict[str, str]) -> dict[str, str]:
        colours = {"FORCE_COLOR": "1"} if self._console.coloured else {}
        unbuffered = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(PROJECT)}
        return {**os.environ, **unbuffered, **colours, **made}

    async def _start_all(self, supervisor: Supervisor, places: _Places) -> None:
        if places.meta is not None:
            supervisor.keep(self._sandbox_program(places))
        await supervisor.run(Program("migrate", ("-m", "app", "migrate")))
        if places.meta is not None:
            await supervisor.run(Program("demo-data", ("-m", "app", "demo-data", "--if-empty")))
        for name in _SERVICES:
            supervisor.keep(Program(name, ("-m", "app", name), stop_seconds=STOP_SECONDS))
        await _ready(places)
        if places.meta is not None and not await _subscribed(places.meta):
            self._say("the emulator's subscription was refused: GET /webhooks does not answer its challenge")
        self._running = replace(self._running, ready=True)
        running.save(self._running, self._folder)
        text = _READY if places.meta is not None else _READY_REAL
        seconds = time.monotonic() - self._began
        for line in text.format(seconds=seconds, url=places.web, folder=self._folder).splitlines():
            self._say(line)

    def _sandbox_program(self, places: _Places) -> Program:
        (self._folder / "sandbox.log").touch(mode=0o600)  # it holds what leads wrote
        ports = [str(url).rpartition(":")[2] for url in (places.meta, places.claude)]
        files = ("--config", str(self._folder / "sandbox.json"), "--log", str(self._folder / "sandbox.log"))
        listen = ("--host", LOOPBACK, "--meta-port", ports[0], "--claude-port", ports[1])
        return Program("sandbox", ("-m", "sandbox", *listen, *files), stop_seconds=5)

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


async def _ready(places: _Places) -> None:
    """Wait for the web process's word that all it needs is there, and for the emulators."""
    probes = [f"{places.web}/readyz", *(f"{url}/_sandbox/health" for url in (places.meta, places.claude) if url)]
    try:
        async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as session:
            await asyncio.gather(*(_answers(session, url) for url in probes))
    except TimeoutError:
        message = f"not ready after {_READY_SECONDS:.0f} s; the lines above say why"
        raise Unavailable(message) from None


async def _subscribed(meta: str) -> bool:
    """Let the emulator shake hands with our webhook route, as Meta does when a callback is configured."""
    query = {"app_id": emulated.APP_ID}
    async with aiohttp.ClientSession() as session, session.post(f"{meta}/_sandbox/subscribe", params=query) as answer:
        return answer.ok and bool((await answer.json())["success"])


async def _answers(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(url) as response:
                if response.status == HTTPStatus.OK:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)
