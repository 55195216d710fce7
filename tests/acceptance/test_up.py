"""``reveza up`` as a person uses it: real processes, from the start to Ctrl-C and after kill -9."""

import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from app.embedded.places import scratch_dir
from tests.acceptance.project import Project, own_project

_QUESTION = "Oi, quanto custa a avaliação?"
_LEADS = {"meta_whatsapp": "5511900000001", "zapi": "5511900000004", "instagram": "17800000000000009"}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """One installation for the module; whatever a failed test left running is stopped."""
    with own_project("reveza-up-") as project:
        yield project


def test_a_lead_is_answered(project: Project) -> None:
    """From nothing to an answer by two commands, on every channel."""
    process = project.up()

    answers = {channel: project.say(_QUESTION, lead, channel) for channel, lead in _LEADS.items()}

    assert [channel for channel, answer in answers.items() if re.search(r"R\$ 120", answer)] == list(_LEADS)
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
    done = project.call("up")
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
