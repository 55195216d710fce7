"""What changes, as it changes: one stream a session, of Server-Sent Events (html.spec.whatwg.org, section 9.2)."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog
from aiohttp import web

from core.domain.changes import ChangeKind
from core.domain.conversation import Role
from core.services.session_tokens import ACCESS_TIME, TokenInvalid
from core.services.sessions import Sessions, SignedIn
from pipeline.live_reader import LiveReader
from pipeline.live_subscription import Subscription
from pipeline.live_wire import LiveEvent

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 15.0
"""So that neither side, nor a proxy between, takes a silent stream for a dead one."""
WRITE_SECONDS: Final = 10.0
"""A client that does not read for so long is cut off: it comes back from where it was."""
_BEAT: Final = b": beat\n\n"
_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Accel-Buffering": "no",
}
_EVERYBODYS: Final = frozenset(
    {
        ChangeKind.MESSAGE_IN,
        ChangeKind.MESSAGE_OUT,
        ChangeKind.MESSAGE_STATUS,
        ChangeKind.CONVERSATION,
        ChangeKind.LEAD,
        ChangeKind.HAND_OFF,
        ChangeKind.MEMBER,
        ChangeKind.SETTINGS,
    }
)
_SEEN: Final[Mapping[Role, frozenset[ChangeKind]]] = {
    Role.ATTENDANT: _EVERYBODYS,
    Role.MANAGER: _EVERYBODYS | {ChangeKind.DEAD_LETTER, ChangeKind.TEAM_CHAT},
    Role.ADMIN: frozenset(ChangeKind),
}
"""What each role's screens show; changes are ids alone, and what they name is looked up under the role's own rights."""


class EventStreams:
    """The streams that are open in this process."""

    def __init__(
        self, reader: LiveReader, sessions: Sessions, *, beat: float = BEAT_SECONDS, patience: float = WRITE_SECONDS
    ) -> None:
        self._reader = reader
        self._sessions = sessions
        self._beat = beat
        self._patience = patience
        self._open: dict[UUID, asyncio.Task[None]] = {}
        self._stopping = False

    async def serve(self, request: web.Request, who: SignedIn, access: str) -> web.StreamResponse:
        """The changes of the tenant after ``Last-Event-ID``, until the access token's time is over.

        A session's new stream ends its old one: an app that comes back does not wait until we notice that it was gone.
        """
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        if self._stopping:
            return response
        if (before := self._open.get(who.session_id)) is not None:
            before.cancel()
        last_event_id = request.headers.get("Last-Event-ID") or request.query.get("last_event_id")
        streaming = asyncio.create_task(self._stream(response, who, access, last_event_id))
        self._open[who.session_id] = streaming
        try:
            await asyncio.wait([streaming])
        finally:
            streaming.cancel()
            if self._open.get(who.session_id) is streaming:
                del self._open[who.session_id]
        if not streaming.cancelled() and isinstance(streaming.exception(), TimeoutError) and request.transport:
            log.info("events.client_slow", session_id=str(who.session_id))
            request.transport.abort()  # what it did not read would be waited for once more
        return response

    async def stop(self) -> None:
        """End them all: the process is about to end, and their clients go on with another."""
        self._stopping = True
        for streaming in list(self._open.values()):
            streaming.cancel()

    async def _stream(
        self, response: web.StreamResponse, who: SignedIn, access: str, last_event_id: str | None
    ) -> None:
        until = asyncio.get_running_loop().time() + ACCESS_TIME.total_seconds()
        async with self._reader.subscribe(who.actor.tenant_id, last_event_id) as subscription:
            with suppress(StopAsyncIteration, TokenInvalid, ConnectionError):
                while (left := until - asyncio.get_running_loop().time()) > 0:
                    event = await _next(subscription, min(left, self._beat))
                    if event is not None and _is_about(event, who.actor.member_id):
                        who = await self._sessions.signed_in(access)
                    frame = _BEAT if event is None else event.seen(_SEEN[who.actor.role])
                    if frame:
                        async with asyncio.timeout(self._patience):
                            await response.write(frame)


async def _next(subscription: Subscription, seconds: float) -> LiveEvent | None:
    """The next event, or nothing within this time."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(subscription)
    except TimeoutError:
        return None


def _is_about(event: LiveEvent, member_id: UUID) -> bool:
    """Whether the very person who looks was changed: another role, or none."""
    return any(change.kind is ChangeKind.MEMBER and change.subject_id == member_id for change in event.changes)
