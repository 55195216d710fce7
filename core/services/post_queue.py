"""Posts that are due: claimed a chat at a time, shown, and due again when what they show changes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from tortoise.exceptions import IntegrityError

from core.domain.backoff import backoff
from core.domain.conversation import Role
from core.domain.team import ChatKind, PostKind
from core.services import team_chats
from db.json import loads
from db.tenancy import TenantScope, platform_scope, tenant_scope

log = structlog.get_logger(__name__)

LEFT: Final = "left"
"""What a post that could not take something out of a chat is said to show."""
ENDED: Final = "ended"
"""What a card that will not change any more is said to show."""
MOST_FAULTS: Final = 12
"""A post that failed so often for a reason that nobody foresaw is given up: about 20 minutes after the first time."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 300.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much a chat takes: a burst of messages, then so many a second, each so many seconds after the last."""

    burst: float
    per_second: float
    apart: float


PACES: Final = {
    # Telegram: 20 a minute in a group and one a second in a chat (core.telegram.org/bots/faq); within any minute a
    # burst of 8 and a message each 5 seconds make 20 at most.
    ChatKind.GROUP: Pace(8.0, 0.2, 1.05),
    ChatKind.PRIVATE: Pace(20.0, 1.0, 1.05),
}


@dataclass(frozen=True, slots=True)
class ClaimedChat:
    """A chat that nobody else writes to until its lease is over, and the post (``id``) that is next there."""

    tenant_id: UUID
    chat_ref: UUID
    chat_kind: ChatKind
    lease_until: datetime
    """Which claim it is: whoever claims the chat after this has another."""
    id: UUID


@dataclass(frozen=True, slots=True)
class DuePost(ClaimedChat):
    """A post to be shown."""

    kind: PostKind
    subject_id: UUID
    conversation_id: UUID | None
    payload: Mapping[str, Any]
    thread_id: int | None
    number: int | None
    shown: str
    shown_seq: int
    version: int
    attempts: int
    chat_id: int
    member_id: UUID | None
    role: Role | None
    language: str

    @property
    def subject_of_notice(self) -> UUID:
        """What a notice is about."""
        return UUID(str(self.payload["subject_id"]))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a post shows now. ``messages`` were counted by Telegram; ``again_in`` seconds there is more to show.

    ``means`` are the messages of ours that Telegram's message ``number`` holds.
    """

    number: int | None = None
    thread_id: int | None = None
    shown: str = ""
    seq: int = 0
    messages: int = 1
    again_in: float | None = None
    purpose: str = ""
    means: Sequence[UUID] = ()


class PostQueue:
    """The posts of one bot."""

    def __init__(self, bot_id: int, *, lease: float = 60.0) -> None:
        """``lease``: seconds within which one post is shown, or another process may try."""
        self._bot_id = bot_id
        self._lease = lease

    async def claim(self, limit: int = 30) -> list[DuePost]:
        """The next post of each chat that may be written to now; the chats whose turn was due first come first."""
        async with platform_scope() as scope:
            rows = await scope.rows("claim_posts", self._bot_id, limit, self._lease)
        posts = [await self._opened(_claimed(row)) for row in rows]
        return [post for post in posts if post is not None]

    async def shown(self, post: DuePost, now: Shown) -> None:
        """It is shown, and its chat is free again when its pace allows."""
        if now.number is not None and now.purpose and post.conversation_id is not None:
            # By itself: it is true, and a reply finds its way, also when somebody else has the chat by now.
            async with tenant_scope(post.tenant_id) as scope:
                await scope.rows(
                    "means", post.tenant_id, post.chat_ref, now.number, post.conversation_id, list(now.means) or [None],
                    now.purpose,
                )  # fmt: skip
        async with _ending(post, messages=now.messages) as scope:
            await scope.row(
                "finish_post", post.tenant_id, post.id, now.number, now.thread_id, now.shown, now.seq, post.version,
                now.again_in,
            )  # fmt: skip
        if post.kind is PostKind.TAKE_BACK:
            async with tenant_scope(post.tenant_id) as scope:
                await scope.row("tell_left", post.tenant_id, UUID(str(post.payload["erasure"])))

    async def later(self, post: DuePost, seconds: float, error: str, *, chat_waits: bool) -> None:
        """Again after so many seconds; ``chat_waits``: nothing else goes to that chat before either."""
        async with _ending(post, wait=seconds if chat_waits else 0.0) as scope:
            await scope.row("postpone_post", post.tenant_id, post.id, seconds, error)

    async def never(self, post: DuePost, error: str) -> None:
        """It cannot be shown as it was; ``error`` names why, without anybody's words."""
        async with _ending(post) as scope:
            await scope.row("give_up_post", post.tenant_id, post.id, error, post.version)

    async def broke(self, post: ClaimedChat, error: str) -> None:
        """It failed for a reason that nobody foresaw: later again, at growing distances, and after the last time never.

        Its chat goes on meanwhile. ``error`` names what went wrong, without anybody's words.
        """
        async with _ending(post) as scope:
            row = await scope.row("count_fault", post.tenant_id, post.id)
            faults = row["faults"] if row else MOST_FAULTS
            if faults < MOST_FAULTS:
                pause = backoff(_FIRST_PAUSE, _LONGEST_PAUSE, faults)
                await scope.row("postpone_post", post.tenant_id, post.id, pause, error)
                return
            version = post.version if isinstance(post, DuePost) else None
            await scope.row("give_up_post", post.tenant_id, post.id, error, version)
        log.error("post.never_shown", post_id=str(post.id), faults=faults, error=error)

    async def anew(self, post: DuePost) -> None:
        """The message of Telegram is gone: shown as a new one, at once."""
        async with _ending(post) as scope:
            await scope.row("forget_number", post.tenant_id, post.id)

    async def topic_gone(self, post: DuePost) -> None:
        """Somebody deleted the lead's topic: he gets another, with what people may still act on."""
        async with _ending(post) as scope:
            for row in await scope.rows("topic_of_post", post.tenant_id, post.id):
                await scope.rows("forget_topic", post.tenant_id, post.chat_ref, row["thread_id"])
                await scope.rows("forget_posts_of_topic", post.tenant_id, post.chat_ref, row["thread_id"])
            await scope.row("forget_number", post.tenant_id, post.id)

    async def chat_moved(self, post: DuePost, chat_id: int) -> None:
        """The group lives on under another id, as a supergroup."""
        try:
            async with _ending(post) as scope:
                await team_chats.moved(scope, post.tenant_id, post.chat_ref, chat_id)
        except IntegrityError:
            await self.chat_gone(post)  # it is linked by that id already

    async def chat_gone(self, post: DuePost) -> None:
        """The bot was blocked or thrown out: others are told of whoever still waits; the chat's posts wait for its return."""
        async with _ending(post) as scope:
            await team_chats.lost(scope, post.tenant_id, post.chat_ref)

    async def _opened(self, claimed: ClaimedChat) -> DuePost | None:
        """What is to be shown there; ``None``: nothing any more, or nothing that can be read, and the chat is free again."""
        try:
            post = await _load(claimed)
        except Exception as error:
            # What cannot be read holds up neither its chat nor what was claimed with it.
            log.exception("post.unreadable", post_id=str(claimed.id), error=type(error).__name__)
            await self.broke(claimed, type(error).__name__)
            return None
        if post is None:
            # Should it go on being claimed and nothing to be shown, it is not looked at again and again in one second.
            async with _ending(claimed, wait=_FIRST_PAUSE):
                pass
        return post


