"""Shows the team what it is to see: paced chat by chat, through outages, as often as it takes."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramMigrateToChat, TelegramRetryAfter

from bot.drawing import Drawing
from bot.refusals import Refusal, refusal
from bot.rounds import Rounds
from core.domain.backoff import backoff
from core.services.announcements import Announcements
from core.services.post_queue import DuePost, PostQueue

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 0.25
"""How long what became due elsewhere may wait to be found."""
A_SECOND: Final = 25
"""Posts a second: a bot may send about 30 in all (core.telegram.org/bots/faq)."""
SHOW_SECONDS: Final = 40.0
"""Longer than the session's own time-out, shorter than the lease of the chat."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_GRACE: Final = 15.0


class Notifier:
    """One process's part of telling the team; several share the work chat by chat."""

    def __init__(
        self,
        queue: PostQueue,
        announcements: Announcements,
        drawing: Drawing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._announcements = announcements
        self._drawing = drawing
        self._monotonic = monotonic
        self._telling_rounds = Rounds(LOOK_SECONDS)
        self._showing_rounds = Rounds(LOOK_SECONDS)
        self._showing: set[asyncio.Task[None]] = set()
        self._started: deque[float] = deque()

    def wake(self) -> None:
        """Something became due just now."""
        self._telling_rounds.wake()
        self._showing_rounds.wake()

    async def run(self, finish: asyncio.Event) -> None:
        """Show what is due until ``finish`` is set; then what is being sent is finished."""
        # Side by side: however much there is to tell of, what is to be shown is shown.
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._telling_rounds.run(finish, self._tell))
            loops.create_task(self._showing_rounds.run(finish, self._begin))
        if self._showing:
            await asyncio.wait(self._showing, timeout=_GRACE)

    async def _tell(self) -> None:
        try:
            # A task of its own: whatever a failed round leaves in its context ends with it.
            if await asyncio.create_task(self._announcements.tell_due()):
                self.wake()
        except Exception as error:  # noqa: BLE001 - the loop of a process outlives every fault of its dependencies
            log.warning("notifier.not_told", error=type(error).__name__)

    async def _begin(self) -> None:
        try:
            # A task of its own, as above.
            posts = await asyncio.create_task(self._due())
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("notifier.failed", error=type(error).__name__)
            return
        for post in posts:
            task = asyncio.create_task(self._show(post))
            self._showing.add(task)
            task.add_done_callback(self._ended)

    async def _due(self) -> list[DuePost]:
        allowed = self._allowed()
        posts = await self._queue.claim(allowed) if allowed else []
        self._started.extend([self._monotonic()] * len(posts))
        return posts

    def _allowed(self) -> int:
        now = self._monotonic()
        while self._started and self._started[0] <= now - 1.0:
            self._started.popleft()
        return max(A_SECOND - len(self._started), 0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._showing.discard(task)
        self._showing_rounds.wake()

    async def _show(self, post: DuePost) -> None:
        try:
            await self._try(post)
        except Exception as error:
            # The database is away, or a bug of ours: the chat's other posts need not wait for that.
            log.exception("post.broke", post_id=str(post.id), kind=post.kind, error=type(error).__name__)
            await self._broke(post, type(error).__name__)

    async def _broke(self, post: DuePost, error: str) -> None:
        try:
            # A task of its own: whatever a failed attempt leaves in its context ends with it.
            await asyncio.create_task(self._queue.broke(post, error))
        except Exception as fault:  # noqa: BLE001 - then the chat's lease ends by itself, and the post is still due
            log.warning("post.not_ended", post_id=str(post.id), error=type(fault).__name__)

    async def _try(self, post: DuePost) -> None:
        try:
            async with asyncio.timeout(SHOW_SECONDS):
                shown = await self._drawing.show(post)
        except TelegramAPIError as error:
            await self._refused(post, error)
        except (ClientDecodeError, TimeoutError) as error:
            await self._again(post, type(error).__name__)
        else:
            await self._queue.shown(post, shown)

    async def _refused(self, post: DuePost, error: TelegramAPIError) -> None:
        what = refusal(error)
        log.info("post.refused", post_id=str(post.id), kind=post.kind, refusal=what.name, attempts=post.attempts)
        if isinstance(error, TelegramRetryAfter):
            await self._queue.later(post, float(error.retry_after), what.name, chat_waits=True)
        elif isinstance(error, TelegramMigrateToChat):
            await self._queue.chat_moved(post, error.migrate_to_chat_id)
        elif what is Refusal.CHAT_GONE:
            await self._queue.chat_gone(post)
        elif what is Refusal.TOPIC_GONE:
            await self._queue.topic_gone(post)
        elif what is Refusal.MESSAGE_GONE:
            await self._queue.anew(post)
        elif what is Refusal.AGAIN:
            await self._again(post, what.name)
        else:
            log.error("post.never_shown", post_id=str(post.id), kind=post.kind, error=type(error).__name__)
            await self._queue.never(post, type(error).__name__)

    async def _again(self, post: DuePost, error: str) -> None:
        pause = backoff(_FIRST_PAUSE, _LONGEST_PAUSE, post.attempts + 1)
        await self._queue.later(post, pause, error, chat_waits=True)
