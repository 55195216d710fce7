"""docker-compose.yml, read as far as the tests ask."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

PROJECT = Path(__file__).resolve().parents[3]
FILE = PROJECT / "docker-compose.yml"
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)[^}]*\}")
_SECONDS = {"s": 1, "m": 60}


@dataclass(frozen=True, slots=True)
class Service:
    """One service; ``raw`` is what the file says of it, anchors resolved."""

    name: str
    raw: dict[str, Any]

    @property
    def is_ours(self) -> bool:
        """Whether it runs our image."""
        return "build" in self.raw

    @property
    def command(self) -> list[str]:
        """Its words."""
        return [str(word) for word in self.raw.get("command", [])]

    @property
    def environment(self) -> dict[str, str]:
        """What is set for it here, beside .env."""
        return {name: str(value) for name, value in self.raw.get("environment", {}).items()}

    @property
    def health(self) -> list[str]:
        """The words of its health check; none when there is none."""
        return [str(word) for word in self.raw.get("healthcheck", {}).get("test", [])]

    @property
    def networks(self) -> set[str]:
        """Where it is."""
        return set(self.raw["networks"])

    @property
    def mounts(self) -> dict[str, str]:
        """By the place in the container, what is there."""
        pairs = [volume.split(":") for volume in self.raw.get("volumes", [])]
        return {pair[1]: pair[0] for pair in pairs}

    @property
    def waits_for(self) -> dict[str, str]:
        """By the service, the condition."""
        return {name: needed["condition"] for name, needed in self.raw.get("depends_on", {}).items()}

    @property
    def grace_seconds(self) -> int:
        """How long it may take to stop; Docker's own ten seconds when nothing is said."""
        told = str(self.raw.get("stop_grace_period", "10s"))
        return int(told[:-1]) * _SECONDS[told[-1]]

    def hosts(self) -> set[tuple[str, int]]:
        """The hosts, with ports, that its URLs name."""
        urls = [urlsplit(filled(value, lambda _: "x")) for value in self.environment.values() if "://" in value]
        return {(url.hostname or "", url.port or 0) for url in urls}


@cache
def document() -> dict[str, Any]:
    """The whole file."""
    return dict(yaml.safe_load(FILE.read_text()))


def services() -> dict[str, Service]:
    """Every service by its name."""
    return {name: Service(name, raw) for name, raw in document()["services"].items()}


def ours() -> list[Service]:
    """Those of our image."""
    return [service for service in services().values() if service.is_ours]


def asked_for() -> set[str]:
    """The variables that the file takes from .env."""
    return set(_VARIABLE.findall(FILE.read_text()))


def filled(text: str, value: Any) -> str:
    """The text with what ``value`` gives for each variable; a doubled dollar is one, and no variable."""
    return _VARIABLE.sub(lambda found: value(found.group(1)), text).replace("$$", "$")
