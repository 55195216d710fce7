"""An installation that commands find by the environment's settings: a migrated database with the demo tenant."""

import asyncio
import base64
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
from app.commands.migrate import migrate
from app.emulated import FILE_VARIABLE, EmulatedAccount, file_of
from tests.conftest import Databases

Answer = TypeVar("Answer")
KEY = bytes(range(32))


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
    """An installation with the demo tenant, gone afterwards."""
    name = alone(databases.create())
    EmulatedAccount.kept(folder)
    settings = {
        "REVEZA_STATE_DIR": str(folder),
        "DATABASE_URL": databases.url(name),
        "REDIS_URL": valkey_url,
        "REVEZA_SECRET_KEY": base64.b64encode(KEY).decode(),
        FILE_VARIABLE: str(file_of(folder)),
    }
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    for variable in ("REVEZA_ROLE_PREFIX", "REVEZA_ENV"):
        monkeypatch.delenv(variable, raising=False)
    made = Installation(databases.url(name, superuser=True))
    try:
        for command in (migrate, demo_data):
            result = made.call(command)
            assert result.exit_code == 0, result.output
        yield made
    finally:
        alone(databases.drop(name))
