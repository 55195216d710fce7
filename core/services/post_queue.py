"""Posts that are due: claimed a chat at a time, shown, and due again when what they show changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import Role
from core.domain.team import ChatKind, PostKind
from db.json import loads
from db.tenancy import Scope, platform_scope, tenant_scope

ENDED: Final = "ended"
"""What a card that will not change any more is said to show."""


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
class DuePost:
    """A post to be shown, in a chat that nobody else writes to meanwhile."""

    tenant_id: UUID
    id: UUID
    chat_ref: UUID
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
    chat_kind: ChatKind
    chat_id: int
    member_id: UUID | None
    role: Role | None
    language: str


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
        """The next post of each chat that may be written to now."""
        async with platform_scope() as scope:
            rows = await scope.rows("claim_posts", self._bot_id, limit, self._lease)
        loaded = [await _load(row["tenant_id"], row["post_id"]) for row in rows]
        return [post for post in loaded if post is not None]

    async def shown(self, post: DuePost, now: Shown) -> None:
        """It is shown, and its chat is free again when its pace allows."""
        pace = PACES[post.chat_kind]
        async with tenant_scope(post.tenant_id) as scope:
            if now.number is not None and now.purpose and post.conversation_id is not None:
                await scope.rows(
                    "means", post.tenant_id, post.chat_ref, now.number, post.conversation_id, list(now.means) or [None],
                    now.purpose,
                )  # fmt: skip
            await scope.row(
                "finish_post", post.tenant_id, post.id, now.number, now.thread_id, now.shown, now.seq, post.version,
                now.again_in,
            )  # fmt: skip
            await scope.row(
                "release_chat",
                post.tenant_id,
                post.chat_ref,
                now.messages,
                pace.burst,
                pace.per_second,
                pace.apart,
                0.0,
            )

    async def later(self, post: DuePost, seconds: float, error: str, *, chat_waits: bool) -> None:
        """Again after so many seconds; ``chat_waits``: nothing else goes to that chat before either."""
        await self._release(post, "postpone_post", seconds, error, wait=seconds if chat_waits else 0.0)

    async def never(self, post: DuePost, error: str) -> None:
        """It cannot be shown; ``error`` names why, without anybody's words."""
        await self._release(post, "give_up_post", error)

    async def anew(self, post: DuePost) -> None:
        """The message of Telegram is gone: shown as a new one, at once."""
        await self._release(post, "forget_number")

    async def topic_gone(self, post: DuePost) -> None:
        """Somebody deleted the lead's topic: he gets another, with what people may still act on."""
        async with tenant_scope(post.tenant_id) as scope:
            for row in await scope.rows("topic_of_post", post.tenant_id, post.id):
                await scope.rows("forget_topic", post.tenant_id, post.chat_ref, row["thread_id"])
                await scope.rows("forget_posts_of_topic", post.tenant_id, post.chat_ref, row["thread_id"])
            await scope.row("forget_number", post.tenant_id, post.id)
            await _free(scope, post, 0.0)

    async def chat_moved(self, post: DuePost, chat_id: int) -> None:
        """The group lives on under another id, as a supergroup."""
        async with tenant_scope(post.tenant_id) as scope:
            await scope.row("move_chat", post.tenant_id, post.chat_ref, chat_id)
            scope.changed(ChangeKind.TEAM_CHAT, post.chat_ref)
            await _free(scope, post, 0.0)

    async def chat_gone(self, post: DuePost) -> None:
        """The bot was blocked or thrown out: others are told of whoever still waits; the chat's posts wait for its return."""
        async with tenant_scope(post.tenant_id) as scope:
            await scope.row("chat_unreachable", post.tenant_id, post.chat_ref)
            scope.changed(ChangeKind.TEAM_CHAT, post.chat_ref)
            await scope.rows("announce_open_hand_offs", post.tenant_id)
            await _free(scope, post, 0.0)

    async def _release(self, post: DuePost, query: str, *values: object, wait: float = 0.0) -> None:
        async with tenant_scope(post.tenant_id) as scope:
            await scope.row(query, post.tenant_id, post.id, *values)
            await _free(scope, post, wait)


async def _load(tenant_id: UUID, post_id: UUID) -> DuePost | None:
    """The post, unless somebody was faster: a lease that ended while this process stood still."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("claimed_post", tenant_id, post_id)
    return None if row is None else _due(tenant_id, row)


async def _free(scope: Scope, post: DuePost, wait: float) -> None:
    pace = PACES[post.chat_kind]
    await scope.row("release_chat", post.tenant_id, post.chat_ref, 0, pace.burst, pace.per_second, pace.apart, wait)


def _due(tenant_id: UUID, row: Mapping[str, Any]) -> DuePost:
    return DuePost(
        tenant_id=tenant_id,
        id=row["id"],
        chat_ref=row["chat_ref"],
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
        chat_kind=ChatKind(row["chat_kind"]),
        chat_id=row["chat_id"],
        member_id=row["member_id"],
        role=Role(row["role"]) if row["role"] else None,
        language=row["language"],
    )
