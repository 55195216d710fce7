"""Leads as the API shows them."""

from collections.abc import Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.domain.conversation import Author, ConversationStatus
from core.domain.lead_filter import LeadFilter, LeadSort
from core.services.lead_list import ListedLead
from core.services.lead_page import LeadDetails, TimelineEvent, TimelineKind
from miniapp.api.operation import ApiModel
from miniapp.api.parts import Moment, PageSize, Storable, Words

Key = Annotated[Storable, Field(min_length=1, max_length=80)]
"""A short name: of a stage, a tag, a channel."""
Cursor = Annotated[str, Field(max_length=2000)]


class LeadRow(ApiModel):
    """A lead in a list. What is said of the conversation is of his latest."""

    id: UUID
    name: str | None
    phone: str | None
    stage_key: str
    score: int
    tags: Sequence[str]
    channel: str | None
    source_kind: str | None
    created_at: AwareDatetime
    last_activity_at: AwareDatetime
    last_text: str | None
    last_author: Author | None
    conversation_id: UUID | None
    conversation_status: ConversationStatus | None
    assignee_id: UUID | None
    assignee_name: str | None
    unanswered_since: AwareDatetime | None
    asleep_until: AwareDatetime | None

    @classmethod
    def of(cls, lead: ListedLead) -> Self:
        """The row of a listed lead."""
        return cls(**_columns(lead))


class LeadPage(ApiModel):
    """Some leads; ``next_cursor`` asks for those that follow."""

    items: Sequence[LeadRow]
    next_cursor: str | None


class Fact(ApiModel):
    """One thing that is known of a lead."""

    key: Key
    value: Annotated[Words, Field(max_length=1000)]


class ScoreReason(ApiModel):
    """Why the score is not what it was."""

    at: AwareDatetime
    before: int
    after: int
    reason: str


class Identity(ApiModel):
    """What a channel calls a lead."""

    kind: str
    address: str


class LeadConversation(ApiModel):
    """One of a lead's conversations."""

    id: UUID
    channel: str
    status: ConversationStatus
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None


class Lead(LeadRow):
    """A lead's page. ``source``: what the channel told of what brought him; ``score_reasons``: the newest 20."""

    facts: Sequence[Fact]
    source: dict[str, Any] | None
    opted_out_at: AwareDatetime | None
    score_reasons: Sequence[ScoreReason]
    identities: Sequence[Identity]
    conversations: Sequence[LeadConversation]
    window_closes_at: AwareDatetime | None

    @classmethod
    def page(cls, details: LeadDetails) -> Self:
        """The page of a lead."""
        return cls(
            **_columns(details.lead),
            facts=[Fact.model_construct(key=key, value=value) for key, value in details.facts.items()],
            source=dict(details.source) if details.source else None,
            opted_out_at=details.opted_out_at,
            score_reasons=[ScoreReason(**_columns(one)) for one in details.score_reasons],
            identities=[Identity(**_columns(one)) for one in details.identities],
            conversations=[LeadConversation(**_columns(one)) for one in details.conversations],
            window_closes_at=details.window_closes_at,
        )


class TimelineItem(ApiModel):
    """One thing that happened."""

    at: AwareDatetime
    kind: TimelineKind
    text: str | None
    before: str | None
    after: str | None
    member_name: str | None
    reason: str | None
    conversation_id: UUID | None

    @classmethod
    def of(cls, event: TimelineEvent) -> Self:
        """The item of an event."""
        columns = _columns(event)
        columns.pop("place")
        return cls(**columns)


class Timeline(ApiModel):
    """What became of a lead, the newest first."""

    items: Sequence[TimelineItem]
    next_cursor: str | None


class TimelineQuery(ApiModel):
    """Which part of it."""

    cursor: Cursor | None = None
    limit: PageSize = 50


class LeadFilters(ApiModel):
    """Which leads. ``q`` is looked for in names, numbers and messages; ``since`` and ``until`` are of when he came."""

    q: Annotated[Storable, Field(max_length=200)] | None = None
    stage: Key | None = None
    status: ConversationStatus | None = None
    channel: Key | None = None
    tag: Key | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    source: Key | None = None
    since: Moment | None = None
    until: Moment | None = None

    def wanted(self) -> LeadFilter:
        """What is asked for; an empty search is none."""
        asked = {name: getattr(self, name) for name in LeadFilters.model_fields}
        return LeadFilter(**(asked | {"q": (self.q or "").strip() or None}))


class LeadQuery(LeadFilters):
    """Which leads, in which order, and which part of them."""

    sort: LeadSort = LeadSort.RECENT
    cursor: Cursor | None = None
    limit: PageSize = 50


class LeadPatch(ApiModel):
    """What is to be known of a lead; what is not given stays, what is given takes the place of all that was there."""

    name: Annotated[Words, Field(max_length=200)] | None = None
    tags: Annotated[Sequence[Annotated[Words, Field(max_length=40)]], Field(max_length=30)] | None = None
    facts: Annotated[Sequence[Fact], Field(max_length=100)] | None = None
    opted_out: bool | None = None


class StageMove(ApiModel):
    """Where a lead goes; ``expected``: where whoever moves him saw him."""

    stage_key: Key
    expected: Key | None = None


class StageMoved(ApiModel):
    """Where a lead is, and where he was."""

    stage_key: str
    before: str


class TagList(ApiModel):
    """Tags in use, the most used first."""

    tags: Sequence[str]


def _columns(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


class LeadForgotten(ApiModel):
    """Who is meant: the name that he is seen under, ``null`` where he has none. Nobody is erased under another."""

    name: str | None


class Erasure(ApiModel):
    """Under which id it stands that he is gone."""

    id: UUID
