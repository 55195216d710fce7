"""``reveza test``: style, types, import directions, tests; the last line is pytest's."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import click

from app.browser import VARIABLE, install_browser
from app.running import PROJECT

_QUICK = "not slow and not faults and not browser"
_LONG = "slow or faults or browser"


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
    codes = [
        _run(("-m", "pytest", *spread, "-m", marks, *pytest_arguments), environment)
        for marks in _marks(everything=everything, faults=faults)
    ]
    sys.exit(max(codes) or (1 if failed else 0))


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
