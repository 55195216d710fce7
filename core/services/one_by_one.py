"""Work over many tenants: what goes wrong with one of them is no trouble of the others."""

from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

import structlog
from tortoise.exceptions import IntegrityError, OperationalError

from core.domain.errors import RevezaError

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


async def unharmed(work: Awaitable[Result], *, tenant_id: UUID, event: str) -> Result | None:
    """What came of one tenant's work; one that fails is logged as ``event``, comes again, and gives ``None``."""
    try:
        return await work
    except (RevezaError, OperationalError, IntegrityError) as error:
        log.warning(event, tenant_id=str(tenant_id), error=type(error).__name__)
        return None
