"""What a text says once its disguise is off: one readable form for the model, one folded form for matching."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final

READ_HEAD: Final = 4_000
READ_TAIL: Final = 1_000
READ_WHOLE: Final = READ_HEAD + READ_TAIL
"""Characters: a longer text is read at its head and its tail only. No channel delivers one of that length."""

# The invisible, the directional and the private: nothing a lead types on purpose.
_PLAIN = frozenset("\n\t") | frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x250))))
_JOINER = "\u200d"
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авгезиікмнорстухуѕјԁԛԝһьӏ", "abreзиikmhopctyxysjdqwhbl", strict=True)),
        **dict(zip("αβγδεηικμνορστυχω", "abydenikuvopotuxw", strict=True)),
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)),
        "ı": "i",
        "ɡ": "g",
        "ɑ": "a",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ß": "ss",
    }
)
_ENCLOSED_LETTERS = (0x1F150, 0x1F170, 0x1F1E6)
_LOOKALIKES |= str.maketrans({start + n: chr(ord("a") + n) for start in _ENCLOSED_LETTERS for n in range(26)})

_SEPARATED = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,6}){4,}[^\W_](?![^\W_])")
_NOT_WORD = re.compile(r"[^\w.!?]+|_+")
_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]++(?=\s|$)")
_PUNCTUATION = re.compile(r"[.!?]")
_NOT_ALNUM = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"(.{1,4}?)\1{8,}", re.DOTALL)
_BLANKS = re.compile(r"\s{9,}")
_ECHOES = re.compile(r"((?:\s++\S++){1,6}?)\1{3,}(?=\s|$)")
# Normalisation sorts a run of marks in quadratic time; no script stacks that many on one letter.
_MARK = "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"({_MARK}{{8}}){_MARK}+")


def excerpt(text: str) -> str:
    """Return what is read of a text: all of it, or its head and its tail where it is longer than ``READ_WHOLE``."""
    return text if len(text) <= READ_WHOLE else f"{text[:READ_HEAD]}\n{text[-READ_TAIL:]}"


def collapse(text: str) -> str:
    """Shorten what only adds length: one to four characters or one to six words over and over, and wide blanks."""
    shorter = _REPEATED.sub(lambda run: run.group(1) * 8, _MARKS.sub(r"\1", text))
    close = _BLANKS.sub(lambda run: "\n" if "\n" in run.group() else " ", shorter)
    return _ECHOES.sub(r"\1\1\1", close)


@lru_cache(maxsize=16)  # one reply is cleaned by each of its checks
def clean(text: str) -> str:
    """Return the readable form: compatibility characters composed, invisible and control characters gone.

    This is what the model and people read; it keeps case, accents, emoji and line breaks.
    """
    composed = unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    if composed.isascii() and composed.isprintable():
        return composed
    return unicodedata.normalize("NFKC", "".join(_visible(composed)))


def normalise(text: str) -> str:
    """Return the form that rules match: folded words, one space apart, `` . `` where a sentence ends.

    Look-alike letters become the Latin ones, accents and case are gone, and letters that were
    set apart ("i g n o r e") are joined again.
    """
    return words(fold(join_separated(clean(text))))


@lru_cache(maxsize=64)  # and folded by most of them
def fold(text: str, *, lookalikes: bool = True) -> str:
    """Return lower case without accents; ``lookalikes`` also turns Cyrillic, Greek and small capitals into Latin."""
    lowered = text.casefold()
    if lowered.isascii():
        return lowered
    if lookalikes:
        lowered = lowered.translate(_LOOKALIKES)
    bare = unicodedata.normalize("NFD", lowered)
    for mark in {character for character in set(bare) if unicodedata.category(character) == "Mn"}:
        bare = bare.replace(mark, "")
    return bare


def words(folded: str) -> str:
    """Return the words of a folded text one space apart, padded, with ``.`` as a word where a sentence ends."""
    ended = _SENTENCE_END.sub(" \x00 ", folded)
    spaced = _NOT_WORD.sub(" ", _PUNCTUATION.sub(" ", ended).replace("\x00", "."))
    return f" {' '.join(spaced.split())} "


def compact(folded: str) -> str:
    """Return only the letters and digits, so that no separator can split a word."""
    return _NOT_ALNUM.sub("", folded)


def join_separated(text: str) -> str:
    """Join letters that were set apart one by one; the wider separator, where there is one, parts the words."""
    return _SEPARATED.sub(lambda run: _joined(run.group()), text)


def _joined(run: str) -> str:
    separators = _NOT_ALNUM.findall(run)
    counted = Counter(separators)
    narrow = min(counted, key=lambda s: (-counted[s], len(s)))
    return _NOT_ALNUM.sub(lambda s: "" if s.group() == narrow else " ", run)


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    for character in text:
        if character in _PLAIN:
            kept.append(character)
        elif character == _JOINER:
            # Between pictures a joiner is spelling (family emoji); between letters it is a disguise.
            if kept and unicodedata.category(kept[-1]) in {"So", "Sk"}:
                kept.append(character)
        elif not _is_hidden(character):
            kept.append(character)
    return kept


def _is_hidden(character: str) -> bool:
    if unicodedata.category(character) in _REMOVED_CATEGORIES or character in _FILLERS:
        return True
    return _is_variation_selector(character) and character != "\ufe0f"


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
