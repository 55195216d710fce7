"""README and docs name only what exists: commands, files, variables, decisions, Python names."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli import COMMANDS
from app.settings import Settings, variable
from db import catalog

PROJECT = Path(__file__).resolve().parents[3]
ADR = PROJECT / "docs" / "adr"
PAGES = [PROJECT / "README.md", PROJECT / "README.pt-BR.md", *sorted((PROJECT / "docs").rglob("*.md"))]
SETTINGS = {variable(name) for name in Settings.model_fields}
_TOP = tuple(sorted(path.name for path in PROJECT.iterdir() if path.is_dir() and not path.name.startswith(".")))
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(rf"`((?:{'|'.join(_TOP)})/[\w./-]*)`")
_COMMAND = re.compile(r"\./reveza(?![\w/-])((?: +[\w-]+)*)")
_VARIABLE = re.compile(r"(?<![\w.])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?!\w)")
_OURS = re.compile(r"^(REVEZA|WEB|META|ANTHROPIC|TURN|SEND|WORKER|METRICS|LOG|DATABASE|REDIS)_")
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _name(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


def _anchors(page: Path) -> set[str]:
    """What a heading is called in a link: small letters, hyphens for spaces, nothing else."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and target.is_relative_to(PROJECT) and (not anchor or anchor in _anchors(target))


def _commands(page: Path) -> Iterator[list[str]]:
    for found in _COMMAND.finditer(page.read_text()):
        words = found.group(1).split()
        if words:
            yield words


def _understood(words: list[str]) -> bool:
    """Whether the command, its subcommand and its options exist; other words are arguments."""
    if words[0] not in COMMANDS:
        return False
    command = COMMANDS[words[0]].load()
    rest = words[1:]
    if isinstance(command, click.Group) and rest and not _is_called_itself(command, rest):
        if rest[0] not in command.commands:
            return False
        command, rest = command.commands[rest[0]], rest[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    return {word for word in rest if word.startswith("--")} <= known


def _is_called_itself(command: click.Group, rest: list[str]) -> bool:
    """Whether what follows a group that does something by itself are its own options."""
    return command.invoke_without_command and rest[0].startswith("-")


def _imports(code: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link reaches a file of the project, and a heading where it names one."""
    links = [link for link in _LINK.findall(_FENCED.sub("", page.read_text())) if "://" not in link]
    assert [link for link in links if not _leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_paths_exist(page: Path) -> None:
    """Every path in backticks that begins with a folder of the project is there."""
    assert [path for path in _PATH.findall(page.read_text()) if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_exist(page: Path) -> None:
    """Every `./reveza …` is a command with these subcommands and options."""
    assert [words for words in _commands(page) if not _understood(words)] == []


def test_variables_exist() -> None:
    """Every variable of ours that a page names is a setting, or is read somewhere in the code."""
    source = "".join(path.read_text() for path in [*(PROJECT / "app").rglob("*.py"), PROJECT / "reveza"])
    named = {name for page in PAGES for name in _VARIABLE.findall(page.read_text()) if _OURS.match(name)}
    assert sorted(name for name in named - SETTINGS if name not in source) == []


def test_every_setting_is_explained() -> None:
    """The table of settings holds every one of them."""
    page = (PROJECT / "docs" / "operate.md").read_text()
    assert sorted(name for name in SETTINGS if f"| `{name}` |" not in page) == []


def test_every_command_is_explained() -> None:
    """The table of commands holds every one of them."""
    told = {words[0] for words in _commands(PROJECT / "README.md")}
    assert sorted(COMMANDS.keys() - told) == []


def test_python_in_the_pages_imports_what_exists() -> None:
    """The modules and names that examples import are there."""
    blocks = [block for page in PAGES for block in _PYTHON.findall(page.read_text())]
    wanted = [pair for block in blocks for pair in _imports(block)]
    assert [pair for pair in wanted if not hasattr(importlib.import_module(pair[0]), pair[1])] == []


def test_every_decision_is_listed() -> None:
    """The list of decisions links each of them, in order."""
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (ADR / "README.md").read_text())
    assert listed == sorted(path.name for path in ADR.glob("[0-9]*.md"))


@pytest.mark.parametrize("decision", sorted(ADR.glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_decisions_have_one_shape(decision: Path) -> None:
    """Numbered as the file is; context, decision, consequences."""
    headings = re.findall(r"^(#+ .+)$", decision.read_text(), re.MULTILINE)
    assert headings[0].startswith(f"# {int(decision.name[:4])}. ")
    assert headings[1:] == ["## Context", "## Decision", "## Consequences"]


def test_exceptions_among_keys_are_told() -> None:
    """The decision about keys names each wider one."""
    page = next(ADR.glob("0011-*.md")).read_text()
    assert [name for name in catalog.WIDER_KEYS if name not in page] == []
