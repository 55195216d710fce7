"""What went wrong, as it is kept (codes of ours, then the provider's code and words), in the words of a language."""

from itertools import takewhile
from typing import Final

from bot.texts import Text

_VAGUE: Final = "send_failed"
"""Whatever stands behind it says more."""


def in_words(kept: str, text: Text) -> str:
    """The trouble for people: what our codes say in their language, and in brackets the provider's own words.

    What we wrote ourselves behind a code is for whoever reads the rows. Of an unknown trouble all is said as it is.
    """
    parts = kept.split(": ")
    codes = list(takewhile(lambda part: f"trouble.{part}" in text, parts))
    if not codes:
        return kept
    code = codes[1] if codes[0] == _VAGUE and len(codes) > 1 else codes[0]
    sentence, rest = text.plain(f"trouble.{code}"), parts[len(codes) :]
    if rest and " " not in rest[0]:
        return text.plain("trouble.with", what=sentence, words=": ".join(rest))
    return sentence
