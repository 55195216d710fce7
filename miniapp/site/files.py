"""What a build of the pages left: every file in memory, under its path, also as it is when compressed."""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "web" / "dist"
INDEX: Final = "index.html"
_COMPRESSED: Final = {".br": "br", ".gz": "gzip"}
"""By the ending of a file made beside another the encoding it is in."""
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_MARK: Final = 20


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file: its bytes by encoding (as it is under ``identity``), and what tells it from every other."""

    content_type: str
    mark: str
    bodies: Mapping[str, bytes] = field(repr=False)


def load_files(folder: Path = FOLDER) -> Mapping[str, PageFile]:
    """The files by their paths below ``folder``; none when there is no whole build there."""
    if not (folder / INDEX).is_file():
        return {}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: _file(name, path, found) for name, path in found.items() if _is_served(name, found)}


def _is_served(name: str, found: Mapping[str, Path]) -> bool:
    """Neither what tools left for themselves, nor the compressed beside the whole."""
    path = Path(name)
    compressed = path.suffix in _COMPRESSED and path.with_suffix("").as_posix() in found
    return not compressed and not any(part.startswith(".") for part in path.parts)


def _file(name: str, path: Path, found: Mapping[str, Path]) -> PageFile:
    whole = path.read_bytes()
    beside = {code: found[name + ending] for ending, code in _COMPRESSED.items() if name + ending in found}
    return PageFile(
        content_type=_content_type(path),
        mark=hashlib.sha256(whole).hexdigest()[:_MARK],
        bodies={"identity": whole, **{code: other.read_bytes() for code, other in beside.items()}},
    )


def _content_type(path: Path) -> str:
    """The machine's own tables differ from one to the next: what counts is written here."""
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
