"""Texts hidden inside a text: encodings, invisible characters, scrambled and substituted letters."""

import base64
import binascii
import codecs
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from pipeline.normalise import clean, words

_MAX_PAYLOADS = 8
_MIN_READABLE = 0.85
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,4000}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?((?:[0-9A-Fa-f]{2}[ :,]?){8,2000})(?![0-9A-Za-z])")
_BINARY = re.compile(r"(?:\b[01]{8}\b\s*){4,}")
_ESCAPES = re.compile(r"\\u\{?([0-9A-Fa-f]{4,6})\}?|\\x([0-9A-Fa-f]{2})")
_MORSE = re.compile(r"(?:[.\-–—•·]{1,6}[ /|]+){8,}[.\-–—•·]{1,6}")
_MIXED_TOKEN = re.compile(r"\b(?=\w*[a-z@$])(?=\w*[0-9@$])[\w@$]{3,}")
_ASKS_TO_DECODE = re.compile(r"\b(?:rot-?\d*|c[ei]sar|cifra|cipher|deci?f|decrypt|decod|avesso|tras pra frente|revers)")
_COMMON_WORD = re.compile(r" (?:a|o|e|de|que|do|da|em|um|uma|para|pra|com|nao|the|to|of|and|is|my|i|you|el|la|y|en) ")
_LEET = str.maketrans("0134579@$!|", "oieastgasii")
_MORSE_LETTERS = dict(
    zip(
        ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..".split(),  # noqa: SIM905  (the code is read as one line)
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)
_DASHES = str.maketrans("–—•·", "--..")
_SCRAMBLE_WORDS = """
    ignore ignora ignorar esqueca todas todos suas instrucoes anteriores regras diretrizes mostre mostra revele seu
    prompt sistema passe dados pessoais outros clientes responda nenhuma restricao partir agora desconto confirme
    sem limites senha all previous instructions reveal system rules your forget disregard bypass safety show
""".split()  # noqa: SIM905  (a word list reads best as words)


def hidden_texts(text: str) -> Iterator[str]:
    """Yield every text that can be decoded out of ``text``, at most a handful; none when nothing is hidden."""
    found = 0
    for source in (_tag_characters, _variation_bytes, _escaped, _base64_texts, _hex_texts, _binary_texts, _morse_texts):
        for payload in source(text):
            yield payload
            found += 1
            if found >= _MAX_PAYLOADS:
                return


def respelled(folded: str) -> Iterator[str]:
    """Yield other readings of a folded text: digits as letters, scrambled words, rotated or reversed letters."""
    if len(_MIXED_TOKEN.findall(folded)) >= 2:  # noqa: PLR2004  (one such token is a plate, a code or a size)
        yield folded.translate(_LEET)
    unscrambled = _unscrambled(folded)
    if unscrambled != folded:
        yield unscrambled
    if _ASKS_TO_DECODE.search(folded) or _DIRECTION_OVERRIDE.search(folded) or not _COMMON_WORD.search(words(folded)):
        yield codecs.encode(folded, "rot13")
        yield folded[::-1]


def carries_invisible_text(text: str) -> bool:
    """Whether characters that nobody sees hold a message, or split the words that one does see."""
    patterns = (_SELECTOR_RUN, _SPLIT_WORDS, _DIRECTION_OVERRIDE)
    return bool(_TAGS.search(_without_flags(text))) or any(pattern.search(text) for pattern in patterns)


def spells_letters_out(text: str) -> bool:
    """Whether plain letters are written as entities or escapes, which no keyboard does."""
    return bool(_SPELLED_OUT.search(text))


def mixes_scripts(text: str) -> bool:
    """Whether one word holds letters of two alphabets that look alike."""
    return bool(_MIXED_SCRIPT.search(text))


_DIRECTION_OVERRIDE = re.compile("[\u202d\u202e]")
_SPELLED_OUT = re.compile(
    r"(?:&#(?:4[89]|5[0-7]|6[5-9]|[78]\d|9[07-9]|1[01]\d|12[0-2]|x[4-7][0-9a-f]);.{0,2}){3}|(?:\\u00[4-7][0-9a-f].{0,2}){3}",
    re.IGNORECASE,
)
_TAGS = re.compile("[\U000e0020-\U000e007e]{3,}")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,8}\U000e007f")
_SELECTOR_RUN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_SPLIT_WORDS = re.compile("(?:[^\\W\\d_][\u00ad\u200b\u200c\u2060\ufeff][^\\W\\d_].{0,20}?){3}", re.DOTALL)
_MIXED_SCRIPT = re.compile("[a-z][\u0400-\u04ff\u0370-\u03ff]|[\u0400-\u04ff\u0370-\u03ff][a-z]", re.IGNORECASE)


def _without_flags(text: str) -> str:
    return _FLAG.sub("", text)


def _tag_characters(text: str) -> Iterator[str]:
    for run in _TAGS.findall(_without_flags(text)):
        yield "".join(chr(ord(c) - 0xE0000) for c in run)


def _variation_bytes(text: str) -> Iterator[str]:
    for run in _SELECTOR_RUN.findall(text):
        codes = bytes(ord(c) - 0xFE00 if c <= "\ufe0f" else ord(c) - 0xE0100 + 16 for c in run)
        yield from _readable(codes)


def _escaped(text: str) -> Iterator[str]:
    if "&" in text and (plain := html.unescape(text)) != text:
        yield plain
    if "%" in text and (plain := unquote(text)) != text:
        yield plain
    if _ESCAPES.search(text):
        yield _ESCAPES.sub(lambda m: _character(int(m.group(1) or m.group(2), 16)), text)


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""  # noqa: PLR2004  (Unicode's bounds)


def _base64_texts(text: str) -> Iterator[str]:
    for token in _BASE64.findall(text):
        body = token.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(body[: len(body) - (len(body) % 4 == 1)] + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError):
            continue
        yield from _readable(raw)


def _hex_texts(text: str) -> Iterator[str]:
    for digits in _HEX.findall(text):
        yield from _readable(bytes.fromhex(re.sub("[ :,]", "", digits)))


def _binary_texts(text: str) -> Iterator[str]:
    for run in _BINARY.findall(text):
        yield from _readable(bytes(int(octet, 2) for octet in run.split()))


def _morse_texts(text: str) -> Iterator[str]:
    for run in _MORSE.findall(text):
        parts = re.split(r"\s*[/|]\s*|\s{3,}", run.translate(_DASHES))
        yield " ".join("".join(_MORSE_LETTERS.get(code, "") for code in part.split()) for part in parts)


def _readable(raw: bytes) -> Iterator[str]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    letters = sum(c.isalnum() or c in " .,;:!?-'\"\n" for c in text)
    if len(text) >= 6 and letters >= _MIN_READABLE * len(text) and text.isprintable():  # noqa: PLR2004
        yield clean(text)


def _signature(word: str) -> tuple[str, str, str]:
    return word[0], word[-1], "".join(sorted(word[1:-1]))


_BY_SIGNATURE = {_signature(word): word for word in _SCRAMBLE_WORDS if len(word) > 3}  # noqa: PLR2004


def _unscrambled(folded: str) -> str:
    changed = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal changed
        word = match.group()
        known = _BY_SIGNATURE.get(_signature(word), word)
        changed += known != word
        return known

    mended = re.sub(r"[a-z]{4,}", mend, folded)
    return mended if changed >= 2 else folded  # noqa: PLR2004  (one scrambled word is a typing slip)
