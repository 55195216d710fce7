"""What the emulators saw, read from their log: one run's part of it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.faults.chats import READERS as OF_CHATS
from tests.acceptance.faults.chats import WORD, Chats
from tests.acceptance.faults.load import TOKEN

_OURS = ("claude_answered", "claude_abandoned", "claude_cut", "claude_refused")


@dataclass(frozen=True, slots=True)
class Wrote:
    """A message of a lead, as the provider has it."""

    wamid: str
    number_id: str
    lead: str
    token: str
    at: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """A text of ours that the provider took."""

    seq: int
    at: float
    callback: str
    number_id: str
    lead: str
    text: str
    wamid: str


@dataclass(slots=True)
class Call:
    """A call of the provider with a message of ours in it; ``over`` whichever way."""

    callback: str
    began: float
    over: float = math.inf


@dataclass(frozen=True, slots=True)
class Echo:
    """Words of the business that somebody typed on its phone."""

    number_id: str
    lead: str
    at: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of the model about a turn or a summary."""

    seq: int
    at: float
    request_id: str
    system: str
    tokens: frozenset[str]
    history_tokens: frozenset[str]
    history: str
    decision: bool


@dataclass(slots=True)
class History:
    """Everything one run of an experiment left in the log."""

    wrote: dict[str, Wrote] = field(default_factory=dict)
    acked: dict[str, float] = field(default_factory=dict)
    """When the provider first got its 200, by its message id."""
    accepted: list[Accepted] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    """By the emulator's name for each."""
    echoes: dict[str, Echo] = field(default_factory=dict)
    """By the provider's message id."""
    chats: Chats = field(default_factory=Chats)
    asked: list[Asked] = field(default_factory=list)
    ended: dict[str, float] = field(default_factory=dict)
    """When a model call was over, whichever way."""
    systems: dict[str, str] = field(default_factory=dict)
    cut_sends: int = 0


def read_history(events: Iterable[Mapping[str, Any]], phones: str, systems: dict[str, str] | None = None) -> History:
    """The events of leads whose number begins with ``phones``.

    ``systems``: the system prompts seen so far; the log shows each only once, and new ones are added here.
    """
    history = History(systems={} if systems is None else systems)
    for event in events:
        reader, of_chats = _READERS.get(event["event"]), OF_CHATS.get(event["event"])
        if reader is not None and str(event.get("lead", phones)).startswith(phones):
            reader(history, event)
        elif of_chats is not None:
            of_chats(history.chats, event)
    run = phones[-2:]
    history.asked = [ask for ask in history.asked if _of_run(ask, run)]
    history.chats.words = {token: word for token, word in history.chats.words.items() if _is_of_run(token, run)}
    return history


def tokens_in(text: str) -> frozenset[str]:
    """The messages that a text quotes."""
    return frozenset(found[0] for found in TOKEN.finditer(text))


def _of_run(ask: Asked, run: str) -> bool:
    return any(token[1:3] == run for token in ask.tokens | ask.history_tokens)


def _is_of_run(word: str, run: str) -> bool:
    found = WORD.match(word)
    return found is not None and found[1] == run


def _wrote(history: History, event: Mapping[str, Any]) -> None:
    found = TOKEN.search(event["text"])
    token = found[0] if found else ""
    wrote = Wrote(event["wamid"], event["phone_number_id"], event["lead"], token, event["at"])
    history.wrote.setdefault(wrote.wamid, wrote)


def _acked(history: History, event: Mapping[str, Any]) -> None:
    if event["kind"] != "status":
        for wamid in event["wamids"]:
            history.acked.setdefault(wamid, event["at"])


def _accepted(history: History, event: Mapping[str, Any]) -> None:
    history.accepted.append(
        Accepted(
            seq=event["seq"],
            at=event["at"],
            callback=event["callback"],
            number_id=event["phone_number_id"],
            lead=event["lead"],
            text=event["text"],
            wamid=event["wamid"],
        )
    )


def _received(history: History, event: Mapping[str, Any]) -> None:
    if event["callback"]:
        history.calls[event["call"]] = Call(event["callback"], event["at"])


def _echo(history: History, event: Mapping[str, Any]) -> None:
    history.echoes[event["wamid"]] = Echo(event["phone_number_id"], event["lead"], event["at"])


def _asked(history: History, event: Mapping[str, Any]) -> None:
    history.asked.append(
        Asked(
            seq=event["seq"],
            at=event["at"],
            request_id=event["request_id"],
            system=event["system_hash"],
            tokens=tokens_in(event["lead_text"]),
            history_tokens=tokens_in(event["history"]),
            history=event["history"],
            decision="intent" in event["properties"],
        )
    )


def _ended(history: History, event: Mapping[str, Any]) -> None:
    history.ended.setdefault(event["request_id"], event["at"])


def _system(history: History, event: Mapping[str, Any]) -> None:
    history.systems[event["system_hash"]] = event["text"]


def _let_go(history: History, event: Mapping[str, Any]) -> None:
    if event["call"] in history.calls:
        history.calls[event["call"]].over = event["at"]


def _cut(history: History, event: Mapping[str, Any]) -> None:
    history.cut_sends += 1
    _let_go(history, event)


_READERS = {
    "lead_wrote": _wrote,
    "webhook_acked": _acked,
    "send_received": _received,
    "send_accepted": _accepted,
    "owner_wrote": _echo,
    "claude_request": _asked,
    "claude_system": _system,
    "send_answered": _let_go,
    "send_refused": _let_go,
    "send_cut": _cut,
    "send_abandoned": _cut,
    **dict.fromkeys(_OURS, _ended),
}
