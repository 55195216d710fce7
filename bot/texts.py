"""What the bot says: strings of Telegram's HTML under symbolic ids, one set a language."""

import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self

from babel.messages.pofile import PoFileError, read_po

from core.domain.errors import ConfigurationError

_LOCALES: Final = Path(__file__).parent / "locales"
DEFAULT: Final = "pt-BR"
_ELSEWHERE: Final = "en"


class Html(str):
    """Text that is Telegram's HTML already: it goes into other texts as it is."""

    __slots__ = ()


class Text:
    """The strings of one language, with values filled in."""

    __slots__ = ("_strings", "language")

    def __init__(self, language: str, strings: Mapping[str, str]) -> None:
        self.language = language
        self._strings = strings

    def __call__(self, msgid: str, /, **values: object) -> Html:
        """The string as HTML; whatever is no ``Html`` is escaped. Raises ``KeyError`` for an id or a value not there."""
        return Html(self._strings[msgid].format_map({name: _escaped(value) for name, value in values.items()}))

    def plain(self, msgid: str, /, **values: object) -> str:
        """The string for where Telegram reads no HTML: buttons and what pops up. Values go in as they are."""
        return self._strings[msgid].format_map(values)

    def __contains__(self, msgid: str) -> bool:
        """Whether there is such an id."""
        return msgid in self._strings


def _escaped(value: object) -> str:
    return value if isinstance(value, Html) else html.escape(str(value))


class Catalogs:
    """Every language there is."""

    def __init__(self, texts: Mapping[str, Text]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, folder: Path = _LOCALES) -> Self:
        """Read the ``.po`` files of each language. Raises ``ConfigurationError`` for one that cannot be used."""
        languages = sorted(path for path in folder.iterdir() if path.is_dir())
        return cls({_code(path): Text(_code(path), _strings(path / "LC_MESSAGES")) for path in languages})

    @property
    def languages(self) -> tuple[str, ...]:
        """Their codes, as members have them."""
        return tuple(self._texts)

    def of(self, language: str) -> Text:
        """The texts in this language, else in the one that fits best."""
        return self._texts[language if language in self._texts else language_of(language)]


def language_of(code: str | None) -> str:
    """Of a language code as Telegram tells it, the language that we speak."""
    return DEFAULT if not code or code.lower().startswith("pt") else _ELSEWHERE


def _code(path: Path) -> str:
    return path.name.replace("_", "-")


def _strings(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        for msgid, string in _entries(path):
            if msgid in found or not string:
                message = f"{path}: {msgid} has no text, or has one already"
                raise ConfigurationError(message)
            found[msgid] = string
    return found


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
    except PoFileError as error:
        message = f"{path} cannot be read: {error}"
        raise ConfigurationError(message) from error
    yield from ((str(entry.id), str(entry.string)) for entry in catalog if entry.id)
