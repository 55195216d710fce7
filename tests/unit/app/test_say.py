"""``reveza say``: writes as a lead and prints what comes back."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from app import running
from app.commands.say import converse, say
from app.embedded.processes import Identity


class _Emulator:
    """Answers each lead with two messages, the second a little later."""

    def __init__(self) -> None:
        self.heard: list[dict[str, object]] = []
        self.sent: list[dict[str, object]] = [{"seq": 1, "text": "of an earlier conversation"}]
        self._tasks: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/_sandbox/lead", self._lead)
        app.router.add_get("/_sandbox/messages", self._messages)
        return app

    async def _lead(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        task = asyncio.create_task(self._answer())
        self._tasks.add(task)
        return web.json_response({"wamid": "wamid.1"})

    async def _answer(self) -> None:
        for text in ("Oi!", "Custa R$ 80,00."):
            await asyncio.sleep(0.05)
            self.sent.append({"seq": len(self.sent) + 1, "text": text})

    async def _messages(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        deadline = time.monotonic() + int(request.query.get("wait_ms", "0")) / 1000
        while len(self.sent) <= after and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        return web.json_response({"messages": self.sent[after:], "next": len(self.sent)})


@pytest.fixture
async def emulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[_Emulator]:
    """An emulator, and the file of a run that uses it."""
    monkeypatch.setenv("REVEZA_STATE_DIR", str(tmp_path))
    emulator = _Emulator()
    async with TestServer(emulator.application()) as server:
        supervisor = Identity.of(os.getpid())
        assert supervisor is not None
        base = str(server.make_url("")).rstrip("/")
        running.save(running.Running(supervisor, emulators={"meta": base}, ready=True), tmp_path)
        yield emulator


async def test_every_part_of_the_answer_is_printed(emulator: _Emulator) -> None:
    """Only what comes after the question, and all of it."""
    answers = await converse("Quanto custa?", "5511900000001", time.monotonic() + 10)

    assert (answers, emulator.heard[0]["text"]) == (["Oi!", "Custa R$ 80,00."], "Quanto custa?")


def test_without_a_run_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error names the command to start."""
    monkeypatch.setenv("REVEZA_STATE_DIR", str(tmp_path))

    result = CliRunner().invoke(say, ["Oi", "--timeout", "0.1"])

    assert (result.exit_code, "start it in another terminal" in str(result.exception)) == (1, True)


def test_a_number_without_digits_is_refused() -> None:
    """A lead is known by a number."""
    assert "--from" in CliRunner().invoke(say, ["Oi", "--from", "Maria"]).output
