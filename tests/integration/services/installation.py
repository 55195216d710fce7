"""An installation that commands find by the environment's settings: a migrated database with the demo tenant."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import click
import pytest
from click.testing import CliRunner, Result

from app.commands.demo_data import demo_data
from app.emulated import FILE_VARIABLE, EmulatedAccount, file_of
from tests.conftest import Databases
from tests.migrated import ROLE_PREFIX, SECRET_KEY, bare_template

Answer = TypeVar("Answer")


def alone(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run it in a loop of its own: the commands start theirs."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)


@dataclass(frozen=True, slots=True)
class Installation:
    """A migrated database that the environment's settings lead to."""

    superuser: str

    def call(self, command: click.Command, *words: object) -> Result:
        """Type a command."""
        return CliRunner().invoke(command, [str(word) for word in words])

    def value(self, question: str, *values: object) -> Any:
        """Look at one value."""
        return self.connected(lambda connection: connection.fetchval(question, *values))

    def run(self, statement: str, *values: object) -> None:
        """Change something past everybody."""
        self.connected(lambda connection: connection.execute(statement, *values))

    def connected(self, work: Callable[[asyncpg.Connection], Coroutine[Any, Any, Answer]]) -> Answer:
        """Do it with a superuser's connection."""

        async def run() -> Answer:
            connection = await asyncpg.connect(self.superuser)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return alone(run())


@contextmanager
def open_installation(
    databases: Databases, valkey_url: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> Iterator[Installation]:
    """An installation with the demo tenant, gone afterwards: a copy of the one that the commands made once."""
    bare = bare_template(databases)
    template = databases.template("installation", lambda: _made(databases, bare, valkey_url))
    name = alone(databases.create(template=template))
    _settle(monkeypatch, databases.url(name), valkey_url, folder)
    monkeypatch.setenv(FILE_VARIABLE, str(file_of(_accounts(databases))))
    try:
        yield Installation(databases.url(name, superuser=True))
    finally:
        alone(databases.drop(name))


def _accounts(databases: Databases) -> Path:
    """The folder of the emulated accounts, which the copies have in common."""
    return databases.server.folder / "installation"


async def _made(databases: Databases, bare: str, valkey_url: str) -> str:
    """Fill a migrated database, as an operator does."""
    name, folder = await databases.create(template=bare), _accounts(databases)
    folder.mkdir()
    EmulatedAccount.kept(folder)

    def type_them() -> None:
        with pytest.MonkeyPatch.context() as patch:
            _settle(patch, databases.url(name), valkey_url, folder)
            patch.setenv(FILE_VARIABLE, str(file_of(folder)))
            result = CliRunner().invoke(demo_data, [])
            assert result.exit_code == 0, result.output

    await asyncio.to_thread(type_them)
    return name


def _settle(patch: pytest.MonkeyPatch, database_url: str, valkey_url: str, folder: Path) -> None:
    """Set the environment's settings."""
    settings = {
        "REVEZA_STATE_DIR": str(folder),
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey_url,
        "REVEZA_SECRET_KEY": SECRET_KEY,
        "REVEZA_ROLE_PREFIX": ROLE_PREFIX,
    }
    for variable, value in settings.items():
        patch.setenv(variable, value)
    patch.delenv("REVEZA_ENV", raising=False)
