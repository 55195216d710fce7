"""Where a benchmark plays: embedded servers of its own, a seeded database copied fresh for every round, our web process."""

import asyncio
import base64
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import asyncpg

from app.bench.business import describe
from app.bench.seeding import seed
from app.embedded.keeping import LOOPBACK, free_port
from app.embedded.places import state_dir
from app.embedded.postgres import OWNER, EmbeddedPostgres
from app.embedded.processes import start, stop_child, tail, wait_until
from app.embedded.valkey import EmbeddedValkey
from app.running import PROJECT
from app.settings import Settings
from core.domain.errors import Unavailable
from core.services.sealing import Sealer
from db.migrate import LOGIN_ROLES, MigrationPlan, migrate

_TEMPLATE: Final = "bench_template"
_ROUND: Final = "bench_round"
_PREFIX: Final = "bench"
_READY_SECONDS: Final = 30.0
_ERROR: Final = re.compile(r"\[(?:error|critical) *\]")
_STOP: Final = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who is there: tenants, and leads of each who have written before."""

    tenants: int = 20
    leads: int = 1000
    answered: bool = False
    """Whether the tenants have facts to answer from; else they are bare names."""

    @property
    def size(self) -> int:
        """All leads."""
        return self.tenants * self.leads


class Stage:
    """The servers and the template; ``folder`` is a scratch folder that a service account can enter."""

    def __init__(self, folder: Path, crowd: Crowd = Crowd()) -> None:
        self._folder = folder
        self.crowd = crowd
        self._key = base64.b64encode(secrets.token_bytes(32)).decode()
        self.postgres = EmbeddedPostgres(folder / "postgres", copies=state_dir(PROJECT) / "programs")
        self.valkey = EmbeddedValkey(folder / "valkey")

    @contextmanager
    def standing(self) -> Iterator["Stage"]:
        """Start the servers and seed the template; stop them at the end."""
        with self.postgres, self.valkey:
            asyncio.run(self._seed())
            yield self

    @contextmanager
    def web(self, environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[tuple[int, int]]:
        """A fresh database and our web process over it; gives its process number and port."""
        self.refresh()
        port = free_port()
        with self._program("web", ("--port", str(port)), port, environment) as pid:
            yield pid, port

    @contextmanager
    def worker(self, environment: Mapping[str, str]) -> Iterator[int]:
        """Our worker process over the round's database; gives its process number."""
        port = free_port()
        with self._program("worker", (), port, {**environment, "METRICS_PORT": str(port)}) as pid:
            yield pid

    @contextmanager
    def _program(self, name: str, arguments: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
        """One of our processes, ready as its own port tells, until the block ends."""
        log = self._log(name)
        log.unlink(missing_ok=True)
        child = start(
            [sys.executable, "-m", "app", name, *arguments],
            log=log,
            death_signal=signal.SIGTERM,
            cwd=PROJECT,
            env={**self._environment(), **environment},
        )
        try:
            if (
                not wait_until(lambda: child.poll() is not None or _ready(port), _READY_SECONDS)
                or child.poll() is not None
            ):
                message = f"the {name} process did not start:\n{tail(log)}"
                raise Unavailable(message)
            yield child.pid
        finally:
            _stopped(child)

    def complaints(self, name: str) -> list[str]:
        """The errors that the process logged in this round."""
        lines = self._log(name).read_text(errors="replace").splitlines()
        return [line for line in lines if _ERROR.search(line)]

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def refresh(self) -> None:
        """A fresh copy of the template."""
        asyncio.run(self._fresh())

    @property
    def settings(self) -> Settings:
        """Those of our processes, over the round's database."""
        return self._settings(_ROUND)

    def database(self, name: str = _ROUND, *, superuser: bool = True) -> str:
        """Where to look at a round's rows."""
        parts = urlsplit(self.postgres.superuser_url if superuser else self.postgres.url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def _seed(self) -> None:
        await self._execute(f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}")
        settings = self._settings(_TEMPLATE)
        passwords = {role: settings.role_password(role) for role in LOGIN_ROLES}
        await migrate(MigrationPlan(settings.database_url, settings.role_prefix, passwords))
        connection = await asyncpg.connect(self.database(_TEMPLATE))
        try:
            await seed(connection, Sealer(settings.secret_keys), tenants=self.crowd.tenants, leads=self.crowd.leads)
            if self.crowd.answered:
                await describe(connection)
        finally:
            await connection.close()

    async def _fresh(self) -> None:
        """A copy through the log, after a checkpoint: no round pays for another's first touch of a page."""
        await self._execute(f"DROP DATABASE IF EXISTS {_ROUND} WITH (FORCE)")
        await self._execute("CHECKPOINT")
        await self._execute(f"CREATE DATABASE {_ROUND} OWNER {OWNER} TEMPLATE {_TEMPLATE} STRATEGY WAL_LOG")
        await self._execute(f"ALTER ROLE {OWNER} IN DATABASE {_ROUND} SET reveza.role_prefix = '{_PREFIX}'")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.postgres.superuser_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _settings(self, database: str) -> Settings:
        return Settings.model_validate(
            {
                "database_url": self.database(database, superuser=False),
                "redis_url": self.valkey.url,
                "secret_key": self._key,
                "chosen_role_prefix": _PREFIX,
            }
        )

    def _environment(self) -> dict[str, str]:
        """Default settings but for where the servers are."""
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if name in {"PATH", "HOME", "LANG", "REVEZA_STATE_DIR", "PYTHONPATH"}
            },
            "DATABASE_URL": self.database(superuser=False),
            "REDIS_URL": self.valkey.url,
            "REVEZA_SECRET_KEY": self._key,
            "REVEZA_ROLE_PREFIX": _PREFIX,
            "TOMBSTONES": str(self._folder / "tombstones"),
        }


def _ready(port: int) -> bool:
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 HTTP's OK
    except OSError:
        return False


def _stopped(child: subprocess.Popen[bytes]) -> None:
    stop_child(child, _STOP)
