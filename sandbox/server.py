"""Serves the emulators, each on its port, and the page over them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.claude.emulator import claude_app
from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.instagram.emulator import instagram_app
from sandbox.meta.emulator import meta_app
from sandbox.page_server.decisions import Inspector
from sandbox.page_server.emulators import Emulators
from sandbox.page_server.guarding import LOOPBACK, guard_controls
from sandbox.page_server.page import Page
from sandbox.telegram.emulator import telegram_app
from sandbox.zapi.emulator import zapi_app

EMULATORS = ("meta", "claude", "instagram", "zapi", "telegram")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; port 0 takes a free one. ``page_port`` ``None``: no page. ``emulators``: the ones wanted."""

    host: str = "127.0.0.1"
    meta_port: int = 0
    claude_port: int = 0
    instagram_port: int = 0
    zapi_port: int = 0
    telegram_port: int = 0
    page_port: int | None = None
    emulators: tuple[str, ...] = EMULATORS

    @property
    def ports(self) -> Mapping[str, int]:
        """By emulator, of those wanted."""
        ports = {
            "meta": self.meta_port,
            "claude": self.claude_port,
            "instagram": self.instagram_port,
            "zapi": self.zapi_port,
            "telegram": self.telegram_port,
        }
        return {name: ports[name] for name in self.emulators}


class Sandbox:
    """The emulators and their page, running between ``start`` and ``stop``."""

    def __init__(
        self, config: SandboxConfig, listen: Listen, log: EventLog, inspector: Inspector | None = None
    ) -> None:
        if listen.page_port is not None and listen.host not in LOOPBACK:
            message = "the page is for this machine alone: --host has to be a loopback address"
            raise ValueError(message)
        self._config = config
        self._listen = listen
        self._log = log
        self._inspector = inspector
        self._runners: list[web.AppRunner] = []
        self.urls: dict[str, str] = {}
        """Where each emulator listens, once it does."""
        self.page_url: str | None = None

    @property
    def meta_url(self) -> str:
        """The Graph API."""
        return self.urls["meta"]

    @property
    def claude_url(self) -> str:
        """The Messages API."""
        return self.urls["claude"]

    @property
    def instagram_url(self) -> str:
        """Instagram's API."""
        return self.urls["instagram"]

    @property
    def zapi_url(self) -> str:
        """Z-API."""
        return self.urls["zapi"]

    @property
    def telegram_url(self) -> str:
        """The Bot API."""
        return self.urls["telegram"]

    async def start(self) -> None:
        """Listen on every port; the page comes last."""
        apps = {
            "meta": lambda: meta_app(self._config.meta, self._log),
            "claude": lambda: claude_app(self._config.claude, self._log),
            "instagram": lambda: instagram_app(self._config.instagram, self._log),
            "zapi": lambda: zapi_app(self._config.zapi, self._log),
            "telegram": lambda: telegram_app(self._config.telegram, self._log),
        }
        for name, port in self._listen.ports.items():
            emulator = apps[name]()
            emulator.middlewares.insert(0, guard_controls(self._listen.host))
            self.urls[name] = await self._serve(emulator, port)
        if self._listen.page_port is not None:
            page = Page(self._config, Emulators(self.urls), self._log, self._inspector)
            self.page_url = await self._serve(page.app(), self._listen.page_port)
        self._log.write("started", **self._told())

    async def stop(self) -> None:
        """Close all, the page first, and give up what was on its way."""
        for runner in reversed(self._runners):
            await runner.cleanup()
        self._log.close()

    def write_ready_file(self, path: Path) -> None:
        """Tell where the emulators listen, in one step, so that a reader never sees half of it."""
        half = path.with_name(path.name + ".part")
        half.write_text(json.dumps({**self._told(), "pid": os.getpid()}))
        half.replace(path)

    def _told(self) -> dict[str, str]:
        told = {f"{name}_url": url for name, url in self.urls.items()}
        return told if self.page_url is None else told | {"page_url": self.page_url}

    async def _serve(self, app: web.Application, port: int) -> str:
        # A caller that goes away cancels its call: a held call of a killed process must not stay listed.
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, self._listen.host, port, backlog=1024).start()
        return f"http://{self._listen.host}:{runner.addresses[0][1]}"
