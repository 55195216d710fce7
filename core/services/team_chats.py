"""The Telegram chats that a team works in: how each comes, is lost, moves and goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import Forbidden, GroupTaken, NotFound, Unauthorized
from core.domain.team import ChatKind, ChatStatus
from core.services.access import require_admin
from core.services.audit import audit
from core.services.members import Membership, administered
from db.tenancy import Scope, TenantScope, platform_scope, tenant_scope

_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Telegram a tenant is spoken to: a chat of its own and, in a group, the topic."""

    tenant_id: UUID
    chat_ref: UUID
    kind: ChatKind
    bot_id: int
    chat_id: int
    thread_id: int | None = None
    reachable: bool = True

    def in_thread(self, thread_id: int | None) -> Self:
        """The same chat, in this topic."""
        return replace(self, thread_id=thread_id)


async def places_at(bot_id: int, chat_id: int) -> list[Place]:
    """Whose chat it is: a group is one tenant's at most, a private chat of everyone's in whose team its person is."""
    async with platform_scope() as scope:
        rows = await scope.rows("places_at", bot_id, chat_id)
    return [
        Place(
            row["tenant_id"],
            row["id"],
            ChatKind(row["kind"]),
            bot_id,
            chat_id,
            reachable=row["status"] == ChatStatus.ACTIVE,
        )
        for row in rows
    ]


async def open_private(bot_id: int, membership: Membership, chat_id: int, name: str) -> Place:
    """The member's own chat with the bot, which reaches him from now on. Raises ``NotFound``."""
    tenant_id = membership.tenant_id
    async with tenant_scope(tenant_id) as scope:
        opened = await scope.row(
            "open_private_chat", tenant_id, bot_id, chat_id, membership.member_id, name[:_LONGEST_TITLE]
        )
        if opened is None:
            message = "no such member"
            raise NotFound(message)
        scope.changed(ChangeKind.TEAM_CHAT, opened["id"])
        if opened["came"]:
            await _reachable(scope, tenant_id)
    return Place(tenant_id, opened["id"], ChatKind.PRIVATE, bot_id, chat_id)


def who_may_link(memberships: Sequence[Membership]) -> list[Membership]:
    """In which of his teams a person may link a group. Raises ``Unauthorized`` for who is in none, ``Forbidden``."""
    if not memberships:
        message = "in no team"
        raise Unauthorized(message)
    admins = administered(memberships)
    if not admins:
        message = "only admins may do this"
        raise Forbidden(message)
    return admins


async def link_group(actor: Actor, bot_id: int, chat_id: int, title: str) -> Place:
    """The group is the tenant's from now on. Raises ``Forbidden``, and ``GroupTaken`` when it is another tenant's."""
    require_admin(actor)
    try:
        async with tenant_scope(actor.tenant_id) as scope:
            linked = await scope.row("link_group", actor.tenant_id, bot_id, chat_id, title[:_LONGEST_TITLE])
            if linked is None:
                message = "no such tenant"
                raise NotFound(message)
            scope.changed(ChangeKind.TEAM_CHAT, linked["id"])
            if linked["came"]:
                await _reachable(scope, actor.tenant_id)
                await audit(actor.tenant_id, actor, "group.linked", linked["id"])
    except IntegrityError as error:
        message = "the group is another business's"
        raise GroupTaken(message) from error
    return Place(actor.tenant_id, linked["id"], ChatKind.GROUP, bot_id, chat_id)


async def unlink_group(actor: Actor, place: Place) -> None:
    """The group is nobody's from now on; who waits is shown where the team still can be reached.

    Raises ``Forbidden``, ``NotFound``.
    """
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        for statement in ("forget_chat_messages", "forget_chat_posts", "forget_chat_topics"):
            await scope.rows(statement, actor.tenant_id, place.chat_ref)
        if await scope.row("forget_group", actor.tenant_id, place.chat_ref) is None:
            message = "no such group"
            raise NotFound(message)
        scope.changed(ChangeKind.TEAM_CHAT, place.chat_ref)
        await _reachable(scope, actor.tenant_id)
        await audit(actor.tenant_id, actor, "group.unlinked", place.chat_ref)


async def move_group(tenant_id: UUID, chat_ref: UUID, new_chat_id: int) -> None:
    """The group was upgraded and lives on under another id; one that is linked by that id already stays so."""
    try:
        async with tenant_scope(tenant_id) as scope:
            await moved(scope, tenant_id, chat_ref, new_chat_id)
    except IntegrityError:
        await mark_unreachable(tenant_id, chat_ref)


async def mark_unreachable(tenant_id: UUID, chat_ref: UUID) -> None:
    """The bot was blocked or thrown out: others are told of who waits."""
    async with tenant_scope(tenant_id) as scope:
        await lost(scope, tenant_id, chat_ref)


async def moved(scope: TenantScope, tenant_id: UUID, chat_ref: UUID, new_chat_id: int) -> None:
    """``move_group`` in the caller's transaction. Raises ``IntegrityError`` when a group is linked by that id already."""
    await scope.row("move_chat", tenant_id, chat_ref, new_chat_id)
    scope.changed(ChangeKind.TEAM_CHAT, chat_ref)


async def lost(scope: TenantScope, tenant_id: UUID, chat_ref: UUID) -> None:
    """``mark_unreachable`` in the caller's transaction."""
    await scope.row("chat_unreachable", tenant_id, chat_ref)
    scope.changed(ChangeKind.TEAM_CHAT, chat_ref)
    await _reachable(scope, tenant_id)


async def mark_reachable(place: Place) -> None:
    """The bot is let in again: what waited for that is shown."""
    async with tenant_scope(place.tenant_id) as scope:
        if await scope.row("chat_reachable", place.tenant_id, place.chat_ref) is not None:
            scope.changed(ChangeKind.TEAM_CHAT, place.chat_ref)
            await _reachable(scope, place.tenant_id)


async def who_mends(group: Place) -> list[tuple[Place, str]]:
    """Where it is told that the group lacks something: there and to its admins; each with its language."""
    async with tenant_scope(group.tenant_id) as scope:
        rows = await scope.rows("chats_to_mend_group", group.tenant_id, group.chat_ref)
    return [
        (Place(group.tenant_id, row["id"], ChatKind(row["kind"]), row["bot_id"], row["chat_id"]), row["language"])
        for row in rows
    ]


def in_group(places: Sequence[Place]) -> Place | None:
    """The group among them."""
    return next((place for place in places if place.kind is ChatKind.GROUP), None)


async def _reachable(scope: Scope, tenant_id: UUID) -> None:
    """Other chats than before can be reached: whoever waits is announced there too."""
    await scope.rows("announce_open_hand_offs", tenant_id)
