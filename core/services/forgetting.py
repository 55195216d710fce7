"""A member has somebody forgotten: he says whom he means, and a request that comes again is carried out once."""

from typing import ClassVar
from uuid import UUID

from core.domain.actor import Actor
from core.domain.errors import Conflict, NotFound
from core.services.access import require_admin
from core.services.erasure import Erasures
from core.services.idempotency import Once, answered_before, keep_answer
from db.tenancy import tenant_scope


class SomebodyElse(Conflict):
    """The lead is not called as whoever wants him forgotten says: he may mean another."""

    code: ClassVar[str] = "somebody_else"


class Forgetting:
    """The use case of those who are asked twice before somebody goes for good."""

    def __init__(self, erasures: Erasures) -> None:
        self._erasures = erasures

    async def forget(self, actor: Actor, lead_id: UUID, name: str | None, once: Once) -> UUID:
        """Erase the lead of that name; gives the erasure's id. Raises ``SomebodyElse`` and what ``Erasures.forget`` raises.

        A request that comes again after its first answer was lost, and nothing of it was kept, finds nobody: he is gone.
        """
        require_admin(actor)
        async with tenant_scope(actor.tenant_id) as scope:
            known = await answered_before(scope, actor, once)
            if known:
                return known[0]
            row = await scope.row("lead_to_forget", actor.tenant_id, lead_id)
            if row is None:
                message = "no such lead"
                raise NotFound(message)
            if row["name"] != name:
                message = "the lead has another name"
                raise SomebodyElse(message)
        erasure_id = await self._erasures.forget(actor.tenant_id, lead_id, by=actor)
        async with tenant_scope(actor.tenant_id) as scope:
            await keep_answer(scope, actor, once, [erasure_id])
        return erasure_id
