"""The Dockerfile and .dockerignore, read as a build reads them, and the tree that a build would copy."""

import json
import re
import shutil
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from tests.unit.deploy.compose import PROJECT

FILE = PROJECT / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of the Dockerfile, its continuations joined; ``stage`` counts from 0."""

    stage: int
    name: str
    words: str


@cache
def instructions() -> tuple[Instruction, ...]:
    """All of them, in order."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE)
    stage, found = -1, []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        name, _, words = line.partition(" ")
        stage += name == "FROM"
        if name:
            found.append(Instruction(stage, name, words.strip()))
    return tuple(found)


def last(name: str) -> str:
    """The words of the last instruction of that name, in the stage that becomes the image."""
    final = max(each.stage for each in instructions())
    return [each.words for each in instructions() if (each.stage, each.name) == (final, name)][-1]


def last_list(name: str) -> list[str]:
    """The same, written as a JSON list."""
    words = last(name)
    return list(json.loads(words[words.index("[") :]))


def environment() -> dict[str, str]:
    """What the image sets."""
    return dict(part.split("=", 1) for part in last("ENV").split())


def copied() -> list[tuple[int, str, str]]:
    """What is copied out of the project: stage, source, place."""
    lines = [(each.stage, each.words.split()) for each in instructions() if each.name == "COPY"]
    return [(stage, words[0], words[1]) for stage, words in lines if not words[0].startswith("--")]


def is_sent(path: str) -> bool:
    """Whether a file of the project reaches the build: of .dockerignore's lines the last that fits decides."""
    sent = True
    for line in (PROJECT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and _fits(path, pattern):
            sent = line.startswith("!")
    return sent


def _fits(path: str, pattern: str) -> bool:
    """A pattern holds for a path from the top, and for whatever lies below; ``**/`` for any depth."""
    parts = path.split("/")
    heads = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern[3:]) for part in parts)
    return any(fnmatch(head, pattern) and head.count("/") == pattern.count("/") for head in heads)


def files_below(source: str) -> list[str]:
    """The files of the project that one COPY names, whether they are sent or not."""
    top = PROJECT / source
    found = [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]
    return [path.relative_to(PROJECT).as_posix() for path in found]


def copy_image(target: Path) -> Path:
    """Make the image's working folder below ``target``, as the last stage's COPY lines do."""
    final = max(each.stage for each in instructions())
    for stage, source, place in copied():
        for name in files_below(source) if stage == final else []:
            if is_sent(name):
                # A folder's contents are copied, a file under its own name.
                inside = Path(name).relative_to(source) if (PROJECT / source).is_dir() else Path(Path(name).name)
                (target / place / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(PROJECT / name, target / place / inside)
    return target
