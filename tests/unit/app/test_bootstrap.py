"""``./reveza``: prepares its environment once, hands everything over, mends what was cut short."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[3]
_ECHO = "import sys\nprint(sys.argv[1:], sys.prefix)\nsys.exit(7)\n"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bootstrap")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of the same shape whose locks are empty: nothing is fetched."""
    root = tmp_path_factory.mktemp("a project with spaces")
    (root / "app").mkdir()
    (root / "requirements").mkdir()
    shutil.copy(_PROJECT / "reveza", root / "reveza")
    for name in ("bootstrap.py", "front_end.py"):
        shutil.copy(_PROJECT / "app" / name, root / "app" / name)
    (root / "app" / "__init__.py").touch()
    (root / "app" / "__main__.py").write_text(_ECHO)
    for name in ("run", "dev", "node"):
        (root / "requirements" / f"{name}.txt").write_text("")
    yield root
    shutil.rmtree(root / ".venv", ignore_errors=True)


def _start(project: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(project / "reveza"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, **environment},
    )


def _call(project: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    process = _start(project, *arguments, **environment)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_two_first_calls_share_one_installation(project: Path) -> None:
    """The second waits for the first; both hand over."""
    both = [_start(project, "up"), _start(project, "up")]
    said = [process.communicate(timeout=120)[1] for process in both]

    assert ([process.returncode for process in both], "".join(said).count("packages into")) == ([7, 7], 1)


def test_arguments_and_the_exit_code_pass_through(project: Path) -> None:
    """Quotes, spaces and options arrive as they were given, in the project's own environment."""
    code, out, _err = _call(project, "say", "Oi, quanto custa?", "--from", "")

    assert (code, out) == (7, f"['say', 'Oi, quanto custa?', '--from', ''] {project / '.venv'}\n")


def test_a_prepared_environment_is_used_as_it_is(project: Path) -> None:
    """Nothing is said and nothing installed when the lock did not change."""
    _call(project, "up")

    assert _call(project, "up")[2] == ""


def test_a_changed_lock_is_installed(project: Path) -> None:
    """An update of the project brings its new packages."""
    _call(project, "up")
    (project / "requirements" / "run.txt").write_text("# changed\n")

    assert "installing" in _call(project, "up")[2]


def test_an_installation_that_was_cut_short_is_made_anew(project: Path) -> None:
    """Half a package is worse than none."""
    _call(project, "up")
    (project / ".venv" / "installing").touch()
    (project / ".venv" / "half").touch()

    assert (_call(project, "up")[0], (project / ".venv" / "half").exists()) == (7, False)


def test_an_environment_whose_python_is_gone_is_made_anew(project: Path) -> None:
    """The system's Python was replaced: the links into it lead nowhere."""
    _call(project, "up")
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    assert _call(project, "up")[0] == 7


def test_it_works_through_a_link(project: Path, tmp_path: Path) -> None:
    """A link on PATH leads to the project."""
    (tmp_path / "reveza").symlink_to(project / "reveza")

    assert _call(tmp_path, "up")[0] == 7


def test_without_python_it_says_how_to_mend_that(project: Path, tmp_path: Path) -> None:
    """No traceback of a shell, but a sentence."""
    shutil.copytree(project, tmp_path / "bare", ignore=shutil.ignore_patterns(".venv"))

    code, _out, err = _call(tmp_path / "bare", "up", PATH=str(tmp_path))

    assert (code, "no Python 3.11 or newer" in err) == (1, True)


def test_without_the_pages_all_else_starts(project: Path) -> None:
    """What cannot be built (here for want of Node.js) is told; only what shows pages tries."""
    web = project / "miniapp" / "web"
    web.mkdir(parents=True)
    (web / "package.json").write_text("{}")

    shows, other = _call(project, "up"), _call(project, "say")

    assert (shows[0], "the managers' pages were not built" in shows[2], other[2]) == (7, True, "")
