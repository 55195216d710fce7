"""A text of Telegram's HTML as messages that Telegram takes."""

import html
import re
from collections.abc import Iterator
from typing import Final

from bot.texts import Html
from core.domain.splitting import split_text, utf16_units

LONGEST: Final = 4096
"""What one message of Telegram holds, in UTF-16 units, after its tags and entities are read (see ``shown_units``)."""
_TAG: Final = re.compile(r"<(/?)([a-z][a-z-]*)[^>]*>")


def shown_units(text: str) -> int:
    """How much of a message a text of HTML takes: tags take nothing, an escaped sign as much as the sign itself."""
    return utf16_units(_read(text))


def pieces(text: Html) -> list[Html]:
    """The text in messages, cut between its lines; tags that are open at a cut are opened again behind it."""
    if shown_units(text) <= LONGEST:
        return [text]
    return list(_balanced(_filled(text)))


def cut_words(words: str, room: int) -> list[str]:
    """Somebody's words, whole, in parts of at most ``room``; at least one."""
    return split_text(words, room, "utf16") or [""]


def _read(text: str) -> str:
    return html.unescape(_TAG.sub("", text))


def _filled(text: Html) -> Iterator[str]:
    """As many lines a message as it holds."""
    piece: list[str] = []
    taken = 0
    for line in _lines(text):
        size = shown_units(line)
        if piece and taken + 1 + size > LONGEST:
            yield "\n".join(piece)
            piece, taken = [], 0
        taken += size + (1 if piece else 0)
        piece.append(line)
    if piece:
        yield "\n".join(piece)


def _lines(text: Html) -> Iterator[str]:
    for line in text.split("\n"):
        if shown_units(line) <= LONGEST:
            yield line
        else:
            # A line longer than a message may be cut within its tags: it goes without.
            yield from (html.escape(part) for part in cut_words(_read(line), LONGEST))


def _balanced(parts: Iterator[str]) -> Iterator[Html]:
    open_tags: list[re.Match[str]] = []
    for part in parts:
        begin = "".join(tag.group() for tag in open_tags)
        for tag in _TAG.finditer(part):
            if not tag.group(1):
                open_tags.append(tag)
            elif open_tags:
                open_tags.pop()
        end = "".join(f"</{tag.group(2)}>" for tag in reversed(open_tags))
        yield Html(f"{begin}{part}{end}")
