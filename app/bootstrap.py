"""Makes ``.venv`` and installs the locked packages, then becomes ``python -m app``.

Runs before anything is installed, so it imports the standard library alone, and of ours only what does the same.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from app.front_end import LOCK as NODE_LOCK  # noqa: E402 - it is found only now
from app.front_end import FrontEnd  # noqa: E402

VENV = ROOT / ".venv"
_BUSY = "installing"
"""A file in ``.venv`` while an installation is under way; found later, it tells of one that was cut short."""
_SHOW_PAGES = frozenset({"up", "web", "test"})
"""The commands that need the managers' pages."""


def main(arguments: list[str]) -> NoReturn:
    """Prepare what the command needs and hand over to it."""
    command = arguments[0] if arguments else ""
    lock = ROOT / "requirements" / ("dev.txt" if command == "test" else "run.txt")
    if not (_is_prepared(lock) and _has_pages(command)):
        try:
            with _alone():
                if not _is_prepared(lock):
                    _prepare(lock)
                if not _has_pages(command):
                    _build_pages()
        except OSError as error:
            _fail(
                f"cannot prepare {VENV}: {error.strerror or error}. Is the folder yours, and is there room on the disk?"
            )
    python = str(_python())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONHOME", None)
    os.execve(python, [python, "-m", "app", *arguments], environment)  # noqa: S606 no shell is wanted


def _python() -> Path:
    return VENV / "bin" / "python"


def _stamp(lock: Path) -> Path:
    return VENV / f"installed-{lock.stem}"


def _mark(lock: Path) -> str:
    """Changes with the lock, so an update of the project installs what is new."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _is_prepared(lock: Path) -> bool:
    stamp = _stamp(lock)
    return stamp.exists() and stamp.read_text() == _mark(lock) and _python().exists() and not (VENV / _BUSY).exists()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One installation at a time: the second waits for the first and finds its work done."""
    with (ROOT / "reveza").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another ./reveza is installing; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(lock: Path) -> None:
    began = time.monotonic()
    if (VENV / _BUSY).exists() or not _runs(_python()):
        shutil.rmtree(VENV, ignore_errors=True)
    fresh = not _python().exists()
    VENV.mkdir(exist_ok=True)
    (VENV / _BUSY).touch()
    if fresh:
        _make_environment()
    packages = sum("==" in line for line in lock.read_text().splitlines())
    _say(f"installing {packages} packages into {VENV} (once)")
    if not _installs(lock):
        _fail("the packages were not installed (see above). Is the network there? Call ./reveza again to try again")
    _write_stamps(lock)
    (VENV / _BUSY).unlink()
    _say(f"installed in {time.monotonic() - began:.0f} s")


def _has_pages(command: str) -> bool:
    """Whether nothing has to be built for this command; tests need what builds, too."""
    pages = FrontEnd()
    if command not in _SHOW_PAGES or not pages.is_there:
        return True
    return pages.is_built and (command != "test" or (pages.is_installed and _is_prepared(NODE_LOCK)))


def _build_pages() -> None:
    """Without the pages everything else runs, and the web process says what is missing."""
    began = time.monotonic()
    _say("building the managers' pages (again only when they change)")
    if not (_has_node() and _builds()):
        _say("the managers' pages were not built (see above); all else starts. Call ./reveza again to try again")
        return
    _say(f"built in {time.monotonic() - began:.0f} s")


def _has_node() -> bool:
    """Node.js, installed where it is not. Half of one is written over."""
    if not _is_prepared(NODE_LOCK):
        if not _installs(NODE_LOCK, "--ignore-installed"):
            return False
        _write_stamps(NODE_LOCK)
    return True


def _builds() -> bool:
    script = ROOT / "app" / "front_end.py"
    return subprocess.run([_python(), "-I", script], stdin=subprocess.DEVNULL, check=False).returncode == 0


def _runs(python: Path) -> bool:
    """Whether that interpreter works: the one it was made from may be gone."""
    if not python.exists():
        return False
    return subprocess.run([python, "-I", "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _make_environment() -> None:
    base = sys.executable if sys.prefix == sys.base_prefix else getattr(sys, "_base_executable", sys.executable)
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        _fail(f"{base} comes without venv and pip. Debian, Ubuntu: apt install python{version}-venv")
    _say(f"making {VENV} with Python {sys.version.split()[0]}")
    done = subprocess.run([base, "-I", "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        _fail(f"{base} -m venv failed:\n{done.stdout}{done.stderr}")


def _installs(lock: Path, *more: str) -> bool:
    """The lock is complete and hashed, so pip has nothing to resolve and nothing to build."""
    options = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-compile", "--disable-pip-version-check"]
    quiet = ["--quiet", "--progress-bar", "off", "--no-input"]
    done = subprocess.run(
        [_python(), "-m", "pip", "install", *options, *more, *quiet, "-r", lock],
        env={**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _write_stamps(lock: Path) -> None:
    """The lock for tests holds everything a run needs."""
    done = [lock, lock.with_name("run.txt")] if lock.stem == "dev" else [lock]
    for each in done:
        _stamp(each).write_text(_mark(each))


def _say(text: str) -> None:
    print(f"reveza: {text}", file=sys.stderr, flush=True)  # noqa: T201 there is no logging before the installation


def _fail(text: str) -> NoReturn:
    _say(text)
    raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
