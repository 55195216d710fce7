"""Sending in PostgreSQL: the intent is on disk before anything leaves, and every outcome is recorded once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from channels.base import Account
from core.domain.changes import Change, ChangeKind
from core.domain.conversation import Author, HandOffReason, Purpose
from core.domain.errors import ChannelStopped, ConfigurationError, SealError, SendError
from core.domain.events import IdentityKind, SenderId
from core.domain.ports import ConversationRef
from core.domain.waiting import minutes_to_fallback
from core.services.accounts import SECRETS_COLUMN
from core.services.hand_offs import hand_over
from core.services.one_by_one import unharmed
from core.services.sealing import Sealer
from core.services.tenant_keys import TenantKeys
from core.services.tenants import load_profile
from db.models import DeadLetter, Notification
from db.tenancy import TenantScope, platform_scope, tell, tenant_row, tenant_scope

_BEGINS: Final = 0.5
_ENDS: Final = 0.8
"""Parts of the lease: see ``SendTimes``."""
_SHORTEST_CALL: Final = 0.25


@dataclass(frozen=True, slots=True)
class SendJob:
    """One message, marked as being sent: whoever holds this may call the provider once, before the lease is over."""

    ref: ConversationRef
    message_id: UUID
    token: int
    attempts: int
    text: str
    author: Author
    to: SenderId
    channel: str
    account_id: UUID
    account: Account
    account_stopped: bool
    purpose: Purpose | None = None
    age: float = 0.0
    """Seconds since it was written."""
    fault: str = ""
    """Why the account cannot be used at all, in words for an operator."""


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """``due_in`` seconds: a message will be due then; ``None``: nothing, or somebody else is at it."""

    due_in: float | None


@dataclass(frozen=True, slots=True)
class SendTimes:
    """How patient sending is, in seconds and tries."""

    lease: float
    settle: float
    attempts: int

    def __post_init__(self) -> None:
        """Raises ``ConfigurationError`` for a lease that leaves a provider no time to answer."""
        if self.ends_within - self.begins_within < _SHORTEST_CALL:
            least = _SHORTEST_CALL / (_ENDS - _BEGINS)
            message = (
                f"SEND_LEASE_SECONDS must be {least:.1f} at least: a call to a provider ends before its lease does"
            )
            raise ConfigurationError(message)

    @property
    def begins_within(self) -> float:
        """Seconds after the claim within which the provider may still be called."""
        return self.lease * _BEGINS

    @property
    def ends_within(self) -> float:
        """Seconds after the claim at which all that a channel calls for one message is cut: the rest writes it down."""
        return self.lease * _ENDS


class Sends:
    """The use cases of sending."""

    def __init__(self, sealer: Sealer, times: SendTimes) -> None:
        self._keys = TenantKeys(sealer)
        self._times = times

    @property
    def times(self) -> SendTimes:
        """How long whoever claims a message has for it."""
        return self._times

    async def claim(self, ref: ConversationRef) -> SendJob | NothingToSend:
        """Mark the conversation's next message as being sent, in order, one at a time."""
        row = await tenant_row(ref.tenant_id, "claim_send", ref.conversation_id, self._times.lease)
        if row is not None and row["taken_back"]:
            # Follow-ups to who is silent no more, or must not be written to by now.
            tell(
                ref.tenant_id,
                [
                    Change(ChangeKind.MESSAGE_STATUS, UUID(one), conversation_id=ref.conversation_id)
                    for one in row["taken_back"]
                ],
            )
        if row is None or row["id"] is None:
            return NothingToSend(None if row is None else row["due_in"])
        return await self._job(ref, row)

    async def _job(self, ref: ConversationRef, begun: Mapping[str, Any]) -> SendJob:
        secrets, fault = await self._opened(ref, begun)
        return SendJob(
            ref=ref,
            message_id=begun["id"],
            token=begun["send_token"],
            attempts=begun["attempts"],
            text=begun["content"] or "",
            author=Author(begun["author"]),
            to=SenderId(IdentityKind(begun["reply_kind"]), begun["reply_address"]),
            channel=begun["channel"],
            account_id=begun["account_id"],
            account=Account(begun["external_id"], secrets),
            account_stopped=begun["account_status"] != "active",
            purpose=Purpose(begun["purpose"]) if begun["purpose"] else None,
            age=begun["age"],
            fault=fault,
        )

    async def _opened(self, ref: ConversationRef, begun: Mapping[str, Any]) -> tuple[dict[str, str], str]:
        """The account's secrets, or why they do not open: the message is then told as failed, not left lying."""
        try:
            return await self._keys.open(ref.tenant_id, begun["sealed"], column=SECRETS_COLUMN), ""
        except SealError as error:
            return {}, str(error)

    async def sent(self, job: SendJob, external_id: str) -> bool:
        """The provider took it; statuses that were faster than its answer are applied. Whether more is queued there."""
        try:
            row = await tenant_row(job.ref.tenant_id, "record_sent", job.message_id, job.token, external_id)
        except IntegrityError:
            return await self._sent_under_a_taken_id(job, external_id)
        tell(
            job.ref.tenant_id,
            [Change(ChangeKind.MESSAGE_STATUS, job.message_id, conversation_id=job.ref.conversation_id)],
        )
        return row is None or bool(row["more"])

    async def _sent_under_a_taken_id(self, job: SendJob, external_id: str) -> bool:
        """An echo was faster than the answer, and was taken for an earlier message: the answer knows better.

        Where the id is borne by anything else, this message was sent without one.
        """
        tenant_id = job.ref.tenant_id
        async with tenant_scope(tenant_id) as scope:
            await scope.row("lock_conversation", tenant_id, job.ref.conversation_id)
            held = await scope.row("yield_id", tenant_id, job.message_id, external_id, self._times.settle)
            if held is not None:
                _moved(scope, job.ref, held["id"])
            row = await scope.row(
                "record_sent", tenant_id, job.message_id, job.token, None if held is None else external_id
            )
            _moved(scope, job.ref, job.message_id)
            if held is not None:
                await scope.row(
                    "apply_receipt", tenant_id, job.message_id, held["status"], held["at"], held["error_code"]
                )
            return row is None or bool(row["more"])

    async def put_back(self, job: SendJob, after: float, *, counted: bool, error: SendError | None = None) -> None:
        """It certainly did not leave: tried again ``after`` seconds from now. ``counted``: this was an attempt."""
        async with tenant_scope(job.ref.tenant_id) as scope:
            # A take-over that is being written is waited for: it decides whether there is another try.
            await scope.row("lock_conversation", job.ref.tenant_id, job.ref.conversation_id)
            await scope.row(
                "put_back", job.ref.tenant_id, job.message_id, job.token, after,
                error.provider_code if error else None, error.detail if error else None, 0 if counted else 1,
            )  # fmt: skip
            _moved(scope, job.ref, job.message_id)

    async def unknown(self, job: SendJob, error: SendError) -> None:
        """Nobody knows whether it left: the provider has ``settle`` seconds to tell."""
        async with tenant_scope(job.ref.tenant_id) as scope:
            await scope.row(
                "record_unknown", job.ref.tenant_id, job.message_id, job.token, self._times.settle,
                error.code, error.detail,
            )  # fmt: skip
            _moved(scope, job.ref, job.message_id)

    async def failed(self, job: SendJob, error: SendError) -> None:
        """It will never be taken: recorded, told, and the conversation goes to a person."""
        async with tenant_scope(job.ref.tenant_id) as scope:
            await scope.row("lock_conversation", job.ref.tenant_id, job.ref.conversation_id)
            tenant, at = await load_profile(scope, job.ref.tenant_id)
            row = await scope.row(
                "record_failed", job.ref.tenant_id, job.message_id, job.token, error.provider_code or error.code,
                error.detail,
            )  # fmt: skip
            if isinstance(error, ChannelStopped):
                await _stop_channel(scope, job, error, at)
            if row is not None:
                _moved(scope, job.ref, job.message_id)
            # Nobody waits for what he did not ask for: that it failed stands with the follow-up.
            if row is not None and job.purpose is not Purpose.FOLLOW_UP:
                note = f"{error.code}: {error}"
                await _bury(scope, job.ref, job.message_id, error=note, attempts=job.attempts, at=at)
                minutes = _patience(job.purpose, minutes_to_fallback(tenant, at))
                await hand_over(scope, job.ref, HandOffReason.SEND_FAILED, note=note, at=at, minutes=minutes)

    def is_last_attempt(self, job: SendJob) -> bool:
        """Whether another refusal would be one too many."""
        return job.attempts >= self._times.attempts

    async def due(self, older_than: float, limit: int) -> list[ConversationRef]:
        """Conversations with an overdue queued message."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_sends", older_than, limit)
        return [ConversationRef(row["tenant_id"], row["conversation_id"]) for row in rows]

    async def mark_abandoned(self, limit: int = 500) -> int:
        """Messages whose sender is gone: unknown from now on; returns how many."""
        async with platform_scope() as scope:
            rows = await scope.rows("abandoned_sends", limit)
        marked = [
            await unharmed(self._mark(row), tenant_id=row["tenant_id"], event="send.not_marked_abandoned")
            for row in rows
        ]
        return sum(bool(one) for one in marked)

    async def _mark(self, row: Mapping[str, Any]) -> bool:
        async with tenant_scope(row["tenant_id"]) as scope:
            await scope.row(
                "record_unknown", row["tenant_id"], row["id"], row["send_token"], self._times.settle,
                "sender_gone", "",
            )  # fmt: skip
            _moved(scope, ConversationRef(row["tenant_id"], row["conversation_id"]), row["id"])
        return True

    async def settle_overdue(self, limit: int = 500) -> list[ConversationRef]:
        """Deal with what nothing settled in time and with what was reported as failed: to a person, with a note."""
        async with platform_scope() as scope:
            rows = await scope.rows("unsettled_sends", limit)
        settled: list[ConversationRef] = []
        for row in rows:
            ref = ConversationRef(row["tenant_id"], row["conversation_id"])
            if await unharmed(_settle(ref, row["id"]), tenant_id=ref.tenant_id, event="send.not_settled"):
                settled.append(ref)
        return settled


def _patience(purpose: Purpose | None, minutes: int | None) -> int | None:
    """How long a person may take. An apology for waiting that could not be sent is not said again: it would go round."""
    return None if purpose is Purpose.APOLOGY else minutes


def _moved(scope: TenantScope, ref: ConversationRef, message_id: UUID) -> None:
    """How far the message has come is shown anew."""
    scope.changed(ChangeKind.MESSAGE_STATUS, message_id, conversation_id=ref.conversation_id)


async def _stop_channel(scope: TenantScope, job: SendJob, error: SendError, at: datetime) -> None:
    stopped = await scope.row("stop_account", job.ref.tenant_id, job.account_id, str(error))
    if stopped is not None:
        scope.changed(ChangeKind.ACCOUNT, job.account_id)
        await Notification.create(
            tenant_id=job.ref.tenant_id, kind="channel_stopped", subject_id=job.account_id, due_at=at
        )


async def _bury(
    scope: TenantScope, ref: ConversationRef, message_id: UUID, *, error: str, attempts: int, at: datetime
) -> None:
    """A dead letter and its notification, in the caller's transaction."""
    letter = await DeadLetter.create(
        tenant_id=ref.tenant_id, kind="send", subject_id=message_id, error=error, attempts=attempts,
        payload={"conversation_id": str(ref.conversation_id), "message_id": str(message_id)},
    )  # fmt: skip
    await Notification.create(tenant_id=ref.tenant_id, kind="dead_letter", subject_id=letter.id, due_at=at)
    scope.changed(ChangeKind.DEAD_LETTER, letter.id, conversation_id=ref.conversation_id)


async def _settle(ref: ConversationRef, message_id: UUID) -> bool:
    async with tenant_scope(ref.tenant_id) as scope:
        await scope.row("lock_conversation", ref.tenant_id, ref.conversation_id)
        message = await scope.row("lock_unsettled", ref.tenant_id, message_id)
        if message is None:
            return True
        unknown = message["status"] == "unknown"
        reason = HandOffReason.SEND_UNSETTLED if unknown else HandOffReason.SEND_FAILED
        code = message["error_code"] or "unknown"
        await scope.row("settle", ref.tenant_id, message_id, "unsettled")
        _moved(scope, ref, message_id)
        if message["purpose"] == Purpose.FOLLOW_UP:
            return True
        tenant, at = await load_profile(scope, ref.tenant_id)
        note = f"{reason.value}: {code}: {message['error_detail'] or ''}".rstrip(": ")
        await _bury(scope, ref, message_id, error=note, attempts=message["attempts"], at=at)
        purpose = Purpose(message["purpose"]) if message["purpose"] else None
        minutes = _patience(purpose, minutes_to_fallback(tenant, at))
        await hand_over(scope, ref, reason, note=note, at=at, minutes=minutes)
    return True
