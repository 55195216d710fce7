"""What a running ``reveza up`` tells other commands: where things listen, and with which settings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from app.embedded.keeping import read_json, write_json
from app.embedded.places import state_dir
from app.embedded.processes import Identity

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ``./reveza`` and ``.env``."""
_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class Running:
    """One run of ``reveza up``. Kept readable by its owner alone: ``environment`` holds secrets."""

    supervisor: Identity
    web_url: str = ""
    emulators: Mapping[str, str] = field(default_factory=dict)
    """Where each emulator listens, by name; those that real tokens replace are not there."""
    page_url: str | None = None
    """The page on which one is the lead and the team; ``None`` without emulators."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Settings the run made up itself (embedded servers, generated keys), by variable name."""
    children: Mapping[str, Identity] = field(default_factory=dict)
    ready: bool = False

    def with_child(self, name: str, identity: Identity | None) -> "Running":
        """The same run with one child noted, or struck off."""
        others = {kept: value for kept, value in self.children.items() if kept != name}
        return replace(self, children=others if identity is None else others | {name: identity})


def folder() -> Path:
    """Where this project's runs keep what they keep."""
    return state_dir(PROJECT)


def save(running: Running, folder: Path) -> None:
    """Keep it for ``load``."""
    write_json(folder / _FILE, asdict(running))


def forget(folder: Path) -> None:
    """The run is over."""
    (folder / _FILE).unlink(missing_ok=True)


def load(folder: Path | None = None) -> Running | None:
    """What the last run kept, running or not; ``None`` when there was none."""
    raw = read_json((folder or state_dir(PROJECT)) / _FILE)
    try:
        return _parse(raw)
    except (KeyError, TypeError, ValueError):
        return None


def current(folder: Path | None = None) -> Running | None:
    """The run that is alive now, if there is one."""
    kept = load(folder)
    return kept if kept is not None and kept.supervisor.alive else None


def _parse(raw: Mapping[str, Any]) -> Running:
    children = {name: Identity(**value) for name, value in raw["children"].items()}
    return Running(**{**raw, "supervisor": Identity(**raw["supervisor"]), "children": children})
