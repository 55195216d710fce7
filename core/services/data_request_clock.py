"""Admins hear of a request whose term nears its end, and of one whose term is over: once each."""

from datetime import datetime
from typing import Final
from uuid import UUID

from core.domain.data_request import REMINDED_BEFORE
from core.domain.notification import NotificationKind
from core.services.tenant_job import Batch, EveryTenant
from db.models import Notification
from db.tenancy import tenant_scope

_AT_ONCE: Final = 100


class DataRequestClock(EveryTenant):
    """The body of ``remind-data-requests``."""

    name: Final = "remind-data-requests"

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``."""
        async with tenant_scope(tenant_id) as scope:
            rows = await scope.rows("data_requests_to_tell", tenant_id, due_at, REMINDED_BEFORE, _AT_ONCE)
            for row in rows if not dry else ():
                kind = NotificationKind.DATA_REQUEST_OVERDUE if row["overdue"] else NotificationKind.DATA_REQUEST_DUE
                await Notification.create(tenant_id=tenant_id, kind=kind, subject_id=row["id"], due_at=row["at"])
                await scope.row("data_request_told", tenant_id, row["id"], row["overdue"])
        overdue = sum(row["overdue"] for row in rows)
        return Batch({"near": len(rows) - overdue, "overdue": overdue}, more=not dry and len(rows) == _AT_ONCE)
