"""Ports with nothing behind them: a clock, a model, a queue and a channel that a test steers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from channels.base import Account, Capabilities, Credentials, SendReceipt
from core.domain.changes import Change
from core.domain.errors import ModelError, SendError
from core.domain.events import InboundEvent, MediaRef, SenderId
from core.domain.ports import ConversationRef, TurnDue
from core.domain.prompt import ModelCall, ModelReply, Prompt

Answer = TypeVar("Answer")

CALL = ModelCall("claude-sonnet-5-5", "end_turn", 12, tokens_in=100, tokens_out=20, cost_micros=400, request_id="req_1")


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until it is moved."""

    wall: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    seconds: float = 1000.0

    def now(self) -> datetime:
        """The wall clock."""
        return self.wall

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


def decided(*reply: str, **changes: Any) -> dict[str, Any]:
    """A decision as the model writes it down."""
    return {
        "reply": list(reply or ("Claro!",)),
        "intent": "question",
        "confidence": 95,
        "should_handoff": False,
        "handoff_reason": "",
        "score_delta": 0,
        "lead_facts": [],
        **changes,
    }


@dataclass(slots=True)
class ScriptedModel:
    """Answers with the next of ``answers`` (the last one again and again), after what ``meanwhile`` holds happened."""

    answers: list[Mapping[str, Any] | Exception] = field(default_factory=lambda: [decided()])
    meanwhile: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)

    async def ask(
        self, prompt: Prompt, schema: Mapping[str, object], read: Callable[[Mapping[str, Any]], Answer]
    ) -> ModelReply[Answer]:
        """See ``core.domain.ports.LanguageModel``."""
        assert schema["type"] == "object"
        self.prompts.append(prompt)
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ModelError):
            answer.calls = (CALL,)
        if isinstance(answer, Exception):
            raise answer
        return ModelReply(read(answer), (CALL,))


@dataclass(slots=True)
class RecordedJobs:
    """A queue that only notes what it was nudged for."""

    turns: list[TurnDue] = field(default_factory=list)
    sends: list[ConversationRef] = field(default_factory=list)
    summaries: list[UUID] = field(default_factory=list)
    fetches: list[UUID] = field(default_factory=list)

    async def turns_due(self, turns: Sequence[TurnDue]) -> None:
        """Noted."""
        self.turns.extend(turns)

    async def sends_due(self, conversation: ConversationRef) -> None:
        """Noted."""
        self.sends.append(conversation)

    async def summary_due(self, tenant_id: UUID, hand_off_id: UUID) -> None:
        """Noted."""
        assert isinstance(tenant_id, UUID)
        self.summaries.append(hand_off_id)

    async def fetch_due(self, tenant_id: UUID, fetch_id: UUID) -> None:
        """Noted."""
        assert isinstance(tenant_id, UUID)
        self.fetches.append(fetch_id)


@dataclass(slots=True)
class RecordedLive:
    """Screens that only note what they are told."""

    calls: list[tuple[UUID, Sequence[Change]]] = field(default_factory=list)

    def changed(self, tenant_id: UUID, changes: Sequence[Change]) -> None:
        """Noted."""
        self.calls.append((tenant_id, changes))

    @property
    def told(self) -> list[Change]:
        """Every change, in order."""
        return [change for _, changes in self.calls for change in changes]


@dataclass(slots=True)
class ScriptedChannel:
    """Takes every message, but for the next of ``refusals``; ``meanwhile`` runs inside the call."""

    refusals: list[SendError | None] = field(default_factory=list)
    meanwhile: list[Callable[[str], Awaitable[object]]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    calls: int = 0
    text_limit: int = 4096
    window_hours: int | None = None

    @property
    def name(self) -> str:
        """As in routes and rows."""
        return "meta_whatsapp"

    @property
    def capabilities(self) -> Capabilities:
        """Nothing but text."""
        window = None if self.window_hours is None else timedelta(hours=self.window_hours)
        return Capabilities(text_limit=self.text_limit, window=window)

    def handshake(self, credentials: Credentials, query: Mapping[str, str]) -> str | None:
        """Never asked."""
        raise NotImplementedError

    def validate_webhook(self, credentials: Credentials, headers: Mapping[str, str], body: bytes) -> bool:
        """Never asked."""
        raise NotImplementedError

    def parse_inbound(self, body: bytes) -> list[InboundEvent]:
        """Never asked."""
        raise NotImplementedError

    async def send_message(
        self, account: Account, to: SenderId, text: str, *, callback: str, reply_to: str | None = None
    ) -> SendReceipt:
        """Take it, or raise the next refusal."""
        assert to.value
        assert reply_to is None
        assert len(text) <= self.text_limit, "longer than the channel takes"
        self.calls += 1
        if self.meanwhile:
            await self.meanwhile.pop(0)(callback)
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.sent.append(text)
        self.accounts.append(account.external_id)
        return SendReceipt(f"wamid.{callback}")

    async def send_media(
        self, account: Account, to: SenderId, media: MediaRef, *, caption: str | None, callback: str
    ) -> SendReceipt:
        """Never asked."""
        raise NotImplementedError

    async def mark_read(self, account: Account, external_id: str, *, typing: bool, to: SenderId | None = None) -> None:
        """Nothing is shown."""
