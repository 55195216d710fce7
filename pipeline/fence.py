"""Marks where the lead's own words begin and end, with a mark that the words cannot forge."""

import re
from collections.abc import Callable
from typing import Final

from pipeline.normalise import clean

NONCE_BYTES: Final = 16
"""128 bits: a lead cannot guess the mark of a turn, and every turn has its own."""

# Anything that could be read as a tag: "<" before a letter, "/", "!", "?", "|" or "_". "x < 5" and "<3" stay.
_TAG_OPENING = re.compile(r"<(?=[\s]*[^\W\d]|[\s]*[/!?|_\\])")
_NONCE = re.compile(r"[0-9a-f]{32}")


def new_nonce(random_bytes: Callable[[int], bytes]) -> str:
    """Return a fresh nonce; ``random_bytes`` is ``secrets.token_bytes`` outside of tests."""
    return random_bytes(NONCE_BYTES).hex()


def fence(text: str, nonce: str) -> str:
    """Wrap cleaned text in ``<lead_message_NONCE>``; whatever in it looks like a tag is made harmless."""
    if not _NONCE.fullmatch(nonce):
        message = "a nonce is 32 hexadecimal digits, as new_nonce makes it"
        raise ValueError(message)
    return f"<lead_message_{nonce}>\n{defang(text)}\n</lead_message_{nonce}>"


def defang(text: str) -> str:
    """Return cleaned text in which no ``<`` opens a tag: it becomes ``‹``, which reads the same."""
    return _TAG_OPENING.sub("‹", clean(text))
