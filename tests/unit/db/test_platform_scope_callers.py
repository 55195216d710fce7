"""Who looks over all tenants: read from the source, held to the list in ``db.catalog``."""

import ast
from collections.abc import Iterator
from pathlib import Path

from db.catalog import PLATFORM_SCOPE_CALLERS

PROJECT = Path(__file__).resolve().parents[3]
PACKAGES = ("app", "bot", "webhooks", "miniapp", "scheduler", "pipeline", "core", "channels", "db")
NAME = "platform_scope"


def _uses(node: ast.AST, module: str, within: tuple[str, ...] = ()) -> Iterator[str]:
    """Every function in which the name is read, however it is called or passed on."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        inner = (
            (*within, child.name)
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            else within
        )
        if named or not _reads(child):
            yield from _uses(child, module, inner)
        else:
            yield f"{module}:{'.'.join(within)}"
            yield from _uses(child, module, inner)


def _reads(node: ast.AST) -> bool:
    name = isinstance(node, ast.Name) and node.id == NAME
    return name or (isinstance(node, ast.Attribute) and node.attr == NAME)


def _callers_in(source: str, module: str) -> set[str]:
    return set(_uses(ast.parse(source), module))


def _callers() -> set[str]:
    found: set[str] = set()
    for package in PACKAGES:
        for path in (PROJECT / package).rglob("*.py"):
            module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            found |= _callers_in(path.read_text(encoding="utf-8"), module)
    return found


def test_callers_are_listed_with_a_reason() -> None:
    """A new caller is a decision, written down; one that is gone is struck off."""
    assert _callers() == set(PLATFORM_SCOPE_CALLERS)


def test_an_import_under_another_name_is_no_way_around() -> None:
    """The name is never imported as something else, which would hide its callers."""
    aliased = [
        str(path)
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == NAME and alias.asname
    ]
    assert aliased == []


def test_the_walk_sees_methods_functions_and_references() -> None:
    """The walk names the innermost function of each use."""
    source = """
from db import tenancy
from db.tenancy import platform_scope

class Desk:
    async def look(self):
        async with platform_scope() as scope:
            pass

def later():
    return tenancy.platform_scope

scope = platform_scope()
"""
    assert _callers_in(source, "m") == {"m:Desk.look", "m:later", "m:"}
