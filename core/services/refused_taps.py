"""Taps of people who are not in the team whose conversation the button is about."""

from uuid import UUID

from db.models import AuditEntry
from db.tenancy import tenant_scope


async def record_refusal(tenant_id: UUID, conversation_id: UUID, telegram_user_id: int) -> None:
    """Who tried is in the tenant's audit log, where there is such a conversation at all."""
    async with tenant_scope(tenant_id) as scope:
        if await scope.row("lead_of_conversation", tenant_id, conversation_id) is not None:
            await AuditEntry.create(
                tenant_id=tenant_id,
                actor=f"telegram:{telegram_user_id}",
                action="telegram.refused",
                subject=str(conversation_id),
            )
