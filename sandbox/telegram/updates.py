"""A bot's updates: numbered, kept for a day, handed out until they are confirmed."""

import random
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

from sandbox.waiting import Bell
from sandbox.wire import JsonObject

KEPT_SECONDS = 24 * 3600
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Update:
    """One update; those of one ``chat_id`` go to a webhook in order."""

    update_id: int
    at: float
    kind: str
    chat_id: int
    body: JsonObject = field(repr=False)

    def as_json(self) -> JsonObject:
        """The Update object."""
        return {"update_id": self.update_id, self.kind: self.body}


class UpdateQueue:
    """What a bot has not confirmed yet."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._next = random.randrange(10**8, 9 * 10**8)
        self._pending: dict[int, Update] = {}
        self.allowed: frozenset[str] | None = None
        self.bell = Bell()

    def __len__(self) -> int:
        self._forget_old()
        return len(self._pending)

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for updates of this kind; without a choice it gets all but a few."""
        return kind not in ON_REQUEST if self.allowed is None else kind in self.allowed

    def choose(self, kinds: Iterable[str]) -> None:
        """Take the bot's ``allowed_updates``; an empty list is the default set, unknown names are ignored."""
        chosen = list(kinds)
        self.allowed = frozenset(chosen) if chosen else None

    def push(self, kind: str, chat_id: int, body: JsonObject) -> Update | None:
        """Queue an update; None when the bot does not want its kind."""
        if not self.wants(kind):
            return None
        update = Update(self._next, self._now(), kind, chat_id, body)
        self._pending[update.update_id] = update
        self._next += 1
        self.bell.ring()
        return update

    def pending(self, limit: int | None = None) -> list[Update]:
        """The earliest unconfirmed updates."""
        self._forget_old()
        return list(self._pending.values())[:limit]

    def first_outside(self, chat_ids: Container[int]) -> Update | None:
        """The earliest unconfirmed update of any other chat."""
        self._forget_old()
        return next((update for update in self._pending.values() if update.chat_id not in chat_ids), None)

    def is_pending(self, update: Update) -> bool:
        """Whether it is still to be brought."""
        self._forget_old()
        return update.update_id in self._pending

    def confirm(self, update_id: int) -> bool:
        """One update has been taken."""
        return self._pending.pop(update_id, None) is not None

    def seek(self, offset: int) -> list[int]:
        """Confirm what lies before ``offset``; a negative one counts from the end. The ids confirmed."""
        ids = list(self._pending)
        gone = ids[:offset] if offset < 0 else [update_id for update_id in ids if update_id < offset]
        for update_id in gone:
            del self._pending[update_id]
        return gone

    def drop_all(self) -> None:
        """Forget every pending update."""
        self._pending.clear()

    def _forget_old(self) -> None:
        oldest = self._now() - KEPT_SECONDS
        while self._pending and next(iter(self._pending.values())).at < oldest:
            del self._pending[next(iter(self._pending))]
