"""Serves the emulators, each on its port."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.claude.emulator import claude_app
from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.instagram.emulator import instagram_app
from sandbox.meta.emulator import meta_app
from sandbox.telegram.emulator import telegram_app
from sandbox.zapi.emulator import zapi_app


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    meta_port: int = 0
    claude_port: int = 0
    instagram_port: int = 0
    zapi_port: int = 0
    telegram_port: int = 0


class Sandbox:
    """All emulators, running between ``start`` and ``stop``."""

    def __init__(self, config: SandboxConfig, listen: Listen, log: EventLog) -> None:
        self._host = listen.host
        self._log = log
        self._emulators = {
            "meta": (_runner(meta_app(config.meta, log)), listen.meta_port),
            "claude": (_runner(claude_app(config.claude, log)), listen.claude_port),
            "instagram": (_runner(instagram_app(config.instagram, log)), listen.instagram_port),
            "zapi": (_runner(zapi_app(config.zapi, log)), listen.zapi_port),
            "telegram": (_runner(telegram_app(config.telegram, log)), listen.telegram_port),
        }
        self.urls: dict[str, str] = {}
        """Where each emulator listens, once it does."""

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
        """Listen on every port."""
        for name, (runner, port) in self._emulators.items():
            self.urls[name] = await _serve(runner, self._host, port)
        self._log.write("started", **self._told())

    async def stop(self) -> None:
        """Close all and give up what was on its way."""
        for runner, _ in self._emulators.values():
            await runner.cleanup()
        self._log.close()

    def write_ready_file(self, path: Path) -> None:
        """Tell where the emulators listen, in one step, so that a reader never sees half of it."""
        half = path.with_name(path.name + ".part")
        half.write_text(json.dumps({**self._told(), "pid": os.getpid()}))
        half.replace(path)

    def _told(self) -> dict[str, str]:
        return {f"{name}_url": url for name, url in self.urls.items()}


def _runner(app: web.Application) -> web.AppRunner:
    # A caller that goes away cancels its call: a held call of a killed process must not stay listed.
    return web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)


async def _serve(runner: web.AppRunner, host: str, port: int) -> str:
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    return f"http://{host}:{runner.addresses[0][1]}"
