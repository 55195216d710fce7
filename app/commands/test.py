"""``reveza test``: style, types, import directions, tests; the last line is pytest's."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import click

from app.browser import VARIABLE, install_browser
from app.running import PROJECT

_QUICK = "not slow and not faults and not browser"
_LONG = "slow or faults or browser"
_FAILED: Final = PROJECT / ".pytest_cache/v/cache/lastfailed"
_TESTS_FAILED: Final = 1
"""What pytest exits with when it has run and tests failed."""
MOST_AGAIN: Final = 10
"""More tests than so many are not tried again: that is no matter of what ran beside them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One tool: its name for people, and its arguments for the Python interpreter."""

    name: str
    arguments: tuple[str, ...]


_CHECKS = (
    Check("ruff check", ("-m", "ruff", "check", ".")),
    Check("ruff format", ("-m", "ruff", "format", "--check", ".")),
    Check("mypy", ("-m", "mypy")),
    Check("import-linter", ("-c", "from importlinter.cli import lint_imports_command as lint; lint()")),
    *(Check(f"pages: {script}", ("-I", "app/front_end.py", script)) for script in ("lint", "test", "budget")),
)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--all", "everything", is_flag=True, help="The long tests too: faults, load, browser.")
@click.option("--faults", is_flag=True, help="Only the fault experiments, with real processes.")
@click.option("--seeds", type=click.IntRange(1), default=2, show_default=True, help="Seeds for each fault experiment.")
@click.option("--experiment", type=int, multiple=True, help="Only the fault experiments with these numbers.")
@click.option("--jobs", default="2", show_default=True, help="Test processes at the same time; 0 runs in this one.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(
    *,
    everything: bool,
    faults: bool,
    seeds: int,
    experiment: tuple[int, ...],
    jobs: str,
    pytest_arguments: tuple[str, ...],
) -> None:
    """Check style, types and import directions, then run the tests. PYTEST_ARGUMENTS are passed on."""
    failed = [] if faults or pytest_arguments else [check.name for check in _CHECKS if not _passes(check)]
    if failed:
        click.echo(f"failed: {', '.join(failed)}; the tests follow", err=True)
    environment = {
        "REVEZA_FAULT_SEEDS": str(seeds),
        "REVEZA_FAULT_EXPERIMENTS": ",".join(str(number) for number in experiment),
    }
    if everything and not install_browser():
        click.echo(f"no browser here: the browser tests cannot run (install chromium, or set {VARIABLE})", err=True)
    spread = [] if jobs == "0" else ["-n", jobs, "--dist", "loadgroup"]
    codes = []
    for marks in _marks(everything=everything, faults=faults):
        chosen = ("-m", marks, *pytest_arguments)

        def run(*more: str, chosen: tuple[str, ...] = chosen) -> int:
            return _run(("-m", "pytest", *more, *chosen), environment)

        code = run(*spread)
        codes.append(alone(code, run, _last_failed) if everything else code)
    sys.exit(max(codes) or (1 if failed else 0))


def alone(code: int, run: Callable[..., int], failed: Callable[[], frozenset[str]]) -> int:
    """Try what failed beside other tests once more by itself, and say which passed then; pytest's exit code of that.

    A whole run is an hour on two cores that others use too. What passes alone is to be looked into all the same.
    """
    before = failed()
    if code != _TESTS_FAILED or not 0 < len(before) <= MOST_AGAIN:
        return code
    click.echo(f"{len(before)} failed beside others; once more, alone:", err=True)
    code = run("--last-failed", "--last-failed-no-failures", "none")
    for test in sorted(before - failed()):
        click.echo(f"failed beside others, passed alone: {test}", err=True)
    return code


def _last_failed() -> frozenset[str]:
    try:
        return frozenset(json.loads(_FAILED.read_text()))
    except FileNotFoundError:
        return frozenset()


def _marks(*, everything: bool, faults: bool) -> Sequence[str]:
    """The runs there are: whole systems come after the many small tests, so that neither slows the other."""
    if faults:
        return ("faults",)
    return (_QUICK, _LONG) if everything else (_QUICK,)


def _passes(check: Check) -> bool:
    began = time.monotonic()
    code = _run(check.arguments, {})
    click.echo(f"{check.name}: {'ok' if code == 0 else 'FAILED'} ({time.monotonic() - began:.1f} s)", err=True)
    return code == 0


def _run(arguments: Sequence[str], environment: dict[str, str]) -> int:
    sys.stdout.flush()
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    path = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={**inherited, **path, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode
