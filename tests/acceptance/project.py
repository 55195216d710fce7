"""An installation of a test's own, started and spoken to as a person does it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.embedded.keeping import free_port
from app.embedded.places import scratch_dir
from app.embedded.processes import Identity, wait_until

PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS = 90
_OURS = ("REVEZA_", "DATABASE_", "REDIS_", "WEB_", "META_", "INSTAGRAM_", "ZAPI_", "ANTHROPIC_", "TELEGRAM_")


@contextmanager
def own_project(prefix: str) -> Iterator["Project"]:
    """An installation in a folder of its own; whatever a failed test left running is stopped."""
    with scratch_dir(prefix) as folder:
        project = Project(folder / "state", [])
        try:
            yield project
        finally:
            for process in project.ups:
                if process.poll() is None:
                    process.terminate()
                    process.wait(60)


@dataclass(slots=True)
class Project:
    """One installation's data folder, and the commands that run on it."""

    state: Path
    ups: list["subprocess.Popen[bytes]"]

    def up(self) -> "subprocess.Popen[bytes]":
        """Start everything; ready when this returns."""
        log = self.state.with_name(f"{self.state.name}-up.log")
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "up", "--no-browser", "--port", str(free_port())],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.ups.append(process)
        wait_until(lambda: process.poll() is not None or bool(self.run.get("ready")), _START_SECONDS)
        assert self.run.get("ready"), log.read_text()
        return process

    def say(self, text: str, lead: str, channel: str = "meta_whatsapp") -> str:
        """Write as a lead; the printed answer."""
        return self.told("say", text, "--channel", channel, "--from", lead, "--timeout", "30")

    def told(self, *command: str) -> str:
        """What a command prints that must not fail."""
        done = self.call(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of this installation to its end."""
        return subprocess.run(
            [sys.executable, "-m", "app", *command],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def run(self) -> dict[str, Any]:
        """What the run says of itself; empty when there is none."""
        try:
            known: dict[str, Any] = json.loads((self.state / "run.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return known

    def processes(self) -> list[Identity]:
        """Every process of the run: servers and children."""
        pids = [child["pid"] for child in self.run["children"].values()]
        pids.append(int((self.state / "postgres/cluster/data/postmaster.pid").read_text().split("\n")[0]))
        pids.append(json.loads((self.state / "valkey/server.json").read_bytes())["pid"])
        found = [Identity.of(pid) for pid in pids]
        return [identity for identity in found if identity is not None]

    @property
    def environment(self) -> dict[str, str]:
        """This one's, and nothing of what the caller has set for another."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return kept | {"REVEZA_STATE_DIR": str(self.state), "PYTHONPATH": str(PROJECT)}
