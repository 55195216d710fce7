"""Settings for a command that needs the servers while nothing of ours need run: the embedded ones are started for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app import running
from app.embedded.places import make_folder
from app.local import Servers, given_settings, only_run, secret_key
from app.settings import Settings, load_settings
from core.domain.errors import Conflict

_SERVERS: Final = ("DATABASE_URL", "REDIS_URL")


@contextmanager
def standing_servers(*, alone: bool) -> Iterator[Settings]:
    """What ``up`` runs on, whether it runs or not; from the main thread, before any loop.

    ``alone``: raises ``Conflict`` while it runs, and keeps it from starting where the servers are its own.
    """
    folder = running.folder()
    given = given_settings(running.PROJECT / ".env")
    if running.current(folder) is not None:
        if alone:
            message = "`./reveza up` runs here: stop it first (Ctrl-C)"
            raise Conflict(message)
        yield load_settings()
    elif all(name in given for name in _SERVERS):
        yield load_settings(made=_kept_key(folder, given))
    else:
        with only_run(make_folder(folder)), _started(folder, given) as settings:
            yield settings


@contextmanager
def _started(folder: Path, given: Mapping[str, str]) -> Iterator[Settings]:
    servers = Servers(folder, given)
    try:
        servers.start()
        yield load_settings(made={**servers.environment, **_kept_key(folder, given)})
    finally:
        servers.stop()


def _kept_key(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The key that ``up`` has made on this machine; none is made here, for it would open nothing."""
    known = "REVEZA_SECRET_KEY" in given or not (folder / "secret-key").exists()
    return {} if known else {"REVEZA_SECRET_KEY": secret_key(folder)}
