"""PostgreSQL and Valkey of the experiments alone, and databases with a few businesses in them."""

import asyncio
import base64
import os
import random
import secrets
import signal
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from app.database import open_live_database
from app.embedded.keeping import is_free, write_json
from app.embedded.places import make_folder, state_dir
from app.embedded.postgres import OWNER, UNSAFE_AND_QUICK, EmbeddedPostgres
from app.embedded.valkey import EmbeddedValkey
from app.running import PROJECT
from app.settings import Settings
from core.services.connections import Connections, NewAccount
from core.services.sealing import Sealer
from core.services.tenants import NewTenant, create_tenant
from db.migrate import LOGIN_ROLES, MigrationPlan, migrate

TENANTS: Final = 3
ACCOUNT_KEY: Final = "faults"
CHANNEL: Final = "meta_whatsapp"
APP_SECRET: Final = "secret-of-the-app"
ROLE_PREFIX: Final = "faults"
DEBOUNCE: Final = 0.3
_TEMPLATE: Final = "faults_template"
_RULES: Final = {"min_confidence": 0, "hot_score": 101, "idle_turns": 10_000}
"""Who is handed off is then told by what the lead writes, not by how the stand-in scores it."""


@dataclass(frozen=True, slots=True)
class Shop:
    """One tenant; its ``mark`` stands in all it knows, so that a mixture is seen wherever it shows."""

    index: int

    @property
    def slug(self) -> str:
        """Its name in the database."""
        return f"shop-{self.index}"

    @property
    def mark(self) -> str:
        """A word that no other tenant's texts hold."""
        return f"loja{self.index}marca"

    @property
    def number_id(self) -> str:
        """Its WhatsApp number at the provider."""
        return f"10000000000000{self.index}"

    @property
    def token(self) -> str:
        """What allows sending from that number."""
        return f"token-of-shop-{self.index}"

    def described(self) -> NewTenant:
        """What it is made from."""
        return NewTenant(
            slug=self.slug,
            name=f"Empresa {self.mark}",
            settings={"business": f"Uma empresa de testes, {self.mark}.", "hand_off": _RULES},
            debounce_seconds=DEBOUNCE,
            plan="scale",
            knowledge=(
                ("Qual é o endereço da empresa?", f"Ficamos na Rua das Flores, ao lado da praça, {self.mark}."),
                ("Qual é o horário de atendimento da empresa?", f"Abrimos cedo e fechamos tarde, {self.mark}."),
            ),
        )

    def account(self) -> NewAccount:
        """Its connection to the emulated provider; all shops share the app."""
        return NewAccount(
            account_key=ACCOUNT_KEY,
            channel=CHANNEL,
            external_id=self.number_id,
            business_id=f"20000000000000{self.index}",
            credentials={"app_secret": APP_SECRET, "verify_token": "verify"},
            secrets={"access_token": self.token},
        )


SHOPS: Final = tuple(Shop(index) for index in range(TENANTS))


@dataclass(slots=True)
class Servers:
    """The two servers, and a template database with the shops."""

    folder: Path
    postgres: EmbeddedPostgres = field(init=False)
    valkey: EmbeddedValkey = field(init=False)
    key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    def __post_init__(self) -> None:
        copies = state_dir(PROJECT) / "programs"
        self.postgres = EmbeddedPostgres(self.folder / "postgres", options=UNSAFE_AND_QUICK, copies=copies)
        # As Redis comes by default: a kill loses what was in it.
        self.valkey = EmbeddedValkey(self.folder / "valkey", durable=False)
        for server in (self.postgres, self.valkey):
            # It has to come back where it was, so nobody else may be given its port while it is down.
            make_folder(server.folder)
            write_json(server.folder / "server.json", {"port": quiet_port()})

    @contextmanager
    def standing(self) -> Iterator["Servers"]:
        """Start both and make the template; stop them at the end."""
        with self.postgres, self.valkey:
            aside(self._make_template())
            yield self

    def revive(self) -> None:
        """Start again what was killed."""
        for server in (self.postgres, self.valkey):
            if server.pid is None:
                server.start()

    def url(self, name: str, *, superuser: bool = False) -> str:
        """Where the owner, or a superuser, connects to that database."""
        base = self.postgres.superuser_url if superuser else self.postgres.url
        return urlsplit(base)._replace(path=f"/{name}").geturl()

    def fresh(self, name: str, statements: Sequence[str] = ()) -> None:
        """A copy of the template under that name, with these changes made by a superuser."""
        aside(self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        aside(self._execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE {_TEMPLATE}'))
        for statement in statements:
            aside(self._execute(statement, name))

    def settings(self, name: str) -> Settings:
        """What processes of ours are told about that database."""
        return Settings.model_validate(
            {
                "database_url": self.url(name),
                "redis_url": self.valkey.url,
                "secret_key": self.key,
                "chosen_role_prefix": ROLE_PREFIX,
            }
        )

    async def _make_template(self) -> None:
        await self._execute(f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}")
        settings = self.settings(_TEMPLATE)
        passwords = {role: settings.role_password(role) for role in LOGIN_ROLES}
        await migrate(MigrationPlan(settings.database_url, settings.role_prefix, passwords))
        async with open_live_database(settings, process="seed", pool=2):
            for shop in SHOPS:
                tenant_id = await create_tenant(shop.described())
                await Connections(Sealer(settings.secret_keys)).connect(tenant_id, shop.account(), actor="operator")

    async def _execute(self, statement: str, database: str = "postgres") -> None:
        connection = await asyncpg.connect(self.url(database, superuser=True))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def strike_down(server: EmbeddedPostgres | EmbeddedValkey, number: signal.Signals) -> None:
    """Send a running server that signal and wait for its end."""
    pid = server.pid
    assert pid is not None, "the server does not run"
    os.kill(pid, number)
    while server.pid is not None:
        await asyncio.sleep(0.01)


def quiet_port() -> int:
    """A free port that the kernel gives to no outgoing connection (those begin at 32768)."""
    return next(port for port in iter(lambda: random.randrange(20_000, 32_000), None) if is_free(port))


def aside(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a loop of its own, whatever the caller's thread is doing with loops."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
