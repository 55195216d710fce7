"""A file that only grows, a sealed line each, on disk before ``append`` returns.

Each line bears a keyed hash over itself and the line before: one that was changed, put in or taken out is found.
"""

import fcntl
import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from core.domain.errors import ConfigurationError

_LONGEST: Final = 65_536
"""More than a line is long, in bytes."""
_START: Final = ""
"""What the first line says of the line before it."""
_OURS: Final = frozenset({"key", "previous", "seal"})
"""What a line has besides what was to be written down."""


@dataclass(slots=True)
class Lines:
    """What a journal holds: what can be believed, and what is wrong with the rest, by its line."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class SealedJournal:
    """One such file, which all processes of an installation share. Its methods wait for the disk."""

    def __init__(self, path: Path, keys: Sequence[bytes]) -> None:
        """``keys``: the installation's, the current one first; lines of any of them are believed."""
        self._path = path
        purpose = path.name.encode()
        self._keys = {_key_id(key): _derived(key, purpose) for key in reversed(keys)}
        self._current = _key_id(keys[0])

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write it down; once this returns it is on disk. Raises ``ConfigurationError`` where nothing can be written."""
        with self._opened() as file:
            known = _tail(file)
            torn = known and not known.endswith(b"\n")
            _, sealed = self._sealed(entry, _last_seal(known))
            os.write(file, b"\n" * bool(torn) + sealed)
            os.fsync(file)

    def state(self) -> tuple[int, int] | None:
        """What changes with every line that is written; ``None`` where nothing ever was."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_size, found.st_mtime_ns

    def read(self) -> Lines:
        """Everything there is; nothing where nothing was ever written. A line without its end is being written."""
        found, seal = Lines(), _START
        if not self._path.exists():
            return found
        *whole, _being_written = self._path.read_bytes().split(b"\n")
        for number, line in enumerate(whole, 1):
            seal = self._take(line, number, seal, found)
        return found

    def reseal(self) -> int:
        """Every line anew under the current key, in a file that takes the old one's place whole; how many lines that were.

        Nothing where all of them are under it. Raises ``ConfigurationError`` where a line cannot be believed.
        """
        if not self._path.exists():
            return 0
        with self._opened():
            found = self.read()
            if found.faults:
                message = f"{self._path.name}: {found.faults[0]}: put the key it was written under behind the current one, or mend the file"
                raise ConfigurationError(message)
            if all(entry["key"] == self._current for entry in found.entries):
                return 0
            seal, written = _START, b""
            for entry in found.entries:
                seal, line = self._sealed({name: value for name, value in entry.items() if name not in _OURS}, seal)
                written += line
            _put(self._path, written)
        return len(found.entries)

    def _sealed(self, entry: Mapping[str, Any], previous: str) -> tuple[str, bytes]:
        """The line's seal, and the line."""
        line = {**entry, "key": self._current, "previous": previous}
        seal = _seal(self._keys[self._current], line)
        return seal, orjson.dumps(line | {"seal": seal}) + b"\n"

    def _take(self, line: bytes, number: int, before: str, found: Lines) -> str:
        """Believe one line, or not; the seal that the next one has to name."""
        known = _parsed(line)
        if known is None:
            found.faults.append(f"line {number} cannot be read: its writing was cut short")
            return before
        if not self._is_ours(known):
            found.faults.append(f"line {number} was not written under a key of REVEZA_SECRET_KEY, or was changed since")
            return before
        if known["previous"] != before:
            found.faults.append(f"line {number} does not follow the line before: something was taken out or put in")
        found.entries.append(known)
        return str(known["seal"])

    def _is_ours(self, line: dict[str, Any]) -> bool:
        key = self._keys.get(str(line.get("key")))
        return key is not None and hmac.compare_digest(_seal(key, line).encode(), str(line.get("seal")).encode())

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, to be written at its end by us alone."""
        file = self._locked()
        while not _is_at(file, self._path):
            # Another took its place while we waited for it.
            os.close(file)
            file = self._locked()
        try:
            _keep_entry(self._path.parent)
            yield file
        finally:
            os.close(file)

    def _locked(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            message = f"TOMBSTONES: cannot write to {self._path.parent} ({error.strerror}): nothing is erased before that is mended"
            raise ConfigurationError(message) from error
        fcntl.flock(file, fcntl.LOCK_EX)
        return file


def _is_at(file: int, path: Path) -> bool:
    """Whether this open file is the one that stands there."""
    return path.exists() and os.path.samestat(os.fstat(file), path.stat())


def _put(path: Path, written: bytes) -> None:
    """A file's new contents, on disk and whole before they take the place of the old."""
    beside = path.with_suffix(".resealed")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(written)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)
    _keep_entry(path.parent)


def _keep_entry(folder: Path) -> None:
    """A new file is there after a power cut only if its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tail(file: int) -> bytes:
    size = os.fstat(file).st_size
    return os.pread(file, _LONGEST, max(size - _LONGEST, 0))


def _last_seal(tail: bytes) -> str:
    """The seal of the last line that can be read."""
    known = (_parsed(line) for line in reversed(tail.split(b"\n")))
    return next((str(line["seal"]) for line in known if line is not None), _START)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        known = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return known if isinstance(known, dict) and "seal" in known else None


def _seal(key: bytes, line: dict[str, Any]) -> str:
    sealed = {name: value for name, value in line.items() if name != "seal"}
    return hmac.digest(key, orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS), "sha256").hex()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"reveza journal " + purpose, "sha256")


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"reveza journal key " + key).hexdigest()[:8]
