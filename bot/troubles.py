"""What went wrong, as it is kept (codes of ours, then the provider's code and words), in the words of a language."""

from html import escape
from itertools import takewhile
from typing import Final

from bot.texts import Html, Text
from core.domain.errors import ChannelStopped

_PERMISSIONS: Final = range(200, 300)
_PERMISSION: Final = 200
"""Meta has a hundred codes for a permission that is missing."""
_VAGUE: Final = "send_failed"
"""Whatever stands behind it says more."""


def in_words(kept: str, text: Text) -> str:
    """The trouble for people: what our codes say in their language, and in brackets the provider's own words.

    What we wrote ourselves behind a code is for whoever reads the rows. Of an unknown trouble all is said as it is.
    """
    parts = kept.split(": ")
    codes = list(takewhile(lambda part: f"trouble.{part}" in text, parts))
    if not codes:
        known = _of_provider(parts[0], text)
        return text.plain("trouble.with", what=known, words=kept) if known else kept
    code = codes[1] if codes[0] == _VAGUE and len(codes) > 1 else codes[0]
    rest = parts[len(codes) :]
    sentence = _of_provider(rest[0], text) if rest else None
    sentence = sentence or text.plain(f"trouble.{code}")
    if rest and " " not in rest[0]:
        return text.plain("trouble.with", what=sentence, words=": ".join(rest))
    return sentence


def why_stopped(kept: str, text: Text, code: str = ChannelStopped.code) -> Html:
    """Why an account does not send: by the provider's code where we know it, else by ours; then the provider's own words."""
    what = _of_provider(kept.partition(": ")[0], text) or text.plain(f"provider.{code}")
    return text("provider.in_full", what=what, words=kept) if kept else Html(escape(what, quote=False))


def _of_provider(code: str, text: Text) -> str | None:
    """What a provider's code says, for people."""
    named = f"provider.{_PERMISSION if code.isdecimal() and int(code) in _PERMISSIONS else code}"
    return text.plain(named) if named in text else None
