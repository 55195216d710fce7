"""Who opens a tenant's transaction either tells what changed in it, or is listed with why there is nothing to tell."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.catalog import QUIET_SCOPES
from tests.unit.db.test_platform_scope_callers import PACKAGES, PROJECT

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Function:
    """What a function calls, by the last name; ``inside``: it works in its caller's transaction."""

    calls: frozenset[str]
    inside: bool


def _functions(node: ast.AST, within: tuple[str, ...] = (), *, inside: bool = False) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, (*within, child.name), inside=any(_takes_scope(one) for one in child.body))
        elif isinstance(child, Definition):
            yield ".".join((*within, child.name)), Function(_calls(child), inside or _takes_scope(child))
            yield from _functions(child, (*within, child.name))
        else:
            yield from _functions(child, within)


def _takes_scope(node: ast.AST) -> bool:
    return isinstance(node, Definition) and any(
        isinstance(one, ast.arg) and one.arg == "scope" for one in ast.walk(node.args)
    )


def _calls(definition: Definition) -> frozenset[str]:
    called = [node.func for node in ast.walk(definition) if isinstance(node, ast.Call)]
    return frozenset(
        one.id if isinstance(one, ast.Name) else one.attr for one in called if isinstance(one, ast.Name | ast.Attribute)
    )


def _read(source: str, module: str) -> dict[str, Function]:
    return {f"{module}:{name}": function for name, function in _functions(ast.parse(source))}


def _quiet(functions: Mapping[str, Function]) -> set[str]:
    """Those that open a tenant's scope and tell nothing, neither themselves nor by what they call in it."""
    telling: set[str] = set()
    more = {"changed", "tell"}
    while not more <= telling:
        telling |= more
        more = {_short(name) for name, one in functions.items() if one.inside and one.calls & telling}
    return {
        name
        for name, one in functions.items()
        if one.calls & {"tenant_scope", "tenant_row"} and not one.calls & telling
    }


def _short(name: str) -> str:
    return name.rpartition(":")[2].rpartition(".")[2]


def _product() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for path in (path for package in PACKAGES for path in Path(PROJECT / package).rglob("*.py")):
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        found |= _read(path.read_text(encoding="utf-8"), module)
    return found


def test_who_tells_nothing_is_listed_with_a_reason() -> None:
    """A new use case tells what it changes, or somebody decides that no screen shows it; one that is gone is struck off."""
    assert _quiet(_product()) == set(QUIET_SCOPES)


def test_the_walk_sees_what_is_told_by_helpers() -> None:
    """Also by helpers of helpers and by objects that hold the scope; a use case of the same name tells for itself only."""
    source = """
def looks():
    with tenant_scope() as scope: scope.row("team")

def helped():
    with tenant_scope() as scope: outer(scope)

def outer(scope): inner(scope)

def inner(scope): scope.changed(1)

class Held:
    def __init__(self, scope): ...
    def step(self): self._scope.changed(1)

class Desk:
    def held(self):
        with tenant_scope() as scope: Held(scope).step()

    def take(self):
        with tenant_scope() as scope: scope.changed(1)

def taken():
    with tenant_scope() as scope: take()
"""
    assert _quiet(_read(source, "m")) == {"m:looks", "m:taken"}
