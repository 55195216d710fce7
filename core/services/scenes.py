"""A conversation as the team looks at it: its card, its latest lines, how far somebody's words have come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.domain.actor import Actor
from core.domain.conversation import Author, ConversationStatus, HandOffReason, MessageStatus, Purpose
from core.domain.errors import NotFound
from core.domain.team import called
from core.services.tenants import load_profile
from db.json import loads
from db.tenancy import Scope, tenant_scope

CARD_LINES: Final = 6
VIEW_LINES: Final = 30
RELAY_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One message as the team sees it. ``member`` is the colleague who wrote it, empty for the business's phone."""

    id: UUID
    seq: int
    author: Author
    type: str
    text: str
    at: datetime
    member: str = ""
    note: bool = False
    unasked: bool = False
    """A follow-up to a lead who had fallen silent."""


@dataclass(frozen=True, slots=True)
class Card:
    """A hand-off as it stands. ``settling``: words of the AI are still on their way though a person has taken over."""

    conversation_id: UUID
    lead_id: UUID
    lead: str
    tenant: str
    channel: str
    source: Mapping[str, Any]
    score: int
    stage: str
    reason: HandOffReason
    summary: str
    status: ConversationStatus
    holder: str
    assignee_id: UUID | None
    begun_at: datetime
    claimed_at: datetime | None
    asleep_until: datetime | None
    ended_at: datetime | None
    ended_as: str
    settling: bool
    colleagues: int
    lines: Sequence[SpokenLine]

    @property
    def over(self) -> bool:
        """Whether this hand-off has come to its end."""
        return self.ended_at is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation by its lead."""

    conversation_id: UUID
    lead_id: UUID
    lead: str
    status: ConversationStatus


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that a member has."""

    tenant_id: UUID
    conversation_id: UUID
    lead: str


@dataclass(frozen=True, slots=True)
class TickState:
    """How far a member's message has come, over all the pieces it was sent in. ``error``: the provider's words."""

    status: MessageStatus
    failed_id: UUID | None
    error: str
    lead: str


async def load_card(tenant_id: UUID, hand_off_id: UUID) -> Card | None:
    """The card of a hand-off; ``None`` when it is gone (its lead was erased)."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("card", tenant_id, hand_off_id)
        if row is None:
            return None
        lines = await _latest(scope, tenant_id, row["conversation_id"], CARD_LINES, notes=False, zone=row["timezone"])
    zone = ZoneInfo(row["timezone"])
    return Card(
        conversation_id=row["conversation_id"],
        lead_id=row["lead_id"],
        lead=called(row["lead_name"], row["phone"], row["reply_address"]),
        tenant=row["tenant_name"],
        channel=row["channel"],
        source=loads(row["source"]) or {},
        score=row["score"],
        stage=row["stage"],
        reason=HandOffReason(row["reason"]),
        summary=row["summary"] or "",
        status=ConversationStatus(row["status"]),
        holder=row["holder"],
        assignee_id=row["assignee_id"],
        begun_at=row["created_at"].astimezone(zone),
        claimed_at=row["claimed_at"].astimezone(zone) if row["claimed_at"] else None,
        asleep_until=row["asleep_until"].astimezone(zone) if row["asleep_until"] else None,
        ended_at=row["returned_at"].astimezone(zone) if row["returned_at"] else None,
        ended_as=row["return_reason"] or "",
        settling=row["ai_is_sending"] and row["status"] == ConversationStatus.HUMAN,
        colleagues=max(row["team"] - 1, 0),
        lines=lines,
    )


async def view(actor: Actor, conversation_id: UUID) -> tuple[Thread, Sequence[SpokenLine]]:
    """A conversation with its latest lines, notes too, on the tenant's clock. Raises ``NotFound``."""
    async with tenant_scope(actor.tenant_id) as scope:
        thread = await _thread(scope, actor.tenant_id, conversation_id)
        if thread is None:
            message = "no such conversation"
            raise NotFound(message)
        tenant, _ = await load_profile(scope, actor.tenant_id)
        lines = await _latest(scope, actor.tenant_id, conversation_id, VIEW_LINES, notes=True, zone=tenant.timezone)
        return thread, lines


