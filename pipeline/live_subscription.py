"""One client's view of a tenant's stream: what it has heard, in order and without a gap, or a reset."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Self

from pipeline.live_stream import Called, Joined
from pipeline.live_wire import LiveEvent, Place, reset_at


class Subscription(AsyncIterator[LiveEvent]):
    """Events for one client. A client that does not read for long loses what waits for it and gets a reset instead."""

    def __init__(self, stream: str, place: Place | None, most: int) -> None:
        """``place``: where the client was; ``most``: events that may wait for it."""
        self.stream = stream
        self.place = place
        self._most = most
        self._waiting: deque[LiveEvent] = deque()
        self._readable = asyncio.Event()
        self._joining: list[Called] | None = None
        self._joined = False
        self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> LiveEvent:
        """The next event, as soon as there is one."""
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._readable.clear()
            await self._readable.wait()
        return self._waiting.popleft()

    def join(self) -> None:
        """Somebody is asking where it is now: what is called out meanwhile is kept until that is known."""
        self._joined = False
        self._joining = []

    def leave(self) -> None:
        """It hears nothing any more, until it joins again from where it was."""
        self._joined = False
        self._joining = None

    def joined(self, answer: Joined) -> bool:
        """It goes on from there; false when it missed something since, and is to join again."""
        kept, self._joining = self._joining or [], None
        self._joined = True
        if answer.whole:
            for event in answer.missed:
                self._put(event)
            self.place = answer.place
        else:
            self._put(reset_at(answer.place))
        # Once one is missed, those behind it are missed too: joining again brings them.
        return all(self.hear(called) for called in kept)

    def hear(self, called: Called) -> bool:
        """Something was called out on the stream; false when something before it was missed."""
        if self._joining is not None:
            self._joining.append(called)
            return True
        if not self._joined or self._has(called.event.place):
            return True
        if called.before != self.place:
            self.leave()
            return False
        self._put(called.event)
        return True

    def is_behind(self, newest: Place | None) -> bool:
        """Whether it should have heard of this place."""
        return self._joined and (newest is None or not self._has(newest))

    def is_lost(self, newest: Place | None) -> bool:
        """Whether its stream was lost, and may have begun anew: what was lost with it cannot be heard."""
        return self._joined and (newest is None or self.place is None or self.place.epoch != newest.epoch)

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._readable.set()

    def _has(self, place: Place) -> bool:
        return self.place is not None and place.epoch == self.place.epoch and place <= self.place

    def _put(self, event: LiveEvent) -> None:
        self.place = event.place
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            event = reset_at(event.place)
        self._waiting.append(event)
        self._readable.set()
