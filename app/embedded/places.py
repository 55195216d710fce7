"""Where a project keeps its data, and who may enter there.

PostgreSQL refuses to run as root, so when root starts it, it runs as an account without rights;
that account must be able to walk down to the data and to the programs.
"""

import hashlib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import ConfigurationError

SHARED_STATE = Path("/var/lib/reveza")
"""Where root keeps the data of projects that lie where an unprivileged account cannot enter."""
_UNPRIVILEGED = ("nobody", "postgres", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int

    def can_enter(self, path: Path) -> bool:
        """Whether the permission bits let this account walk down to ``path`` and into it."""
        return all(self._may_pass(folder) for folder in (path, *path.parents))

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def service_account() -> Account | None:
    """The account servers run as when we are root; ``None`` when we are not, and they run as ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _UNPRIVILEGED:
        if name in known:
            return Account(name, known[name].pw_uid, known[name].pw_gid)
    message = (
        f"PostgreSQL cannot run as root and there is no account {_UNPRIVILEGED[0]!r} to run it as: set DATABASE_URL"
    )
    raise ConfigurationError(message)


def state_dir(project: Path) -> Path:
    """The folder that holds what this project's servers keep; ``REVEZA_STATE_DIR`` wins when it is set."""
    chosen = os.environ.get("REVEZA_STATE_DIR")
    if chosen:
        return Path(chosen).resolve()
    account = service_account()
    if account is None or account.can_enter(project.resolve()):
        return project.resolve() / ".reveza"
    return SHARED_STATE / hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:16]


def make_folder(path: Path, *, owner: Account | None = None) -> Path:
    """Make ``path`` (and its parents): closed to others, but passable to the service account when we are root."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if owner is not None:
            os.chown(path, owner.uid, owner.gid)
        path.chmod(0o700 if owner is not None or os.geteuid() != 0 else 0o711)
    except OSError as error:
        message = f"cannot write to {path} ({error.strerror}): give yourself that folder, or set REVEZA_STATE_DIR"
        raise ConfigurationError(message) from error
    return path


@contextmanager
def scratch_dir(prefix: str) -> Iterator[Path]:
    """A temporary folder that the service account can enter; removed at the end."""
    account = service_account()
    base = Path(tempfile.gettempdir()).resolve()
    if account is not None and not account.can_enter(base):
        base = make_folder(SHARED_STATE)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        yield make_folder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
