"""What a turn is made of: the claim, what it looks at, what it wants to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.conversation import Author, HandOffReason, Purpose, TurnOutcome
from core.domain.data_request import RequestKind
from core.domain.events import SenderId
from core.domain.incidents import Layer
from core.domain.notification import NotificationKind
from core.domain.opt_out import WishKind
from core.domain.ports import ConversationRef
from core.domain.prompt import ModelCall
from core.domain.scoring import StageRule
from core.domain.tenant import TenantProfile
from core.services.knowledge import NOTHING, Knowledge


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to one turn, as long as the token is the conversation's."""

    ref: ConversationRef
    token: int
    attempts: int
    context: str | None = field(default=None, compare=False, repr=False)
    """What the turn looks at, as it was read with the claim (see ``core.services.turn_context``)."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """No claim. ``due_in`` seconds: come back then; ``None``: nothing is due, or somebody has it."""

    due_in: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the AI's context holds it."""

    seq: int
    author: Author
    type: str
    text: str
    purpose: str | None = None
    at: datetime | None = None
    """When it came, or when it was sent."""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Everything one turn looks at, as it stood at one moment."""

    claim: Claim
    tenant: TenantProfile
    channel: str
    account_stopped: bool
    lead_id: UUID
    account_id: UUID
    lead_name: str
    lead_facts: Mapping[str, str]
    lead_source: Mapping[str, Any]
    score: int
    stage: str
    stages: Sequence[StageRule]
    new: Sequence[Line]
    history: Sequence[Line]
    from_seq: int
    to_seq: int
    idle_turns: int
    unreadable_run: int
    first_answer: bool
    last_external_id: str | None
    cost_micros: int
    at: datetime
    known: Knowledge = NOTHING
    """What the AI may say."""
    reply_to: SenderId | None = None
    """How the lead is addressed on this channel."""
    automatic_run: int = 0
    """How much of late looks like a machine's (see ``core.domain.automaton``)."""
    beyond_plan: bool = False
    """Whether the lead is for people, because the plan holds no more of them this month."""

    @property
    def texts(self) -> list[str]:
        """What the lead wrote in this turn."""
        return [line.text for line in self.new if line.text]


@dataclass(frozen=True, slots=True)
class Incident:
    """Something the guard or the validator caught, or a machine at the other end."""

    layer: Layer
    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A hand-off to write with the turn."""

    reason: HandOffReason
    detail: str = ""
    transition: str = ""
    for_good: bool = False
    """The AI does not go on, however long nobody comes."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn wants to write: all of it is written in one transaction, or nothing."""

    outcome: TurnOutcome
    purpose: Purpose
    replies: tuple[str, ...]
    transfer: Transfer | None
    score: int
    stage: str
    facts: Mapping[str, str]
    idle_turns: int
    unreadable_run: int
    decision: Mapping[str, Any] | None
    verdicts: Mapping[str, Any]
    calls: tuple[ModelCall, ...]
    incidents: tuple[Incident, ...] = ()
    automatic_run: int = 0
    restarts: int = 0
    duration_ms: int = 0
    extra_notifications: tuple[NotificationKind, ...] = ()
    """Kinds of which the tenant is told once a day at most."""
    wish: WishKind | None = None
    """What the lead said of being written to unasked."""
    asked: RequestKind | None = None
    """What the lead asked of his data."""
    prompt: Mapping[str, Any] = field(default_factory=dict)
    """Of what the model's prompt was made: sizes, and the knowledge that went in."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What the commit found. ``restart``: the lead wrote more, nothing was written. ``next_due_in``: of the newer turn."""

    outcome: TurnOutcome | None
    restart: bool = False
    next_due_in: float | None = None
    hand_off_id: UUID | None = None
    sends: bool = False