async def thread_of(tenant_id: UUID, conversation_id: UUID) -> Thread | None:
    """Whose conversation it is."""
    async with tenant_scope(tenant_id) as scope:
        return await _thread(scope, tenant_id, conversation_id)


async def held_by(actor: Actor) -> Sequence[Held]:
    """The conversations that the member has, the liveliest first."""
    async with tenant_scope(actor.tenant_id) as scope:
        rows = await scope.rows("held_by_member", actor.tenant_id, actor.member_id)
    return [Held(actor.tenant_id, row["id"], called(row["name"], row["phone"], row["reply_address"])) for row in rows]


async def unrelayed(
    tenant_id: UUID, conversation_id: UUID, *, after_seq: int, chat_ref: UUID, limit: int = RELAY_LINES
) -> Sequence[SpokenLine]:
    """What was said and is not in that chat yet, in order."""
    async with tenant_scope(tenant_id) as scope:
        rows = await scope.rows("unrelayed_lines", tenant_id, conversation_id, after_seq, chat_ref, limit)
    return [_line(row, None) for row in rows]


async def tick_state(tenant_id: UUID, post_id: UUID, subject_id: UUID) -> TickState | None:
    """How far the message that the tick ``post_id`` is about has come; ``None`` when it is gone."""
    async with tenant_scope(tenant_id) as scope:
        rows = await scope.rows("tick_state", tenant_id, post_id, subject_id)
    if not rows:
        return None
    failed = next((row for row in rows if row["status"] == MessageStatus.FAILED), None)
    asked = next((row for row in rows if row["asked"]), rows[0])
    return TickState(
        status=MessageStatus.FAILED if failed else MessageStatus(rows[0]["status"]),
        failed_id=subject_id if asked["status"] == MessageStatus.FAILED else None,
        error=": ".join(part for part in (asked["error_code"], asked["error_detail"]) if part),
        lead=called(asked["lead_name"], asked["phone"], asked["reply_address"]),
    )


async def topic_of_lead(tenant_id: UUID, chat_ref: UUID, lead_id: UUID) -> int | None:
    """The lead's topic in a group, if he has one."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("topic_of_lead", tenant_id, chat_ref, lead_id)
    return row["thread_id"] if row else None


async def keep_topic(tenant_id: UUID, chat_ref: UUID, lead_id: UUID, thread_id: int) -> int:
    """The lead has this topic from now on, or the one that he was given meanwhile, which is returned."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("put_topic", tenant_id, chat_ref, lead_id, thread_id)
    return row["thread_id"] if row else thread_id


async def _thread(scope: Scope, tenant_id: UUID, conversation_id: UUID) -> Thread | None:
    row = await scope.row("lead_of_conversation", tenant_id, conversation_id)
    if row is None:
        return None
    name = called(row["name"], row["phone"], row["reply_address"])
    return Thread(conversation_id, row["lead_id"], name, ConversationStatus(row["status"]))


async def _latest(
    scope: Scope, tenant_id: UUID, conversation_id: UUID, limit: int, *, notes: bool, zone: str
) -> list[SpokenLine]:
    rows = await scope.rows("latest_lines", tenant_id, conversation_id, limit, notes)
    return [_line(row, ZoneInfo(zone)) for row in reversed(rows)]


def _line(row: Mapping[str, Any], zone: ZoneInfo | None) -> SpokenLine:
    return SpokenLine(
        id=row["id"],
        seq=row["seq"],
        author=Author(row["author"]),
        type=row["type"],
        text=row["text"] or "",
        at=row["created_at"].astimezone(zone) if zone else row["created_at"],
        member=row["member"],
        note=row["purpose"] == Purpose.NOTE,
        unasked=row["purpose"] == Purpose.FOLLOW_UP,
    )
