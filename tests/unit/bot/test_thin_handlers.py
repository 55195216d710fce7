"""Handlers authenticate and call a service: who may do what is asked there, and not where the words come in."""

import ast
from pathlib import Path

import pytest

HANDLERS = sorted((Path(__file__).parents[3] / "bot" / "handlers").glob("*.py"))


@pytest.mark.parametrize("path", HANDLERS, ids=[path.stem for path in HANDLERS])
def test_a_handler_asks_for_no_rights(path: Path) -> None:
    """A rule in a handler holds for Telegram alone."""
    imports = {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)}
    assert "core.services.access" not in imports
