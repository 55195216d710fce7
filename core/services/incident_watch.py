"""Admins hear of it when much was caught of late, and when reply after reply to one lead was not fit to be sent.

Whoever writes an incident does not count: a sweep looks at what was caught within the hour, so nobody waits for anybody. The
replies to one lead are looked at where one more was blocked, while the lead is held: each run of them is told of once.
"""

from typing import Final
from uuid import UUID

from core.domain.incidents import ALARMING, BLOCKED_IN_A_ROW, LATELY, MANY
from core.services.one_by_one import unharmed
from db.tenancy import TenantScope, platform_scope, tenant_scope

_MOST: Final = 200
_LAYERS: Final = [layer.value for layer in ALARMING]
_SECONDS: Final = LATELY.total_seconds()


class IncidentWatch:
    """The sweep over what was caught of late."""

    async def look(self) -> int:
        """Tell whoever is to be told; returns how many businesses were."""
        async with platform_scope() as scope:
            rows = await scope.rows("alarmed_tenants", _MOST, _LAYERS, MANY, _SECONDS)
        told = [
            await unharmed(_tell(row["tenant_id"]), tenant_id=row["tenant_id"], event="incidents.not_told")
            for row in rows
        ]
        return sum(bool(one) for one in told)


async def _tell(tenant_id: UUID) -> bool:
    async with tenant_scope(tenant_id) as scope:
        await scope.row("alert_turn", tenant_id, "incidents")
        return await scope.row("tell_incidents", tenant_id, _LAYERS, MANY, _SECONDS) is not None


async def tell_blocked_replies(scope: TenantScope, tenant_id: UUID, conversation_id: UUID) -> None:
    """Admins hear of it if the reply that was blocked just now makes it so many in a row; the lead is held by the caller."""
    await scope.row("tell_blocked_replies", tenant_id, conversation_id, BLOCKED_IN_A_ROW)
