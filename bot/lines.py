"""What was said in a conversation, as lines of a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.pieces import LONGEST, cut_words, shown_units
from bot.texts import Html, Text
from bot.troubles import in_words
from core.domain.conversation import Author
from core.services.scenes import SpokenLine

_ON_A_CARD: Final = 200
_IN_A_VIEW: Final = 600
_LEAST_ROOM: Final = 512
"""So much of somebody's words a message holds however long the name above them is."""
_TYPES: Final = frozenset({"image", "video", "audio", "document", "sticker", "location", "contacts"})


@dataclass(frozen=True, slots=True)
class Relayed:
    """One message of Telegram's: the lines that are wholly in the chat with it, and ``parts`` of the line behind them."""

    html: Html
    told: Sequence[SpokenLine]
    parts: int = 0


def card_line(line: SpokenLine, text: Text) -> Html:
    """A line short enough for a card."""
    return text(f"line.{_kind(line)}", words=_words(line, text, _ON_A_CARD), member=_member(line, text))


def view_line(line: SpokenLine, text: Text, longest: int | None) -> Html:
    """A line with its time, its words cut with an ellipsis where they are longer; ``None``: whole."""
    kind = "note" if line.note and line.author is not Author.SYSTEM else _kind(line)
    said = text(f"line.{kind}", words=_words(line, text, longest), member=_member(line, text))
    return text("line.timed", time=f"{line.at:%d/%m %H:%M}", line=said)


def viewed(lead: str, lines: Sequence[SpokenLine], text: Text) -> Html:
    """The end of a conversation: its newest message whole, and above it what a message of Telegram has room for.

    What is cut or left out is said to be.
    """
    title = text("view.title", lead=lead)
    if not lines:
        return _below(title, text("view.empty"))
    newest, earlier = view_line(lines[-1], text, None), text("view.earlier")
    room = max(LONGEST - shown_units(_below(title, earlier, newest)), LONGEST // 2)
    above: list[Html] = []
    for line in reversed(lines[:-1]):
        drawn = view_line(line, text, _IN_A_VIEW)
        if shown_units(_below(drawn, *above)) > room:
            return _below(title, earlier, *above, newest)
        above.insert(0, drawn)
    return _below(title, *above, newest)


def relayed(lines: Sequence[SpokenLine], text: Text, who: Html | None, shown_parts: int = 0) -> Relayed:
    """As many lines as one message holds, nobody's words cut; ``who`` stands above them where it is not clear.

    What is longer than a message comes in parts, a message each: of the first line ``shown_parts`` are there already.
    """
    first = _in_parts(lines[0], text, who)
    if len(first) > 1:
        place = min(shown_parts, len(first) - 1)
        last = place == len(first) - 1
        return Relayed(_below(who, first[place]), lines[:1] if last else [], 0 if last else place + 1)
    drawn = [*first]
    for line in lines[1:]:
        parts = _in_parts(line, text, who)
        if len(parts) > 1 or shown_units(_below(who, *drawn, parts[0])) > LONGEST:
            break
        drawn += parts
    return Relayed(_below(who, *drawn), lines[: len(drawn)])


def _in_parts(line: SpokenLine, text: Text, who: Html | None) -> list[Html]:
    """A line as what one message holds of it, or as several of these."""
    words = _words(line, text, None)
    if isinstance(words, Html):
        return [_relayed_line(line, text, words)]
    room = max(LONGEST - shown_units(_below(who, _relayed_line(line, text, ""))), _LEAST_ROOM)
    return [_relayed_line(line, text, part) for part in cut_words(words, room)]


def _relayed_line(line: SpokenLine, text: Text, words: str) -> Html:
    return text(f"relay.{line.author}", words=words, member=_member(line, text))


def _below(who: Html | None, *lines: Html) -> Html:
    return Html("\n".join((who, *lines) if who else lines))


def _words(line: SpokenLine, text: Text, longest: int | None) -> str | Html:
    if line.author is Author.SYSTEM:
        return in_words(line.text, text)
    if not line.text:
        kind = line.type.partition(".")[0]
        return text(f"type.{kind if kind in _TYPES else 'other'}")
    if longest is None or len(line.text) <= longest:
        return line.text
    return line.text[: longest - 1] + "…"


def _kind(line: SpokenLine) -> str:
    return "unasked" if line.unasked else line.author.value


def _member(line: SpokenLine, text: Text) -> str | Html:
    return line.member or (text("line.phone") if line.author is Author.ATTENDANT else "")
