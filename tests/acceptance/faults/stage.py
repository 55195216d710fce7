"""Where an experiment plays: a fresh database, the emulators, and our own processes over them."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit
from urllib.request import urlopen

from app.embedded.keeping import LOOPBACK
from app.embedded.processes import tail, wait_until
from app.running import PROJECT
from tests.acceptance.faults.processes import Program
from tests.acceptance.faults.proxy import Proxy
from tests.acceptance.faults.servers import ACCOUNT_KEY, APP_SECRET, CHANNEL, SHOPS, Servers, aside, quiet_port
from tests.acceptance.faults.team import BOT_TOKEN, seat_the_teams, telegram_config, webhook_url

_KEPT: Final = {"PATH", "HOME", "LANG", "REVEZA_STATE_DIR"}
_QUICK: Final = {
    "TURN_LEASE_SECONDS": "3",
    "SEND_LEASE_SECONDS": "4",
    "SEND_SETTLE_SECONDS": "4",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "info",
}
_APP_ID: Final = "300000000000001"
_SETTINGS: Final = {"sent_ms": 5, "delivered_ms": 20, "read_ms": None, "retry_max_ms": 1000, "webhook_timeout_s": 10}
_READY_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True)
class Cast:
    """Which processes play, with what environment; ``code`` is the tree they run from."""

    webs: int = 2
    workers: int = 2
    model_ms: int = 30
    environment: Mapping[str, str] = field(default_factory=dict)
    code: Path = PROJECT
    path: tuple[Path, ...] = ()
    """Folders before the code on PYTHONPATH."""
    clock: str = ""
    """The file, in the stage's folder, that shifts the wall clock of our processes."""
    redis_proxies: bool = False
    """Whether every web process speaks to Redis through a proxy of its own."""
    database_proxies: bool = False
    """Whether every worker speaks to PostgreSQL through a proxy of its own."""
    telegram: Literal["", "polled", "brought"] = ""
    """How the bot learns what the teams do; with nothing there are no teams."""
    bots: int = 1
    """Processes of the bot, where it asks for updates."""
    strict_telegram: bool = False
    """Whether Telegram's limits hold, and with them the bot's own pace."""

    @property
    def send_lease(self) -> float:
        """How long a message is its sender's, in seconds."""
        return float({**_QUICK, **self.environment}["SEND_LEASE_SECONDS"])


