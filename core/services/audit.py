"""The audit log of a business: who did what, about what."""

from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from db.models import AuditEntry

OPERATOR: Final = "operator"
SYSTEM: Final = "system"
"""Whoever is no member: the installation's operator, and the product by itself."""


def by(actor: Actor) -> str:
    """How the log names a member."""
    return f"member:{actor.member_id}"


async def audit(tenant_id: UUID, who: Actor | str, action: str, subject: UUID | str = "", **details: str | int) -> None:
    """Write one entry, in the caller's transaction; ``who`` is a member, or a name as above."""
    await AuditEntry.create(
        tenant_id=tenant_id,
        actor=who if isinstance(who, str) else by(who),
        action=action,
        subject=str(subject),
        details=details,
    )
