"""``reveza migrate`` as an operator calls it."""

import asyncio
import base64
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from click.testing import CliRunner, Result

from app.commands.migrate import migrate
from app.settings import load_settings
from core.domain.errors import ConfigurationError
from tests.conftest import Databases


@pytest.fixture
def empty(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Settings that name an empty database; gives the owner's URL."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        url = databases.url(runner.run(databases.create()))
    monkeypatch.setenv("REVEZA_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("REVEZA_SECRET_KEY", base64.b64encode(bytes(range(32))).decode())
    monkeypatch.delenv("REVEZA_ROLE_PREFIX", raising=False)
    monkeypatch.delenv("REVEZA_ENV", raising=False)
    return url


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(migrate, arguments)


async def _ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def _answer(url: str, question: str) -> object:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(_ask(url, question))


@pytest.mark.slow
def test_every_role_can_sign_in_afterwards(empty: str) -> None:
    """The settings of every other process lead into the database that the command made."""
    result = _call()
    assert (result.exit_code, result.output) == (0, "the database is up to date\n"), result.exception
    settings = load_settings(env_file=None)
    for role in ("app", "platform", "ingest"):
        assert _answer(settings.database_url_for(role), "SELECT current_user") == settings.role_name(role)


@pytest.mark.slow
def test_calling_it_again_is_no_error(empty: str) -> None:
    """A second call finds nothing to do."""
    assert [_call().exit_code for _ in range(2)] == [0, 0]


@pytest.mark.slow
def test_a_target_is_gone_to(empty: str) -> None:
    """``--target`` goes up to a migration, and down to it."""
    for target in ("0002_tenancy", "0001_initial", "zero"):
        assert _call("--target", target).output == f"the database is at {target}\n"
    assert _answer(empty, "SELECT to_regclass('leads') IS NULL") is True


def test_an_unknown_target_names_the_known_ones(empty: str) -> None:
    """A slip of the pen is told with what there is."""
    result = _call("--target", "0002_tenacity")
    assert result.exit_code == 2
    assert "0002_tenancy" in result.output


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"port": 1}, "nothing answers there"),
        ({"password": "wrong"}, "does not accept its user and password"),
        ({"path": "/no_such_database"}, "no such database"),
    ],
)
def test_what_is_wrong_with_the_url_is_told(
    empty: str, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, object], told: str
) -> None:
    """A database that cannot be reached is an error of the settings that names the variable and the mend, not the password."""
    parts = urlsplit(empty)
    password, port = wrong.get("password", parts.password), wrong.get("port", parts.port)
    place = f"{parts.username}:{password}@{parts.hostname}:{port}"
    monkeypatch.setenv(
        "DATABASE_URL", urlunsplit(parts._replace(netloc=place, path=str(wrong.get("path", parts.path))))
    )
    error = _call().exception
    assert isinstance(error, ConfigurationError)
    assert "DATABASE_URL" in str(error)
    assert told in str(error)
    assert str(password) not in str(error).replace(told, "")