async def _load(claimed: ClaimedChat) -> DuePost | None:
    """The post, unless somebody was faster: a lease that ended while this process stood still."""
    async with tenant_scope(claimed.tenant_id) as scope:
        row = await scope.row("claimed_post", claimed.tenant_id, claimed.id)
    return None if row is None else _due(claimed, row)


class _LeaseOverError(Exception):
    """The chat may be somebody else's by now."""


@asynccontextmanager
async def _ending(post: ClaimedChat, *, messages: int = 0, wait: float = 0.0) -> AsyncIterator[TenantScope]:
    """The end of a claim: what is written in it stands only if the chat is still ours when it frees the chat.

    ``messages`` were counted by Telegram; nothing goes to the chat within ``wait`` seconds.
    """
    pace = PACES[post.chat_kind]
    try:
        async with tenant_scope(post.tenant_id) as scope:
            yield scope
            released = await scope.row(
                "release_chat", post.tenant_id, post.chat_ref, messages, pace.burst, pace.per_second, pace.apart, wait,
                post.lease_until,
            )  # fmt: skip
            _check_lease(released)
    except _LeaseOverError:
        log.warning("post.lease_over", post_id=str(post.id), chat_ref=str(post.chat_ref))


def _check_lease(released: Mapping[str, Any] | None) -> None:
    if released is None:
        raise _LeaseOverError


def _claimed(row: Mapping[str, Any]) -> ClaimedChat:
    return ClaimedChat(row["tenant_id"], row["chat_ref"], ChatKind(row["kind"]), row["lease_until"], row["post_id"])


def _due(claimed: ClaimedChat, row: Mapping[str, Any]) -> DuePost:
    return DuePost(
        tenant_id=claimed.tenant_id,
        chat_ref=claimed.chat_ref,
        chat_kind=claimed.chat_kind,
        lease_until=claimed.lease_until,
        id=claimed.id,
        kind=PostKind(row["kind"]),
        subject_id=row["subject_id"],
        conversation_id=row["conversation_id"],
        payload=loads(row["payload"]) or {},
        thread_id=row["thread_id"],
        number=row["number"],
        shown=row["shown"],
        shown_seq=row["shown_seq"],
        version=row["version"],
        attempts=row["attempts"],
        chat_id=row["chat_id"],
        member_id=row["member_id"],
        role=Role(row["role"]) if row["role"] else None,
        language=row["language"],
    )
