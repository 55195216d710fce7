"""What leads wish, heard where no turn of the AI hears it: while a person has the conversation, or the AI is off.

The rules are those of a turn, and so is what they do; but nothing is said to the lead. Whoever has him is told what was understood,
and how a mistake is put right.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import structlog

from core.domain.data_request import RequestKind, asked_in
from core.domain.notification import NotificationKind
from core.domain.opt_out import WishKind, wish_in
from core.domain.ports import ConversationRef
from core.services.data_requests import put_request
from core.services.one_by_one import unharmed
from core.services.opt_outs import put_wish
from db.models import Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope

log = structlog.get_logger(__name__)

Understood = TypeVar("Understood")
_AT_ONCE: Final = 200


class Hearing:
    """The use case of listening where nobody else does. Of two that listen, one finds that there is something to hear."""

    async def listen_due(self, limit: int = 200) -> int:
        """Listen to all that is due; returns how many wishes were new."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_hearings", limit)
        return sum([await self._listen(ConversationRef(row["tenant_id"], row["id"])) for row in rows])

    async def _listen(self, ref: ConversationRef) -> int:
        return await unharmed(self._heard(ref), tenant_id=ref.tenant_id, event="wish.not_heard") or 0

    async def _heard(self, ref: ConversationRef) -> int:
        """What is understood is written in one transaction with how far was listened."""
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("lock_unheard", ref.tenant_id, ref.conversation_id)
            if row is None:
                return 0
            lines = await scope.rows(
                "unheard_words", ref.tenant_id, ref.conversation_id, row["heard_seq"], row["inbound_seq"], _AT_ONCE
            )
            heed, texts = _Heed(scope, ref, row["lead_id"], row["at"]), [line["text"] for line in lines]
            new = await heed.wish(texts) + await heed.requests(texts)
            upto = lines[-1]["seq"] if len(lines) == _AT_ONCE else row["inbound_seq"]
            await scope.row("heard", ref.tenant_id, ref.conversation_id, upto)
        if new:
            log.info("wish.heard", tenant_id=str(ref.tenant_id), conversation_id=str(ref.conversation_id), new=new)
        return new


class _Heed:
    """What is made of one lead's words, in the caller's transaction."""

    def __init__(self, scope: TenantScope, ref: ConversationRef, lead_id: UUID, at: datetime) -> None:
        self._scope = scope
        self._ref = ref
        self._lead_id = lead_id
        self._at = at

    async def wish(self, texts: Sequence[str]) -> int:
        """The last that he says of being written to counts; 1 when it was not so already."""
        said = [wish.kind for wish in _understood(wish_in, texts)]
        if not said or not await put_wish(self._scope, self._ref.tenant_id, self._lead_id, said[-1], None):
            return 0
        await self._tell(said[-1])
        return 1

    async def requests(self, texts: Sequence[str]) -> int:
        """Each kind of request is written down once; how many were not open already."""
        asked = dict.fromkeys(one.kind for one in _understood(asked_in, texts))
        return sum([await self._request(kind) for kind in asked])

    async def _request(self, kind: RequestKind) -> bool:
        made = await put_request(self._scope, self._ref.tenant_id, self._lead_id, kind, at=self._at, who=None)
        if made is not None:
            await self._tell(kind, request_id=str(made))
        return made is not None

    async def _tell(self, wish: WishKind | RequestKind, **more: str) -> None:
        await Notification.create(
            tenant_id=self._ref.tenant_id,
            kind=NotificationKind.WISH_HEARD,
            subject_id=self._ref.conversation_id,
            payload={"wish": wish.value, **more},
            due_at=self._at,
        )


def _understood(rule: Callable[[str], Understood | None], texts: Sequence[str]) -> Iterator[Understood]:
    for text in texts:
        try:
            found = rule(text)
        except Exception as error:
            # Words that break a rule are heard no better the next time, and others wait behind them.
            log.exception("wish.rule_broke", error=type(error).__name__)
            continue
        if found is not None:
            yield found
