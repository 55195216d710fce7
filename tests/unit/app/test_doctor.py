"""``reveza doctor``: one line a dependency, a mend for each that is not well."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.backups import name_at
from app.commands.doctor import _backup, examine
from app.settings import load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that knows of nothing."""
    monkeypatch.setenv("REVEZA_STATE_DIR", str(tmp_path))
    for name in ("DATABASE_URL", "REDIS_URL", "REVEZA_SECRET_KEY", "ANTHROPIC_API_KEY", "REVEZA_ENV"):
        monkeypatch.delenv(name, raising=False)


async def test_wrong_settings_are_told_with_their_mends() -> None:
    """The very first thing to mend."""
    findings = {finding.subject: finding for finding in await examine(env_file=None)}

    assert (findings["settings"].state, "DATABASE_URL is not set" in findings["settings"].mend) == ("wrong", True)


async def test_what_answers_is_well_and_what_does_not_is_named(
    monkeypatch: pytest.MonkeyPatch, empty_database_url: str, valkey_url: str
) -> None:
    """Servers that are up are well; roles not made yet, a missing key and unreachable APIs come with a mend."""
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.setenv("REDIS_URL", valkey_url)
    monkeypatch.setenv("REVEZA_SECRET_KEY", base64.b64encode(bytes(32)).decode())
    for name in ("META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "ZAPI_URL", "TELEGRAM_API_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "7001:a-token")
    monkeypatch.setenv("WEB_PORT", "9")

    findings = await examine(env_file=None)

    assert {finding.subject for finding in findings if finding.state == "ok"} >= {"PostgreSQL", "Redis", "settings"}
    wrong = [finding for finding in findings if finding.state == "wrong"]
    assert len(wrong) == 9
    assert all(finding.mend for finding in wrong)


@pytest.mark.parametrize(("age", "state"), [(None, "absent"), (2, "ok"), (8, "wrong")])
async def test_an_old_backup_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, age: int | None, state: str
) -> None:
    """None yet is said; one of last week is wrong, and how to write another."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner@127.0.0.1:9/database")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("REVEZA_SECRET_KEY", base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    if age is not None:
        (tmp_path / name_at(datetime.now(UTC) - timedelta(days=age))).touch()

    finding = await _backup(load_settings(env_file=None))

    assert (finding.state, "./reveza backup" in finding.mend) == (state, state != "ok")
