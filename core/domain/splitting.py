"""A text longer than a channel takes, as several messages."""

import re
from collections.abc import Callable, Iterator
from typing import Final

_BREAKS: Final = (
    re.compile(r"\n\s*\n\s*"),  # a paragraph ends
    re.compile(r"\s*\n\s*"),
    re.compile(r"(?<=[.!?…])\s+"),  # a sentence ends
    re.compile(r"(?<=[,;:])\s+"),
    re.compile(r"\s+"),
)
"""Where a text may be cut, the best places first."""
_JOINERS: Final = "\u200d\ufe0f\u20e3"
"""Zero-width joiner, emoji presentation, keycap: they belong to the character before."""
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)


def split_text(text: str, limit: int, unit: str = "characters") -> list[str]:
    """The text in order, each piece at most ``limit`` of its unit (``characters``, ``bytes`` of UTF-8, or ``utf16`` units).

    Cut where a paragraph ends, else a line, else a sentence, else a clause, else a word; only a longer word is cut
    within, and then not between a letter and its accent or within an emoji. White space at a cut is dropped, nothing
    else is. A blank text gives no piece. Raises ``ValueError`` for a limit that no character fits into.
    """
    size = _sizes(unit)
    if limit < size("\U0010ffff"):
        message = f"a limit of {limit} {unit} is too small for some characters"
        raise ValueError(message)
    return list(_pieces(text.strip(), limit, size))


def _sizes(unit: str) -> Callable[[str], int]:
    if unit == "characters":
        return len
    if unit == "bytes":
        return lambda part: len(part.encode())
    if unit == "utf16":
        return utf16_units
    message = f"texts are measured in characters, bytes or utf16, not in {unit}"
    raise ValueError(message)


def utf16_units(text: str) -> int:
    """The length in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def _pieces(rest: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    while rest:
        if size(rest) <= limit:
            yield rest
            return
        fits = _longest(rest, limit, size)
        end, begin = _cut(rest, fits)
        yield rest[:end]
        rest = rest[begin:]


def _longest(text: str, limit: int, size: Callable[[str], int]) -> int:
    """How many characters of the beginning fit."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= limit else (low, middle - 1)
    return low


def _cut(text: str, fits: int) -> tuple[int, int]:
    """Where the piece ends and where the next begins."""
    for place in _BREAKS:
        # A break far from the end would make many short messages: half of what fits is the least.
        found = [one for one in place.finditer(text, 0, fits + 1) if fits // 2 < one.start() <= fits]
        if found:
            last = found[-1]
            return last.start(), _next_word(text, last.end())
    whole = fits
    while whole > 1 and _belongs_to_previous(text, whole):
        whole -= 1
    whole = whole if whole > 1 or not _belongs_to_previous(text, 1) else fits
    return whole, whole


def _next_word(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _belongs_to_previous(text: str, place: int) -> bool:
    character = text[place]
    return (
        character in _JOINERS
        or text[place - 1] == "\u200d"
        or ord(character) in _SKIN_TONES
        or "\u0300" <= character <= "\u036f"
    )
