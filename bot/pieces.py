"""A text of Telegram's HTML as messages that Telegram takes."""

import html
import re
from collections.abc import Iterator
from typing import Final

from bot.texts import Html
from core.domain.splitting import split_text

LONGEST: Final = 4096
"""Telegram counts UTF-16 units, and after the tags are read: a text is never longer than its HTML."""
_TAG: Final = re.compile(r"<(/?)([a-z][a-z-]*)[^>]*>")
_ROOM_FOR_TAGS: Final = 96


def pieces(text: Html) -> list[Html]:
    """The text in messages, cut between its lines; tags that are open at a cut are opened again behind it."""
    if _units(text) <= LONGEST:
        return [text]
    return list(_balanced(_filled(text)))


def _filled(text: Html) -> Iterator[str]:
    """As many lines a message as it holds."""
    room = LONGEST - _ROOM_FOR_TAGS
    piece = ""
    for line in _lines(text, room):
        if piece and _units(piece) + 1 + _units(line) > room:
            yield piece
            piece = line
        else:
            piece = f"{piece}\n{line}" if piece else line
    if piece:
        yield piece


def _lines(text: Html, room: int) -> Iterator[str]:
    for line in text.split("\n"):
        if _units(line) <= room:
            yield line
        else:
            yield from _without_tags(line, room)


def _without_tags(line: str, room: int) -> Iterator[str]:
    """A line of a message's length may be cut within its tags: it goes without. One sign takes six at most when escaped."""
    words = html.unescape(_TAG.sub("", line))
    yield from (html.escape(part) for part in split_text(words, room // 6))


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


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
