"""The emulators as a process of their own."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp

from tests.integration.sandbox.conftest import eventually

PROJECT = Path(__file__).resolve().parents[3]


async def test_starts_tells_where_and_stops(tmp_path: Path) -> None:
    """The process writes its addresses once it listens, takes its configuration from a file, and ends on SIGTERM."""
    ready, log, config = tmp_path / "ready.json", tmp_path / "log.jsonl", tmp_path / "config.json"
    number = {"phone_number_id": "1", "display_phone_number": "55", "waba_id": "2", "access_token": "t", "app_id": "a"}
    config.write_text(json.dumps({"meta": {"apps": [{"app_id": "a", "app_secret": "s"}], "numbers": [number]}}))
    command = ["-m", "sandbox", "--meta-port", "0", "--claude-port", "0", "--instagram-port", "0"]
    files = ["--ready-file", str(ready), "--log", str(log), "--config", str(config)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, *files, cwd=PROJECT, stderr=asyncio.subprocess.DEVNULL
    )
    await eventually(ready.exists, 20)
    told = json.loads(ready.read_text())
    async with aiohttp.ClientSession() as http, http.get(f"{told['meta_url']}/_sandbox/numbers") as response:
        numbers = (await response.json())["numbers"]
    assert told["telegram_url"].startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    assert (0, process.pid, "1") == (await process.wait(), told["pid"], numbers[0]["phone_number_id"])
    assert json.loads(log.read_text().splitlines()[0])["event"] == "started"
