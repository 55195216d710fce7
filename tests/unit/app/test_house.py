"""Rules of the house that no tool checks."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[3]
_PACKAGES = ("app", "bot", "webhooks", "miniapp", "scheduler", "pipeline", "core", "channels", "db", "sandbox")
_MODULES = sorted(path for package in _PACKAGES for path in (_PROJECT / package).rglob("*.py"))
_LOCKS = ("run", "dev", "node")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _faults(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f"{path.name}:{one.name} has {size} lines" for one in functions if (size := _size(one)) > 50]


def _size(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, its docstring aside."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_the_domain_imports_the_standard_library_alone() -> None:
    """What the product means does not depend on anybody's package."""
    outside = {
        (path.name, name)
        for path in (_PROJECT / "core" / "domain").rglob("*.py")
        for name in _imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("core.domain")
    }

    assert outside == set()


def test_nothing_imports_the_tests() -> None:
    """Tests may import anything; nothing imports them."""
    assert [path.name for path in _MODULES if any(name.split(".")[0] == "tests" for name in _imports(path))] == []


def test_modules_and_functions_stay_readable() -> None:
    """A module holds one concept, a function one thought: 400 lines and 50 at the very most."""
    written = [path for path in _MODULES if "migrations" not in path.parts]
    long = [f"{path.name} has {size}" for path in written if (size := len(path.read_text().splitlines())) > 400]

    assert long + [fault for path in written for fault in _faults(path)] == []


@pytest.mark.parametrize("name", _LOCKS)
def test_a_lock_names_no_place(name: str) -> None:
    """Where packages come from is the installation's choice: no URL, no index, no folder in a lock."""
    lines = (_PROJECT / "requirements" / f"{name}.txt").read_text().splitlines()

    assert [line for line in lines if re.search(r"://|^-|@", line)] == []


@pytest.mark.parametrize("name", _LOCKS)
def test_a_lock_holds_the_pins(name: str) -> None:
    """The lock was made anew after the last change of the pins."""
    locked = set(
        re.findall(r"^([\w.-]+==[^\s;\\]+)", (_PROJECT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE)
    )
    wanted = re.findall(
        r"^([\w.-]+)(?:\[[\w,]+\])?(==\S+)", (_PROJECT / "requirements" / f"{name}.in").read_text(), re.MULTILINE
    )

    assert [pin for package, version in wanted if (pin := (package + version).lower()) not in locked] == []


def test_both_locks_agree() -> None:
    """Tests run on the versions that run."""
    run, dev = (
        set(re.findall(r"^[\w.-]+==\S+", (_PROJECT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
        for name in ("run", "dev")
    )

    assert run - dev == set()
