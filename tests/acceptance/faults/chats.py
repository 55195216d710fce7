"""What the emulators' log says of the teams' chats: taps, their answers, words for leads, and what the bot shows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.acceptance.faults.load import Who

WORD: Final = re.compile(r"w(\d{2})s(\d)c(\d{4})n(\d+)")
"""Stands in one message of a member: for which lead of which shop it is, and the how manieth it is."""


def word_token(who: Who, number: int) -> str:
    """The word that stands in a member's message to that lead only."""
    return f"w{who.run:02d}s{who.tenant}c{who.lead:04d}n{number}"


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on a button: whose, and what the button says to the bot."""

    user: int
    data: str
    at: float


@dataclass(frozen=True, slots=True)
class Toast:
    """What popped up for whoever tapped."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Word:
    """What a member wrote for a lead, and where in Telegram it stands."""

    token: str
    chat_id: int
    number: int
    at: float

    @property
    def who(self) -> Who:
        """The lead it is for."""
        run, shop, lead, _ = self._parts
        return Who(run, shop, lead)

    @property
    def place(self) -> int:
        """The how manieth for that lead."""
        return self._parts[3]

    @property
    def _parts(self) -> tuple[int, int, int, int]:
        found = WORD.fullmatch(self.token)
        assert found is not None, self.token
        run, shop, lead, place = map(int, found.groups())
        return run, shop, lead, place


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot's as it was sent or changed."""

    chat_id: int
    number: int
    text: str
    reply_to: int | None
    at: float


@dataclass(slots=True)
class Chats:
    """Everything of one run."""

    tapped: dict[str, Tapped] = field(default_factory=dict)
    toasts: dict[str, Toast] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    reactions: dict[tuple[int, int], str] = field(default_factory=dict)
    """What the bot has put on a message, the last of it."""
    shown: list[Shown] = field(default_factory=list)


def _tapped(chats: Chats, event: Mapping[str, Any]) -> None:
    chats.tapped[event["tap"]] = Tapped(event["user_id"], event["data"], event["at"])


def _answered(chats: Chats, event: Mapping[str, Any]) -> None:
    chats.toasts[event["tap"]] = Toast(event.get("text") or "", event["at"])


def _message(chats: Chats, event: Mapping[str, Any]) -> None:
    place = event["chat_id"], event["message_id"]
    if event["by_bot"]:
        chats.shown.append(Shown(*place, event["text"] or "", event.get("reply_to"), event["at"]))
    elif found := WORD.search(event["text"] or ""):
        chats.words.setdefault(found[0], Word(found[0], *place, event["at"]))


def _reacted(chats: Chats, event: Mapping[str, Any]) -> None:
    if event["by_bot"]:
        chats.reactions[event["chat_id"], event["message_id"]] = "".join(event["emoji"])


READERS: Final[Mapping[str, Callable[[Chats, Mapping[str, Any]], None]]] = {
    "telegram_tapped": _tapped,
    "telegram_tap_answered": _answered,
    "telegram_message": _message,
    "telegram_edited": _message,
    "telegram_reacted": _reacted,
}
