"""What failed for good, as a business's managers deal with it."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from core.services.access import require_leading
from core.services.audit import by
from core.services.dead_letters import DeadLetters, Dealt, Letter

_SHOWN: Final = 10


class Failures:
    """The use cases. All of them raise ``Forbidden`` for attendants."""

    def __init__(self, letters: DeadLetters) -> None:
        self._letters = letters

    async def open_ones(
        self, actor: Actor, limit: int = _SHOWN, *, kind: str | None = None, after: UUID | None = None
    ) -> Sequence[Letter]:
        """The oldest that are still to be dealt with."""
        require_leading(actor)
        return await self._letters.open_letters(actor.tenant_id, limit, kind=kind, after=after)

    async def kinds(self, actor: Actor) -> Mapping[str, int]:
        """How many there are of each kind."""
        require_leading(actor)
        return await self._letters.kinds(actor.tenant_id)

    async def retry_all(self, actor: Actor, kind: str, after: UUID | None = None) -> Dealt:
        """Try the next few of a kind again."""
        require_leading(actor)
        return await self._letters.retry_all(actor.tenant_id, kind, actor=by(actor), after=after)

    async def drop_all(self, actor: Actor, kind: str, after: UUID | None = None) -> Dealt:
        """Deal with the next few of a kind by doing nothing."""
        require_leading(actor)
        return await self._letters.drop_all(actor.tenant_id, kind, actor=by(actor), after=after)

    async def retry(self, actor: Actor, letter_id: UUID) -> None:
        """Try it again. Raises ``NotFound``, and ``Conflict`` when there is nothing left to try."""
        require_leading(actor)
        await self._letters.retry(actor.tenant_id, letter_id, actor=by(actor))

    async def drop(self, actor: Actor, letter_id: UUID) -> None:
        """Deal with it by doing nothing. Raises ``NotFound``."""
        require_leading(actor)
        await self._letters.drop(actor.tenant_id, letter_id, actor=by(actor))
