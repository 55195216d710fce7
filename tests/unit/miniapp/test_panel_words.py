"""What only the server names can be read in the panel, in both languages: deeds of the audit log, jobs of the clock."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain.schedule import SCHEDULE

_PROJECT = Path(__file__).resolve().parents[3]
_LOCALES = _PROJECT / "miniapp" / "web" / "src" / "locales"


def _deeds() -> Iterator[str]:
    """What is written to the log, as it stands in the sources: ``conversation.`` alone where the rest is known at run time."""
    for path in (_PROJECT / "core" / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "audit":
                yield from (
                    one.value
                    for one in ast.walk(node.args[2])
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value
                )


def _settings(language: str) -> Any:
    return json.loads((_LOCALES / language / "settings.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_every_deed_has_words(language: str) -> None:
    """One that a screen would show by its code is found here."""
    words = _settings(language)["deed"]
    known = {f"{what}.{how}" for what, hows in words.items() for how in hows} | {f"{what}." for what in words}
    assert sorted(set(_deeds()) - known) == []


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_every_job_has_a_name(language: str) -> None:
    """By which the page of how the business stands tells of it."""
    assert {job.name for job in SCHEDULE} - set(_settings(language)["job"]) == set()
