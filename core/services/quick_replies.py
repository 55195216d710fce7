"""Words that the team writes often, under the short names by which they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import Conflict, NotFound
from core.domain.ids import uuid7
from core.services.access import require_leading
from core.services.audit import audit
from db.tenancy import TenantScope, tenant_scope


class ShortcutTaken(Conflict):
    """Another quick reply is found by this name, whatever its capitals."""

    code: ClassVar[str] = "shortcut_taken"


@dataclass(frozen=True, slots=True)
class ReadyReply:
    """One of them."""

    id: UUID
    shortcut: str
    text: str


async def ready_replies(actor: Actor) -> Sequence[ReadyReply]:
    """All of them, by name. Everybody uses them."""
    async with tenant_scope(actor.tenant_id) as scope:
        return [ReadyReply(**row) for row in await scope.rows("quick_replies", actor.tenant_id)]


async def add_reply(actor: Actor, shortcut: str, text: str) -> ReadyReply:
    """There is one more. Raises ``Forbidden`` for attendants, ``ShortcutTaken``."""
    return await _put(actor, ReadyReply(uuid7(), shortcut, text.strip()), "add_quick_reply", "added")


async def change_reply(actor: Actor, reply_id: UUID, shortcut: str, text: str) -> ReadyReply:
    """It is so from now on. Raises ``Forbidden`` for attendants, ``NotFound``, ``ShortcutTaken``."""
    return await _put(actor, ReadyReply(reply_id, shortcut, text.strip()), "change_quick_reply", "changed")


async def remove_reply(actor: Actor, reply_id: UUID) -> None:
    """It is no more. Raises ``Forbidden`` for attendants, ``NotFound``."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("remove_quick_reply", actor.tenant_id, reply_id) is None:
            raise _gone()
        await _told(scope, actor, "removed", reply_id)


async def _put(actor: Actor, reply: ReadyReply, statement: str, how: str) -> ReadyReply:
    require_leading(actor)
    try:
        async with tenant_scope(actor.tenant_id) as scope:
            if await scope.row(statement, actor.tenant_id, reply.id, reply.shortcut, reply.text) is None:
                raise _gone()
            await _told(scope, actor, how, reply.id)
    except IntegrityError as error:
        message = "another quick reply has this short name"
        raise ShortcutTaken(message) from error
    return reply


async def _told(scope: TenantScope, actor: Actor, how: str, reply_id: UUID) -> None:
    scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
    await audit(actor.tenant_id, actor, f"quick_reply.{how}", reply_id)


def _gone() -> NotFound:
    return NotFound("there is no such quick reply")
