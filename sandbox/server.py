"""Serves the emulators, each on its port."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.claude.emulator import claude_app
from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.meta.emulator import meta_app
from sandbox.telegram.emulator import telegram_app


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    meta_port: int = 0
    claude_port: int = 0
    telegram_port: int = 0


class Sandbox:
    """The emulators, running between ``start`` and ``stop``."""

    def __init__(self, config: SandboxConfig, listen: Listen, log: EventLog) -> None:
        self._listen = listen
        self._log = log
        self._meta = _runner(meta_app(config.meta, log))
        self._claude = _runner(claude_app(config.claude, log))
        self._telegram = _runner(telegram_app(config.telegram, log))
        self.meta_url = ""
        self.claude_url = ""
        self.telegram_url = ""

    async def start(self) -> None:
        """Listen on every port."""
        self.meta_url = await _serve(self._meta, self._listen.host, self._listen.meta_port)
        self.claude_url = await _serve(self._claude, self._listen.host, self._listen.claude_port)
        self.telegram_url = await _serve(self._telegram, self._listen.host, self._listen.telegram_port)
        self._log.write("started", **self._places())

    async def stop(self) -> None:
        """Close all and give up what was on its way."""
        await self._meta.cleanup()
        await self._claude.cleanup()
        await self._telegram.cleanup()
        self._log.close()

    def write_ready_file(self, path: Path) -> None:
        """Tell where the emulators listen, in one step, so that a reader never sees half of it."""
        half = path.with_name(path.name + ".part")
        half.write_text(json.dumps({**self._places(), "pid": os.getpid()}))
        half.replace(path)

    def _places(self) -> dict[str, str]:
        return {"meta_url": self.meta_url, "claude_url": self.claude_url, "telegram_url": self.telegram_url}


def _runner(app: web.Application) -> web.AppRunner:
    # A caller that goes away cancels its call: a held call of a killed process must not stay listed.
    return web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)


async def _serve(runner: web.AppRunner, host: str, port: int) -> str:
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    return f"http://{host}:{runner.addresses[0][1]}"