@dataclass(slots=True)
class Stage:
    """The processes of one experiment; they stay for all of its seeds where they survive."""

    servers: Servers
    name: str
    cast: Cast
    folder: Path
    meta_url: str = ""
    claude_url: str = ""
    telegram_url: str = ""
    webs: list[Program] = field(default_factory=list)
    workers: list[Program] = field(default_factory=list)
    bots: list[Program] = field(default_factory=list)
    others: list[Program] = field(default_factory=list)
    web_urls: list[str] = field(default_factory=list)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)
    """The system prompts that the model was given on this stage, by their hash."""
    runs: int = 0

    @property
    def log(self) -> Path:
        """The emulators' log."""
        return self.folder / "sandbox.jsonl"

    @property
    def programs(self) -> list[Program]:
        """All of them."""
        return [*self.webs, *self.workers, *self.bots, *self.others]

    @property
    def database_url(self) -> str:
        """Where a superuser looks."""
        return self.servers.url(self.name, superuser=True)

    def open(self) -> None:
        """Start everything; ready when this returns."""
        ports = [quiet_port() for _ in range(self.cast.webs)]
        self.web_urls = [f"http://{LOOPBACK}:{port}/webhooks/{CHANNEL}/{ACCOUNT_KEY}" for port in ports]
        self._start_sandbox()
        if self.cast.telegram:
            aside(seat_the_teams(self.database_url, self.telegram_url, restless=not self.cast.strict_telegram))
        self.webs = [self._web(port) for port in ports]
        self.workers = [self._worker(place) for place in range(self.cast.workers)]
        bots = self.cast.bots if self.cast.telegram == "polled" else 0
        self.bots = [self._program(f"bot-{place}", ("app", "bot")) for place in range(bots)]
        self.others.append(self._program("scheduler", ("app", "scheduler")))
        for program in [*self.webs, *self.workers, *self.bots, self.others[-1]]:
            program.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Every web process answers, every worker listens, every bot has begun."""
        for web in self.webs:
            if not wait_until(partial(_answers, web.arguments[-1]), _READY_SECONDS):
                raise AssertionError(f"{web.name} did not start:\n{tail(web.log, 40)}")
        for worker in self.workers:
            worker.wait_for_line("worker.listening", _READY_SECONDS)
        for bot in self.bots:
            bot.wait_for_line("bot.started", _READY_SECONDS)

    def close(self) -> None:
        """End everything; how processes of ours end in order is a matter of other tests."""
        for program in self.programs:
            program.kill()
        for proxy in self.proxies.values():
            proxy.close()

    def revive(self) -> None:
        """Let every process go on, start again those that are gone, and mend what lies between."""
        for proxy in self.proxies.values():
            proxy.mend()
        for program in self.programs:
            program.thaw()
            if program.pid is None:
                program.start()

    def _start_sandbox(self) -> None:
        app = {"app_id": _APP_ID, "app_secret": APP_SECRET, "verify_token": "verify", "callback_urls": self.web_urls}
        numbers = [number_of(shop.index) for shop in SHOPS]
        meta = {"apps": [app], "numbers": numbers, "settings": _SETTINGS}
        config = self.folder / "sandbox.json"
        telegram = telegram_config(quotas=self.cast.strict_telegram)
        claude = {"model_delay_ms": self.cast.model_ms}
        config.write_text(json.dumps({"meta": meta, "claude": claude, "telegram": telegram}))
        ready = self.folder / "ready.json"
        files = ("--config", str(config), "--log", str(self.log), "--ready-file", str(ready))
        arguments = ("sandbox", "--meta-port", "0", "--claude-port", "0", *files)
        environment = {name: value for name, value in os.environ.items() if name in _KEPT}
        sandbox = Program("sandbox", arguments, environment, PROJECT, self.folder / "sandbox.log")
        sandbox.start()
        self.others.append(sandbox)
        if not wait_until(ready.exists, _READY_SECONDS):
            raise AssertionError(f"the emulators did not start:\n{tail(sandbox.log)}")
        told = json.loads(ready.read_bytes())
        self.meta_url, self.claude_url, self.telegram_url = told["meta_url"], told["claude_url"], told["telegram_url"]

    def _web(self, port: int) -> Program:
        name = f"web-{port}"
        more = {}
        if self.cast.redis_proxies:
            proxy = self.proxies[name] = Proxy(self.servers.valkey.port)
            more["REDIS_URL"] = _by_port(self.servers.valkey.url, proxy.port)
        return self._program(name, ("app", "web", "--port", str(port)), **more)

    def _worker(self, place: int) -> Program:
        name = f"worker-{place}"
        more = {}
        if self.cast.database_proxies:
            url = self.servers.url(self.name)
            proxy = self.proxies[name] = Proxy(urlsplit(url).port or 0)
            more["DATABASE_URL"] = _by_port(url, proxy.port)
        return self._program(name, ("app", "worker"), **more)

    def _program(self, name: str, arguments: tuple[str, ...], **more: str) -> Program:
        environment = {**self._environment(), **more}
        return Program(name, arguments, environment, self.cast.code, self.folder / f"{name}.log")

    def _environment(self) -> dict[str, str]:
        settings = self.servers.settings(self.name)
        return {
            **{name: value for name, value in os.environ.items() if name in _KEPT},
            **_QUICK,
            "PYTHONPATH": ":".join(str(part) for part in [*self.cast.path, self.cast.code]),
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "REVEZA_SECRET_KEY": self.servers.key,
            "REVEZA_ROLE_PREFIX": settings.role_prefix,
            "META_GRAPH_URL": self.meta_url,
            "ANTHROPIC_BASE_URL": self.claude_url,
            "ANTHROPIC_API_KEY": "any-key-is-good",
            **({"CLOCK_SHIFT_FILE": str(self.folder / self.cast.clock)} if self.cast.clock else {}),
            **self._telegram(),
            **self.cast.environment,
        }

    def _telegram(self) -> dict[str, str]:
        if not self.cast.telegram:
            return {}
        known = {"TELEGRAM_BOT_TOKEN": BOT_TOKEN, "TELEGRAM_API_URL": self.telegram_url}
        if self.cast.telegram == "polled":
            return known
        port = str(urlsplit(self.web_urls[0]).port)
        return {**known, "TELEGRAM_WEBHOOK_URL": webhook_url(port)}


def _by_port(url: str, port: int) -> str:
    """The same server by another port."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}").geturl()


def number_of(index: int, *, token: str | None = None) -> dict[str, str]:
    """A shop's number as the emulator registers it; another token revokes the one before."""
    shop = SHOPS[index]
    return {
        "phone_number_id": shop.number_id,
        "display_phone_number": f"55114000000{index}",
        "waba_id": f"20000000000000{index}",
        "access_token": token or shop.token,
        "app_id": _APP_ID,
    }


@contextmanager
def staged(servers: Servers, name: str, cast: Cast, *, statements: Sequence[str] = ()) -> Iterator[Stage]:
    """A stage that stands until the block ends; ``statements``: what a superuser does to its database first."""
    folder = servers.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    servers.fresh(name, statements)
    stage = Stage(servers, name, cast, folder)
    try:
        stage.open()
        yield stage
    finally:
        stage.close()


def _answers(port: str) -> bool:
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False
