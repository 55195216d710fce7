"""A lead's own page: what is known of him, and what became of him."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from channels.base import Channel
from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus
from core.domain.errors import NotFound
from core.domain.turn_taking import window_ends
from core.services.lead_list import ListedLead, listed
from db.json import loads
from db.tenancy import Scope, tenant_scope

_REASONS: Final = 20
_NOW: Final = ("~", datetime(9999, 1, 1, tzinfo=UTC))
"""Before this is everything."""


class TimelineKind(StrEnum):
    """What happened."""

    CONVERSATION_OPENED = "conversation_opened"
    CONVERSATION_CLOSED = "conversation_closed"
    STAGE = "stage"
    SCORE = "score"
    HAND_OFF = "hand_off"
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    """A hand-off is over: given back to the AI, closed, or passed on (``reason``)."""
    NOTE = "note"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class ScoreReason:
    """Why the score is not what it was."""

    at: datetime
    before: int
    after: int
    reason: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a channel calls a lead."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class ConversationOfLead:
    """One of a lead's conversations."""

    id: UUID
    channel: str
    status: ConversationStatus
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeadDetails:
    """All that a lead's page shows. ``window_closes_at``: until when his channel takes free words."""

    lead: ListedLead
    facts: Mapping[str, str]
    source: Mapping[str, Any] | None
    opted_out_at: datetime | None
    score_reasons: Sequence[ScoreReason]
    identities: Sequence[Identity]
    conversations: Sequence[ConversationOfLead]
    window_closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened. ``place`` tells those of the same moment apart."""

    at: datetime
    place: str
    kind: TimelineKind
    text: str | None
    before: str | None
    after: str | None
    member_name: str | None
    reason: str | None
    conversation_id: UUID | None


class LeadPages:
    """Looking at one lead. Of a colleague's lead an attendant is told that there is none."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    async def page(self, actor: Actor, lead_id: UUID) -> LeadDetails:
        """His page. Raises ``NotFound``."""
        tenant_id = actor.tenant_id
        async with tenant_scope(tenant_id) as scope:
            row = await _seen(scope, actor, lead_id)
            (lead,) = await listed(scope, tenant_id, [lead_id])
            reasons = await scope.rows("score_reasons", tenant_id, lead_id, _REASONS)
            identities = await scope.rows("identities_of_lead", tenant_id, lead_id)
            conversations = await scope.rows("conversations_of_lead", tenant_id, lead_id)
        return LeadDetails(
            lead=lead,
            facts=facts_of(row),
            source=loads(row["source"]),
            opted_out_at=row["opted_out_at"],
            score_reasons=[ScoreReason(**one) for one in reasons],
            identities=[Identity(**one) for one in identities],
            conversations=[_conversation(one) for one in conversations],
            window_closes_at=self._window_ends(lead, row["last_inbound_at"]),
        )

    async def timeline(
        self, actor: Actor, lead_id: UUID, before: tuple[str, datetime] | None, limit: int
    ) -> tuple[Sequence[TimelineEvent], bool]:
        """What became of him, the newest first, and whether there is more. Raises ``NotFound``."""
        place, at = before or _NOW
        async with tenant_scope(actor.tenant_id) as scope:
            await _seen(scope, actor, lead_id)
            rows = await scope.rows("timeline_of_lead", actor.tenant_id, lead_id, at, place, limit + 1)
        events = [TimelineEvent(**(row | {"kind": TimelineKind(row["kind"])})) for row in rows]
        return events[:limit], len(events) > limit

    def _window_ends(self, lead: ListedLead, last_inbound_at: datetime | None) -> datetime | None:
        channel = self._channels.get(lead.channel or "")
        return window_ends(channel.capabilities.window if channel else None, last_inbound_at)


async def _seen(scope: Scope, actor: Actor, lead_id: UUID) -> Mapping[str, Any]:
    row = await scope.row("lead_page", actor.tenant_id, lead_id, actor.sees_only)
    if row is None:
        message = "no such lead"
        raise NotFound(message)
    return row


def facts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What is known of a lead, each fact as text, by name."""
    facts = sorted((loads(row["facts"]) or {}).items())
    return {key: value if isinstance(value, str) else str(value) for key, value in facts}


def _conversation(row: Mapping[str, Any]) -> ConversationOfLead:
    return ConversationOfLead(
        row["id"], row["channel"], ConversationStatus(row["status"]), row["opened_at"], row["closed_at"]
    )
