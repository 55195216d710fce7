"""Real servers for the tests: one PostgreSQL and one Valkey a test process, started at the first need."""

import asyncio
import ipaddress
import itertools
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest

from app.embedded.places import scratch_dir, state_dir
from app.embedded.postgres import OWNER, UNSAFE_AND_QUICK, EmbeddedPostgres
from app.embedded.valkey import EmbeddedValkey

_PROJECT = Path(__file__).resolve().parent.parent

# How long one example takes says nothing on a machine that others use too.
hypothesis.settings.register_profile("reveza", deadline=None)
hypothesis.settings.load_profile("reveza")


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """No test speaks to the world: connecting anywhere but to this machine is an error."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_local(str(address[0])):
            message = f"a test tried to connect to {address[0]}"
            raise PermissionError(message)
        return original(self, address)

    return connect


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(slots=True)
class Databases:
    """Makes databases on the test server: empty ones, or copies of one that is already migrated."""

    server: EmbeddedPostgres
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _templates: dict[str, str] = field(default_factory=dict)

    def template(self, kind: str, make: Callable[[], Coroutine[Any, Any, str]]) -> str:
        """The name of the template of that kind, made at the first need: folders borrow its fixture from each other."""
        if kind not in self._templates:
            # A loop of its own that never becomes the thread's: the tests' loops are not disturbed.
            with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
                self._templates[kind] = runner.run(make())
        return self._templates[kind]

    def url(self, name: str, *, superuser: bool = False) -> str:
        """Where the owner (or a superuser) connects to that database."""
        parts = urlsplit(self.server.superuser_url if superuser else self.server.url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def create(self, *, template: str | None = None) -> str:
        """Make a database owned by the owner role and give its name; a template must have no open connection."""
        fresh = self._fresh_name()
        # The files are copied as they are: seven times as quick as by way of the log.
        source = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        await self._execute(f'CREATE DATABASE "{fresh}" OWNER {OWNER}{source}')
        return fresh

    async def rename(self, name: str) -> str:
        """Close whatever connections are left to it and give it the name that comes back: nobody knows that one yet."""
        fresh = self._fresh_name()
        await self._execute(
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'",
            f'ALTER DATABASE "{name}" RENAME TO "{fresh}"',
        )
        return fresh

    async def drop(self, name: str) -> None:
        """Drop it, closing whatever connections are left."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _fresh_name(self) -> str:
        return f"t{os.getpid()}_{next(self._numbers)}"

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.server.superuser_url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL of this test process alone."""
    copies = state_dir(_PROJECT) / "programs"
    with (
        scratch_dir("reveza-test-") as folder,
        EmbeddedPostgres(folder / "postgres", options=UNSAFE_AND_QUICK, copies=copies) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: EmbeddedPostgres) -> str:
    """Where the owner role connects: may create databases and roles, is no superuser (as in production)."""
    return postgres.url


@pytest.fixture(scope="session")
def postgres_superuser_url(postgres: EmbeddedPostgres) -> str:
    """Where a superuser connects: for looking around, never for what the product does."""
    return postgres.superuser_url


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    """Makes and drops databases: ``await databases.create(template=…)``."""
    return Databases(postgres)


@pytest.fixture
async def empty_database_url(databases: Databases) -> AsyncIterator[str]:
    """An empty database of this test alone; the owner's URL."""
    name = await databases.create()
    yield databases.url(name)
    await databases.drop(name)


@pytest.fixture(scope="session")
def valkey() -> Iterator[EmbeddedValkey]:
    """A running Valkey of this test process alone."""
    with scratch_dir("reveza-test-") as folder, EmbeddedValkey(folder / "valkey", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def valkey_url(valkey: EmbeddedValkey) -> str:
    """Where clients connect; tests share its keys, so give every stream and key a name of the test's own."""
    return valkey.url


@pytest.fixture(scope="session")
def python() -> str:
    """The interpreter to start processes of ours with."""
    return sys.executable
