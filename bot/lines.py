"""What was said in a conversation, as lines of a chat."""

from collections.abc import Sequence
from typing import Final

from bot.texts import Html, Text
from core.domain.conversation import Author
from core.services.scenes import SpokenLine

LONGEST: Final = 4096
"""Characters of one message of Telegram, after its entities are read."""
_ON_A_CARD: Final = 200
_TYPES: Final = frozenset({"image", "video", "audio", "document", "sticker", "location", "contacts"})


def card_line(line: SpokenLine, text: Text) -> Html:
    """A line short enough for a card."""
    return text(f"line.{line.author}", words=_words(line, text, _ON_A_CARD), member=_member(line, text))


def view_line(line: SpokenLine, text: Text, longest: int) -> Html:
    """A line with its time."""
    kind = "note" if line.note else line.author.value
    said = text(f"line.{kind}", words=_words(line, text, longest), member=_member(line, text))
    return text("line.timed", time=f"{line.at:%d/%m %H:%M}", line=said)


def relayed(lines: Sequence[SpokenLine], text: Text, who: Html | None) -> tuple[Html, Sequence[SpokenLine]]:
    """As many lines as one message holds, and which they are; ``who`` stands above them where it is not clear."""
    chosen: list[SpokenLine] = []
    parts: list[Html] = []
    room = LONGEST - (len(who) + 1 if who else 0)
    for line in lines:
        part = _relayed_line(line, text, alone=not chosen)
        if chosen and sum(len(one) + 1 for one in parts) + len(part) > room:
            break
        parts.append(part)
        chosen.append(line)
    return Html("\n".join([who, *parts] if who else parts)), chosen


def _relayed_line(line: SpokenLine, text: Text, *, alone: bool) -> Html:
    # One message of the lead's may alone be as long as Telegram takes; escaping makes it longer at most six times.
    longest = (LONGEST - 200) // 6 if _grows(line.text) else LONGEST - 200
    words = _words(line, text, longest if alone else 1000)
    return text(f"relay.{line.author}", words=words, member=_member(line, text))


def _grows(words: str) -> bool:
    return any(sign in words for sign in "<>&\"'")


def _words(line: SpokenLine, text: Text, longest: int) -> str | Html:
    if line.text:
        return line.text if len(line.text) <= longest else line.text[: longest - 1] + "…"
    kind = line.type.partition(".")[0]
    return text(f"type.{kind if kind in _TYPES else 'other'}")


def _member(line: SpokenLine, text: Text) -> str | Html:
    return line.member or (text("line.phone") if line.author is Author.ATTENDANT else "")
