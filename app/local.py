"""What one machine needs to run everything: servers, keys, ports; given settings always win."""

import base64
import fcntl
import os
import secrets
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from app.embedded.keeping import LOOPBACK, free_port, is_free, keep_secret, read_json, write_json
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.processes import end
from app.embedded.valkey import EmbeddedValkey
from app.running import load
from core.domain.errors import ConfigurationError, Unavailable

_DEFAULT_WEB_PORT = 8080
_LEFT_BEHIND = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


def given_settings(env_file: Path) -> Mapping[str, str]:
    """What the environment and ``.env`` say, the environment first; empty values count as not given."""
    return {name: value for name, value in {**dotenv_values(env_file), **os.environ}.items() if value}


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """One ``up`` a project; the kernel forgets the lock with its holder, however that one ended."""
    with (folder / "up.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"`./reveza up` already runs for this project (its data: {folder})"
            raise Unavailable(message) from None
        yield


def end_left_behind(folder: Path) -> list[str]:
    """End the children of a run that was killed; the names of those that still ran."""
    kept = load(folder)
    left = {name: child for name, child in (kept.children if kept else {}).items() if child.alive}
    return [name for name, child in left.items() if end(child, _LEFT_BEHIND)]


@dataclass(slots=True)
class Servers:
    """The embedded servers of a run: those that no setting replaces."""

    folder: Path
    given: Mapping[str, str]
    postgres: EmbeddedPostgres | None = None
    valkey: EmbeddedValkey | None = None
    environment: dict[str, str] = field(default_factory=dict)
    """Where they listen, by variable name."""

    def start(self) -> None:
        """Start what is needed, from the main thread."""
        if "DATABASE_URL" not in self.given:
            self.postgres = EmbeddedPostgres(self.folder / "postgres")
            self.postgres.start()
            self.environment["DATABASE_URL"] = self.postgres.url
        if "REDIS_URL" not in self.given:
            self.valkey = EmbeddedValkey(self.folder / "valkey")
            self.valkey.start()
            self.environment["REDIS_URL"] = self.valkey.url

    def revive(self) -> list[str]:
        """Start again what ended by itself; the names. Unavailable when it cannot come back where it was."""
        revived = []
        for name, server in (("PostgreSQL", self.postgres), ("Valkey", self.valkey)):
            if server is not None and server.pid is None:
                before = server.port
                server.start()
                revived.append(name)
                if server.port != before:
                    message = f"{name} came back on another port: start `./reveza up` again"
                    raise Unavailable(message)
        return revived

    def stop(self) -> None:
        """Stop them in order."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()


def secret_key(folder: Path) -> str:
    """This machine's own key, made the first time."""
    return keep_secret(folder / "secret-key", base64.b64encode(secrets.token_bytes(32)).decode())


def web_port(folder: Path, given: Mapping[str, str], asked: int | None) -> int:
    """The port asked for, or the usual one, or (when that is taken) one that stays the same between runs."""
    wanted = asked or int(given.get("WEB_PORT", "0"))
    if wanted:
        if not is_free(wanted, given.get("WEB_HOST", LOOPBACK)):
            message = f"port {wanted} is taken by another program: stop it, or choose another (--port, WEB_PORT)"
            raise ConfigurationError(message)
        return wanted
    if is_free(_DEFAULT_WEB_PORT):
        return _DEFAULT_WEB_PORT
    kept = folder / "web.json"
    port = free_port(read_json(kept).get("port"))
    write_json(kept, {"port": port})
    return port
