"""What the product needs from the outside world; the composition root puts something behind each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from core.domain.changes import Change
from core.domain.prompt import ModelReply, Prompt

Answer = TypeVar("Answer")


class Clock(Protocol):
    """Time as the rules see it. What waits in PostgreSQL is measured by PostgreSQL's own clock instead."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, also across a change of the wall clock; it runs while the process is frozen."""


@dataclass(frozen=True, slots=True)
class TurnDue:
    """A nudge: the AI's turn in this conversation comes in ``delay`` seconds.

    The lead and the message that made it due are told where they are known, for whoever watches the queue.
    """

    tenant_id: UUID
    lead_id: UUID | None
    conversation_id: UUID
    message_id: UUID | None
    channel: str
    delay: float


@dataclass(frozen=True, slots=True)
class ConversationRef:
    """A conversation and its tenant: all that a nudge needs."""

    tenant_id: UUID
    conversation_id: UUID

    def turn_due(self, lead_id: UUID | None = None) -> TurnDue:
        """A nudge for the AI's turn here, which is due now."""
        return TurnDue(self.tenant_id, lead_id, self.conversation_id, None, "", 0.0)


class Jobs(Protocol):
    """Nudges background work. Losing a nudge costs seconds: what is due stands in PostgreSQL.

    No method raises because the queue is away.
    """

    async def turns_due(self, turns: Sequence[TurnDue]) -> None:
        """The AI's turn comes in each of these conversations."""

    async def sends_due(self, conversation: ConversationRef) -> None:
        """Outbound messages are queued in this conversation."""

    async def summary_due(self, tenant_id: UUID, hand_off_id: UUID) -> None:
        """A hand-off wants its summary."""

    async def fetch_due(self, tenant_id: UUID, fetch_id: UUID) -> None:
        """A message that was only told of is to be fetched."""


class LiveEvents(Protocol):
    """Tells whoever has a tenant on a screen what changed there. A screen that missed something is told to look anew."""

    def changed(self, tenant_id: UUID, changes: Sequence[Change]) -> None:
        """These changes are committed. Returns at once and never raises: nobody who changes something waits for it."""


class LanguageModel(Protocol):
    """A model that answers in a given JSON schema."""

    async def ask(
        self, prompt: Prompt, schema: Mapping[str, object], read: Callable[[Mapping[str, Any]], Answer]
    ) -> ModelReply[Answer]:
        """One answer, as ``read`` understands it; ``read`` raises ``ModelInvalid`` for what it cannot use.

        Raises ``ModelUnavailable``, ``ModelSpendLimit``, ``ModelRefused`` or ``ModelInvalid``; retries, the one
        repair attempt, the fallback model and the circuit breaker are behind this call. Every call made, failed
        ones too, is in the reply's or the error's ``calls``.
        """
