"""docker-compose.yml without Docker: each service as its image would start it, on this machine's ports."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded.keeping import free_port
from app.embedded.places import Account, make_folder, service_account
from app.embedded.postgres import UNSAFE_AND_QUICK
from app.embedded.processes import as_account, start, stop_child, tail, wait_until
from app.embedded.programs import PostgresPrograms, postgres_programs, valkey_program
from tests.unit.deploy.compose import PROJECT, filled, services

SECRET_KEY = "A" * 43 + "="
_SECRETS = {"POSTGRES_PASSWORD": "0wner", "VALKEY_PASSWORD": "qu3ue"}
_HEALTHY_SECONDS = 60.0
_INIT = "docker-entrypoint-initdb.d"


@dataclass(slots=True)
class Containers:
    """The servers as Compose would make them, and a process of ours at a time from the image's tree."""

    folder: Path
    tree: Path
    postgres_port: int = field(default_factory=free_port)
    valkey_port: int = field(default_factory=free_port)
    _programs: PostgresPrograms = field(init=False)
    _account: Account | None = field(init=False, default=None)
    _servers: list[subprocess.Popen[bytes]] = field(init=False, default_factory=list)

    def start_servers(self, copies: Path) -> None:
        """PostgreSQL with a new volume, its owner made as the image makes it; and Valkey."""
        self._account = service_account()
        self._programs = postgres_programs(copies, self._account)
        data = make_folder(self.folder / "postgres", owner=self._account)
        self._initialise(data)
        where = ["-p", str(self.postgres_port), "-c", f"unix_socket_directories={data}"]
        quick = [part for name, value in UNSAFE_AND_QUICK.items() for part in ("-c", f"{name}={value}")]
        program, *options = services()["postgres"].command
        self._serve([self._programs.folder / program, "-D", data / "cluster", *options, *where, *quick], account=True)
        self._until_healthy([self._programs.folder / "pg_isready", *self._asked("postgres")], "postgres")
        for script in self._scripts():
            self.as_superuser("psql", "--set=ON_ERROR_STOP=1", "--no-psqlrc", given=script.read_bytes())
        self._serve_valkey()

    def _initialise(self, data: Path) -> None:
        """As the image does: its own flags, then those it is given; the superuser has the password it is given."""
        flags = services()["postgres"].environment["POSTGRES_INITDB_ARGS"].split()
        password = data / "password"
        password.write_text(_SECRETS["POSTGRES_PASSWORD"])
        password.chmod(0o644)
        own = ["-D", str(data / "cluster"), "--username=postgres", f"--pwfile={password}", "--no-sync"]
        self.run([self._programs.folder / "initdb", *own, *flags], account=True)
        rules = data / "cluster" / "pg_hba.conf"
        rules.write_text("local all all trust\nhost all all all scram-sha-256\n")

    def _scripts(self) -> list[Path]:
        """What the image runs once, when its volume is empty."""
        mounts = services()["postgres"].mounts
        return [PROJECT / source for place, source in mounts.items() if place.startswith(f"/{_INIT}/")]

    def _asked(self, name: str) -> list[str]:
        """The words of a server's health check, at its port here."""
        return [*services()[name].health[2:], f"--port={self.postgres_port}"]

    def _serve_valkey(self) -> None:
        """Its own script, with the embedded program on its path, on another port and in another folder."""
        folder = make_folder(self.folder / "valkey")
        shell, flags, script = services()["valkey"].command
        placed = filled(script, _SECRETS.__getitem__).replace(
            "--dir /data", f"--dir {folder} --port {self.valkey_port}"
        )
        path = f"{valkey_program().parent}:{os.environ['PATH']}"
        self._serve([shell, flags, placed], env={"PATH": path, **_SECRETS})

    def _serve(
        self, command: Sequence[str | Path], *, account: bool = False, env: Mapping[str, str] | None = None
    ) -> None:
        log = self.folder / f"{Path(command[0]).name}.log"
        asked = self._account if account else None
        self._servers.append(start(command, log=log, death_signal=signal.SIGINT, account=asked, cwd=Path("/"), env=env))

    def stop(self) -> None:
        """End the servers."""
        for server in self._servers:
            stop_child(server, ((signal.SIGINT, 20.0), (signal.SIGKILL, 5.0)))

    def as_superuser(self, program: str, *arguments: str, given: bytes = b"") -> bytes:
        """A program of PostgreSQL inside its container: over the socket, as the superuser."""
        inside = [f"--host={self.folder / 'postgres'}", f"--port={self.postgres_port}", "--username=postgres"]
        return self.run([self._programs.folder / program, *inside, *arguments], account=True, given=given)

    def run(
        self, command: Sequence[str | Path], *, account: bool = False, given: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> bytes:  # fmt: skip
        """A program that ends by itself, and well."""
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            [str(part) for part in command],
            input=given,
            capture_output=True,
            cwd=self.tree if not account else "/",
            env={"PATH": os.environ["PATH"], **_SECRETS, **(env or {})},
            check=False,
            **as_account(self._account if account else None),
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def environment(self, name: str, port: int) -> dict[str, str]:
        """What the service is given, its servers on this machine's ports and its own port another one."""
        given = {
            variable: filled(value, _SECRETS.__getitem__) for variable, value in services()[name].environment.items()
        }
        here = {"@postgres:5432": f"@127.0.0.1:{self.postgres_port}", "@valkey:6379": f"@127.0.0.1:{self.valkey_port}"}
        for server, place in here.items():
            given = {variable: value.replace(server, place) for variable, value in given.items()}
        for variable in given.keys() & {"WEB_PORT", "METRICS_PORT"}:
            given[variable] = str(port)
        return {**given, "REVEZA_SECRET_KEY": SECRET_KEY, "PYTHONDONTWRITEBYTECODE": "1"}

    def process(self, name: str, port: int) -> subprocess.Popen[bytes]:
        """A process of ours, from the image's tree alone."""
        words = [sys.executable, "-m", "app", *services()[name].command]
        environment = {"PATH": os.environ["PATH"], **self.environment(name, port)}
        log = self.folder / f"{name}.log"
        return start(words, log=log, death_signal=signal.SIGKILL, cwd=self.tree, env=environment)

    def command(self, *words: str) -> str:
        """``docker compose run --rm worker …``: a command of the image's, to its end."""
        return self.run([sys.executable, "-m", "app", *words], env=self.environment("worker", 0)).decode()

    def health_words(self, name: str, port: int) -> list[str]:
        """The health check of a process of ours, at its port here."""
        _, python, *words, _ = services()[name].health
        assert python == "python"
        return [sys.executable, *words, str(port)]

    def until_healthy(self, name: str, port: int) -> None:
        """Wait until the health check of that process of ours says so."""
        self._until_healthy(self.health_words(name, port), name)

    def _until_healthy(self, words: Sequence[str | Path], name: str) -> None:
        def holds() -> bool:
            return subprocess.run(words, cwd=self.tree, capture_output=True, check=False).returncode == 0

        assert wait_until(holds, _HEALTHY_SECONDS), tail(self.folder / f"{name}.log")
