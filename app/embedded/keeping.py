"""Small things kept in files between runs: passwords, ports, process numbers."""

import json
import os
import secrets
import socket
import tempfile
from pathlib import Path
from typing import Any

from core.domain.errors import Unavailable

LOOPBACK = "127.0.0.1"
_PORTS = range(20_000, 32_000)
_PORT_TRIES = 200


def write_private(path: Path, content: bytes) -> None:
    """Replace the file at once, readable by us alone: a reader sees the old content or the new, never half."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:  # mkstemp makes it 0600
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def keep_secret(path: Path, fresh: str | None = None) -> str:
    """The secret in that file; when there is none, ``fresh`` (or a random one) is kept there."""
    if not path.exists():
        write_private(path, (fresh or secrets.token_urlsafe(24)).encode())
    return path.read_text().strip()


def write_json(path: Path, value: object) -> None:
    """Keep a JSON document, readable by us alone."""
    write_private(path, json.dumps(value, indent=1).encode())


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in that file; empty when there is none, or none that can be read."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """A loopback port nobody listens on: the preferred one when it is free.

    Below the range from which the kernel takes ports for outgoing connections: a server that is down for a moment
    must find its own port free when it comes back.
    """
    if preferred and is_free(preferred):
        return preferred
    for _ in range(_PORT_TRIES):
        port = secrets.choice(_PORTS)
        if is_free(port):
            return port
    message = f"no free port between {_PORTS.start} and {_PORTS.stop} on {LOOPBACK}"
    raise Unavailable(message)
