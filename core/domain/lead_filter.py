"""Which leads are looked for, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.conversation import ConversationStatus


class LeadSort(StrEnum):
    """What comes first in a list of leads."""

    RECENT = "recent"
    """Those with whom something was said last."""
    SCORE = "score"
    NAME = "name"
    CREATED = "created"
    """The newest."""


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a lead has to be; what is ``None`` does not matter.

    A lead is whose latest conversation is: ``status``, ``channel``, ``assignee_id`` and ``unassigned`` are of that one.
    ``q``: words of his name or of what was said, by their beginnings, any part of his name, or of his number.
    """

    q: str | None = None
    stage: str | None = None
    status: ConversationStatus | None = None
    channel: str | None = None
    tag: str | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeadPlace:
    """The lead that a page ended with, and what he was sorted by."""

    key: str
    lead_id: UUID


@dataclass(frozen=True, slots=True)
class PageWanted:
    """Which part of a list: so many leads in an order, after the one that the last page ended with."""

    sort: LeadSort
    after: LeadPlace | None
    limit: int
