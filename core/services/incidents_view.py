"""What went wrong, as admins are told of it."""

from dataclasses import dataclass
from uuid import UUID

from db.models import ChannelAccount, DeadLetter
from db.tenancy import tenant_scope


@dataclass(frozen=True, slots=True)
class NamedLetter:
    """A dead letter in short."""

    kind: str
    error: str


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """A channel account that stopped; ``reason``: the provider's words."""

    channel: str
    reason: str


async def letter_named(tenant_id: UUID, letter_id: UUID) -> NamedLetter | None:
    """The dead letter, if it is still open."""
    async with tenant_scope(tenant_id):
        letter = await DeadLetter.filter(tenant_id=tenant_id, id=letter_id, status="open").first()
    return NamedLetter(letter.kind, letter.error) if letter else None


async def account_named(tenant_id: UUID, account_id: UUID) -> NamedAccount | None:
    """The channel account, if it is still stopped."""
    async with tenant_scope(tenant_id):
        account = await ChannelAccount.filter(tenant_id=tenant_id, id=account_id, status="stopped").first()
    return NamedAccount(account.channel, account.stopped_reason or "") if account else None
