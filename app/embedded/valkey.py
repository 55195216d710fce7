"""An embedded Valkey: the nudges of the queue, kept in an append-only file between runs."""

import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.embedded.keeping import LOOPBACK, free_port, keep_secret, read_json, write_json, write_private
from app.embedded.places import make_folder
from app.embedded.processes import Identity, end, start, stop_child, tail, wait_until
from app.embedded.programs import valkey_program
from core.domain.errors import Unavailable

_STOP = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
_START_SECONDS = 30.0
_START_ATTEMPTS = 5
_CONFIG = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
daemonize no
save ""
appendonly {append}
appendfsync everysec
maxmemory-policy noeviction
"""


@dataclass(slots=True)
class EmbeddedValkey:
    """One server below ``folder``; our child for as long as it runs. Start it from the main thread."""

    folder: Path
    durable: bool = True
    port: int = 0
    _child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"redis://:{quote(self._password)}@{LOOPBACK}:{self.port}/0"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.folder / "valkey.log"

    @property
    def pid(self) -> int | None:
        """The server's process number while it runs as our child."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; answers commands when this returns.

        Raises ConfigurationError when there is no program for this machine, Unavailable when it does not start.
        """
        make_folder(self.folder)
        program = valkey_program()
        self._take_over()
        for _ in range(_START_ATTEMPTS):
            if self._launch(program):
                return
        message = f"Valkey did not start; the end of {self.log}:\n{tail(self.log)}"
        raise Unavailable(message)

    def stop(self) -> None:
        """Stop it in order: the append-only file is flushed."""
        if self._child is not None:
            stop_child(self._child, _STOP)
            self._child = None

    @property
    def _password(self) -> str:
        return keep_secret(self.folder / "password")

    @property
    def _state(self) -> Path:
        return self.folder / "server.json"

    def _launch(self, program: Path) -> bool:
        self.port = free_port(read_json(self._state).get("port"))
        self._child = child = start(
            [program, self._configured()], log=self.log, death_signal=signal.SIGTERM, cwd=self.folder
        )
        self._remember(child.pid)
        wait_until(lambda: child.poll() is not None or self._answers(), _START_SECONDS)
        if child.poll() is None and self._answers():
            return True
        stop_child(child, _STOP)
        return False

    def _configured(self) -> Path:
        """The configuration file: a password on the command line would be seen by everyone on the machine."""
        path = self.folder / "valkey.conf"
        append = "yes" if self.durable else "no"
        text = _CONFIG.format(
            host=LOOPBACK, port=self.port, password=self._password, folder=self.folder.resolve(), append=append
        )
        write_private(path, text.encode())
        return path

    def _remember(self, pid: int) -> None:
        identity = Identity.of(pid)
        write_json(self._state, {"port": self.port, "pid": pid, "started": identity.started if identity else 0.0})

    def _answers(self) -> bool:
        """Signed in and past loading: PING answers LOADING until the append-only file is read."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as link:
                link.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with link.makefile("rb") as answers:
                    return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def _take_over(self) -> None:
        """Stop the server an earlier run left."""
        kept = read_json(self._state)
        if "pid" not in kept:
            return
        left = Identity(int(kept["pid"]), float(kept["started"]))
        if not end(left, _STOP):
            message = f"the Valkey with process number {left.pid} does not stop: end it by hand"
            raise Unavailable(message)
