"""``reveza up`` as a person uses it: real processes, from the start to Ctrl-C and after kill -9."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.embedded.keeping import free_port
from app.embedded.places import scratch_dir
from app.embedded.processes import Identity, wait_until

_PROJECT = Path(__file__).resolve().parents[2]
_QUESTION = "Oi, quanto custa a avaliação?"
_START_SECONDS = 90
_OURS = ("REVEZA_", "DATABASE_", "REDIS_", "WEB_", "META_", "ANTHROPIC_")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]


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
                [sys.executable, "-m", "app", "up", "--port", str(free_port())],
                cwd=_PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.ups.append(process)
        wait_until(lambda: process.poll() is not None or bool(self.run.get("ready")), _START_SECONDS)
        assert self.run.get("ready"), log.read_text()
        return process

    def say(self, text: str, lead: str) -> str:
        """Write as a lead; the printed answer."""
        done = subprocess.run(
            [sys.executable, "-m", "app", "say", text, "--from", lead, "--timeout", "30"],
            cwd=_PROJECT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

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
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return kept | {"REVEZA_STATE_DIR": str(self.state), "PYTHONPATH": str(_PROJECT)}


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """One installation for the module; whatever a failed test left running is stopped."""
    with scratch_dir("reveza-up-") as folder:
        project = Project(folder / "state", [])
        yield project
        for process in project.ups:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def test_a_lead_is_answered(project: Project) -> None:
    """From nothing to an answer by two commands."""
    process = project.up()

    assert re.search(r"\w", project.say(_QUESTION, "5511900000001"))
    _stop(process)


def test_ctrl_c_ends_everything(project: Project) -> None:
    """No process of the run is left, and the exit is clean."""
    process = project.up()
    processes = project.processes()

    code = _stop(process)

    assert (code, len(processes), [one for one in processes if one.alive]) == (0, 7, [])


def test_a_killed_up_is_taken_over_and_nothing_is_lost(project: Project) -> None:
    """Kill -9, the next `up`: it answers, and its servers are new processes on the old data."""
    first = project.up()
    project.say(_QUESTION, "5511900000002")
    before = project.processes()
    first.kill()
    first.wait()

    second = project.up()
    answer = project.say("E qual é o endereço?", "5511900000002")

    assert ([one for one in before if one.alive], bool(answer.strip())) == ([], True)
    _stop(second)


def test_a_second_up_of_the_same_project_is_refused(project: Project) -> None:
    """It says so instead of fighting for the data."""
    process = project.up()
    done = subprocess.run(
        [sys.executable, "-m", "app", "up"],
        cwd=_PROJECT,
        env={**os.environ, "REVEZA_STATE_DIR": str(project.state)},
        capture_output=True,
        text=True,
        check=False,
    )
    _stop(process)

    assert (done.returncode, "already runs" in done.stderr) == (1, True)


def test_two_projects_run_side_by_side(project: Project) -> None:
    """Each has its own servers and ports; both answer."""
    with scratch_dir("reveza-up-") as folder:
        other = Project(folder / "state", project.ups)
        processes = [project.up(), other.up()]

        answers = [one.say(_QUESTION, "5511900000003") for one in (project, other)]

        assert all(answer.strip() for answer in answers)
        assert [_stop(process) for process in processes] == [0, 0]


def _stop(process: "subprocess.Popen[bytes]") -> int:
    process.send_signal(signal.SIGINT)
    return process.wait(60)
