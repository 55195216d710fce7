"""The settings that policies read are only ever set for one transaction: a connection pool outlives a session setting."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
PACKAGES = ("app", "bot", "webhooks", "miniapp", "scheduler", "pipeline", "core", "channels", "db")
_CALL = re.compile(r"set_config\(\s*'app\.\w+'.*?(\w+)\)(?=[\"';])", re.MULTILINE)
_SET = re.compile(r"\bSET\s+(?:SESSION\s+|LOCAL\s+)?app\.", re.IGNORECASE)


def _sources() -> list[str]:
    paths = [path for package in PACKAGES for kind in ("*.py", "*.sql") for path in (PROJECT / package).rglob(kind)]
    return [path.read_text(encoding="utf-8") for path in paths]


def test_every_setting_ends_with_its_transaction() -> None:
    """``set_config`` is called with ``true`` as its last word: until the transaction ends, whatever becomes of it."""
    words = [word for source in _sources() for word in _CALL.findall(source)]
    assert len(words) >= 2  # the tenant's and the batch's
    assert set(words) == {"true"}


def test_no_statement_sets_them_otherwise() -> None:
    """Nobody writes ``SET app.…``: it takes no parameter, so it would be built of strings."""
    assert [match for source in _sources() for match in _SET.findall(source)] == []
