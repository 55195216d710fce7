""".env.example is the whole form: every setting, and what docker-compose.yml asks for; nothing else."""

import re

import pytest

from app.settings import Settings, variable
from tests.unit.deploy.compose import PROJECT, asked_for

_FORM = (PROJECT / ".env.example").read_text()
_FIELDS = {variable(name): field for name, field in Settings.model_fields.items()}
_LINES = re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", _FORM, re.MULTILINE)
_TABLE = dict(
    re.findall(
        r"^\| `(\w+)` \| (?:`([^`]*)`|the database's name|–) \|",
        (PROJECT / "docs/operate.md").read_text(),
        re.MULTILINE,
    )
)


def test_the_form_is_complete() -> None:
    """Every setting, and what the file for Compose takes from it, once."""
    assert sorted(name for name, _ in _LINES) == sorted(_FIELDS.keys() | asked_for())


def test_every_line_is_explained() -> None:
    """Above each variable stands a comment, its own or that of the lines it belongs to."""
    paragraphs = [part.splitlines() for part in _FORM.split("\n\n")]
    bare = [part[0] for part in paragraphs if "=" in part[0].partition("#")[0]]
    assert bare == []


def test_the_form_holds_no_secret() -> None:
    """Only what is nobody's secret has a value."""
    assert {name for name, value in _LINES if value} == {"REVEZA_ENV", "WEB_HOST", "LOG_LEVEL", "LOG_FORMAT"}


@pytest.mark.parametrize("name", sorted(name for name, field in _FIELDS.items() if not field.is_required()))
def test_the_page_tells_the_default(name: str) -> None:
    """docs/operate.md names the one the code has, or a dash where it has none."""
    default = _FIELDS[name].default
    assert _TABLE[name] == ("" if default is None else f"{default:g}" if isinstance(default, float) else str(default))
