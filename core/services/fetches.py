"""Messages that their provider only told of: each due until it is here, or given up where somebody sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from channels.base import Account
from core.domain.changes import ChangeKind
from core.domain.errors import ChannelStopped, NotFound, SealError
from core.domain.events import InboundEvent
from core.domain.notification import NotificationKind
from core.services.accounts import Accounts
from core.services.intake import Intake
from db.models import DeadLetter, Notification
from db.tenancy import platform_scope, tenant_scope

LETTER: Final = "fetch"
"""The kind of its dead letters."""
MOST_ATTEMPTS: Final = 10
_LEASE_SECONDS: Final = 45.0
"""Longer than any call takes; who is late fetches what is there already, which changes nothing."""


@dataclass(frozen=True, slots=True)
class FetchJob:
    """One message to ask for."""

    tenant_id: UUID
    id: UUID
    external_id: str
    attempts: int
    account_id: UUID
    set_id: UUID

    @property
    def is_last_attempt(self) -> bool:
        """Whether nobody tries again after this."""
        return self.attempts >= MOST_ATTEMPTS


class Fetches:
    """The use cases."""

    def __init__(self, accounts: Accounts, intake: Intake) -> None:
        self._accounts = accounts
        self._intake = intake

    async def overdue(self, older_than: float, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Tenant and fetch of every one that nobody is at."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_fetches", older_than, limit)
        return [(row["tenant_id"], row["id"]) for row in rows]

    async def claim(self, tenant_id: UUID, fetch_id: UUID) -> FetchJob | None:
        """The message to ask for, for this caller alone; ``None`` when it is not due, or is here."""
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("claim_fetch", tenant_id, fetch_id, _LEASE_SECONDS)
        if row is None:
            return None
        return FetchJob(
            tenant_id,
            fetch_id,
            row["external_id"],
            row["attempts"],
            row["channel_account_id"],
            row["credential_set_id"],
        )

    async def account_of(self, job: FetchJob) -> tuple[str, Account]:
        """The channel's name, and the account to ask with. Raises ``ChannelStopped`` for one that does not open."""
        try:
            return await self._accounts.open_account(job.tenant_id, job.account_id)
        except SealError as error:
            raise ChannelStopped(str(error), provider_code="account_unusable") from error

    async def take(self, job: FetchJob, events: Sequence[InboundEvent]) -> None:
        """It is here: taken in as if the webhook had brought it, under the same key, and due no more."""
        found = await self._accounts.set_behind(job.set_id)
        if found is None:
            message = "the credentials of the account are gone"
            raise NotFound(message)
        await self._intake.accept(found, events)
        async with tenant_scope(job.tenant_id) as scope:
            await scope.row("fetched", job.tenant_id, job.id)

    async def put_off(self, job: FetchJob, seconds: float) -> None:
        """Again, later."""
        async with tenant_scope(job.tenant_id) as scope:
            await scope.row("put_off_fetch", job.tenant_id, job.id, seconds)

    async def give_up(self, job: FetchJob, error: str) -> None:
        """Nobody tries again by himself: the team is told, and may."""
        async with tenant_scope(job.tenant_id) as scope:
            row = await scope.row("give_up_fetch", job.tenant_id, job.id)
            if row is None:
                return
            letter = await DeadLetter.create(
                tenant_id=job.tenant_id, kind=LETTER, subject_id=job.id, error=error, attempts=job.attempts,
                payload={"external_id": job.external_id},
            )  # fmt: skip
            scope.changed(ChangeKind.DEAD_LETTER, letter.id)
            await Notification.create(
                tenant_id=job.tenant_id, kind=NotificationKind.DEAD_LETTER, subject_id=letter.id, due_at=row["at"]
            )
