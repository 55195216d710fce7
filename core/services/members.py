"""The people of a business: how they come in, what they may do, how they leave."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import HandOffReason, Role
from core.domain.errors import InviteInvalid, LastAdmin, NotFound, PlanFull
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef
from core.services.access import require_admin
from core.services.audit import OPERATOR, audit
from core.services.hand_offs import release_to_team
from core.services.tenants import load_profile
from db.models import Invite
from db.tenancy import Scope, TenantScope, platform_scope, tenant_scope

_TOKEN_BYTES: Final = 24
_VALID: Final = timedelta(days=7)
_LONGEST_TOKEN: Final = 64
"""What Telegram lets a deep link carry; a longer one is none of ours."""
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Person:
    """A Telegram user, as Telegram tells of him."""

    telegram_user_id: int
    name: str
    language: str = "pt-BR"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way in. The token is shown once and not kept: only its hash is."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody in a tenant."""

    tenant_id: UUID
    tenant_name: str
    member_id: UUID
    role: Role
    language: str
    suspended: bool = False
    deletion_due_at: datetime | None = None
    """When all of the tenant is to be deleted."""

    @property
    def actor(self) -> Actor:
        """He, acting there."""
        return Actor(self.tenant_id, self.member_id, self.role)


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A colleague, as the team sees him; ``conversations`` counts those he has now.

    ``reachable``: the bot can tell him of a conversation that is passed to him.
    """

    id: UUID
    telegram_user_id: int
    name: str
    role: Role
    on_duty: bool
    conversations: int
    reachable: bool = True


async def invite(tenant_id: UUID, role: Role, *, by: Actor | None, valid: timedelta = _VALID) -> Invitation:
    """Make a way in for one new member; ``by`` is ``None`` for the operator.

    Raises ``Forbidden`` for who is no admin, ``PlanFull`` where nobody more may come in.
    """
    if by is not None:
        require_admin(by)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    async with tenant_scope(tenant_id) as scope:
        await _room_for_one(scope, tenant_id)
        _, at = await load_profile(scope, tenant_id)
        made = await Invite.create(
            tenant_id=tenant_id,
            token_hash=_hash(token),
            role=role,
            expires_at=at + valid,
            created_by=by.member_id if by else None,
        )
        scope.changed(ChangeKind.INVITATION, made.id)
        await audit(tenant_id, by or OPERATOR, "member.invited", made.id, role=role.value)
    return Invitation(token, at + valid)


def roles_to_invite(actor: Actor) -> Sequence[Role]:
    """What the actor may invite people as. Raises ``Forbidden`` for who is no admin."""
    require_admin(actor)
    return tuple(Role)


async def join(token: str, person: Person) -> Membership:
    """The person comes in by an invitation, which then works no more.

    Who is in already stays what he is, and the invitation stays good; it does too while the team is full.
    Raises ``InviteInvalid``, ``PlanFull``.
    """
    found = await _tenant_of(token)
    if found is None:
        raise InviteInvalid
    invite_id, tenant_id = found
    async with tenant_scope(tenant_id) as scope:
        profile, _ = await load_profile(scope, tenant_id)
        known = await scope.row("member_of_person", tenant_id, person.telegram_user_id)
        if known is not None:
            return Membership(tenant_id, profile.name, known["id"], Role(known["role"]), known["language"])
        used = await scope.row("use_invite", tenant_id, invite_id)
        if used is None:
            raise InviteInvalid
        await _room_for_one(scope, tenant_id)
        member = await scope.row(
            "put_member", tenant_id, uuid7(), person.telegram_user_id, person.name[:_LONGEST_NAME], used["role"],
            person.language,
        )  # fmt: skip
        assert member is not None, "an upsert returns its row"  # noqa: S101 - guaranteed by the statement
        joined = Membership(tenant_id, profile.name, member["id"], Role(member["role"]), person.language)
        scope.changed(ChangeKind.INVITATION, invite_id)
        scope.changed(ChangeKind.MEMBER, joined.member_id)
        await audit(tenant_id, joined.actor, "member.joined", invite_id, role=joined.role.value)
    return joined


async def memberships(telegram_user_id: int) -> Sequence[Membership]:
    """Everywhere the person is somebody: first where he acts, then by the tenants' names."""
    async with platform_scope() as scope:
        rows = await scope.rows("memberships_of", telegram_user_id)
    return [
        Membership(
            row["tenant_id"],
            row["tenant_name"],
            row["id"],
            Role(row["role"]),
            row["language"],
            suspended=row["tenant_status"] != "active",
            deletion_due_at=row["deletion_due_at"],
        )
        for row in rows
    ]


async def act_in(telegram_user_id: int, tenant_id: UUID) -> None:
    """The person acts there from now on, when nothing else says where. Raises ``NotFound``."""
    async with tenant_scope(tenant_id) as scope:
        if await scope.row("act_in", tenant_id, telegram_user_id) is None:
            raise NotFound(_NO_MEMBER)


async def team(actor: Actor) -> Sequence[TeamMember]:
    """Everybody in the actor's tenant."""
    async with tenant_scope(actor.tenant_id) as scope:
        rows = await scope.rows("team", actor.tenant_id)
    return [TeamMember(**{**row, "role": Role(row["role"])}) for row in rows]


async def colleague(actor: Actor, member_id: UUID) -> TeamMember:
    """One of them, to be decided about. Raises ``Forbidden`` for who is no admin, ``NotFound``."""
    require_admin(actor)
    found = next((one for one in await team(actor) if one.id == member_id), None)
    if found is None:
        raise NotFound(_NO_MEMBER)
    return found


def administered(memberships: Sequence[Membership]) -> list[Membership]:
    """Those in which the person is an admin, and may act."""
    return [one for one in memberships if one.role is Role.ADMIN and not one.suspended]


async def change_role(actor: Actor, member_id: UUID, role: Role) -> None:
    """Give a member another role. Raises ``Forbidden``, ``NotFound``, and ``LastAdmin``."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        if role is not Role.ADMIN:
            await _keep_an_admin(scope, actor, member_id)
        if await scope.row("change_role", actor.tenant_id, member_id, role.value) is None:
            raise NotFound(_NO_MEMBER)
        scope.changed(ChangeKind.MEMBER, member_id)
        await audit(actor.tenant_id, actor, "member.role_changed", member_id, role=role.value)


async def change_duty(actor: Actor, *, on_duty: bool) -> None:
    """The actor is there for new leads from now on, and sees who waits, or not."""
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("change_duty", actor.tenant_id, actor.member_id, on_duty) is None:
            raise NotFound(_NO_MEMBER)
        scope.changed(ChangeKind.MEMBER, actor.member_id)
        if on_duty:
            await scope.rows("announce_open_hand_offs", actor.tenant_id)
        await audit(actor.tenant_id, actor, "member.on_duty" if on_duty else "member.off_duty", actor.member_id)


async def change_language(actor: Actor, language: str) -> None:
    """The actor is spoken to in this language from now on."""
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("change_language", actor.tenant_id, actor.member_id, language) is None:
            raise NotFound(_NO_MEMBER)


async def remove(actor: Actor, member_id: UUID) -> None:
    """A member leaves, or is made to: what he had waits for anybody, and he is shown nothing any more.

    Raises ``Forbidden`` when the actor is neither an admin nor the member, ``NotFound``, ``LastAdmin``.
    """
    if member_id != actor.member_id:
        require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        # Conversations are locked before members, as by whoever takes one; what he takes meanwhile is seen below.
        await scope.rows("lock_held", actor.tenant_id, member_id)
        await _keep_an_admin(scope, actor, member_id)
        if await scope.row("remove_member", actor.tenant_id, member_id) is None:
            raise NotFound(_NO_MEMBER)
        scope.changed(ChangeKind.MEMBER, member_id)
        await _forget_member(scope, actor.tenant_id, member_id)
        _, at = await load_profile(scope, actor.tenant_id)
        for held in await scope.rows("lock_held", actor.tenant_id, member_id):
            ref = ConversationRef(actor.tenant_id, held["id"])
            await release_to_team(scope, ref, HandOffReason.LEFT, how="left", who=actor, at=at)
        await audit(actor.tenant_id, actor, "member.removed", member_id)


_NO_MEMBER: Final = "no such member"


async def _room_for_one(scope: TenantScope, tenant_id: UUID) -> None:
    """Whether the plan holds one more. Everybody in the team may answer leads, so everybody counts; nobody is made to leave."""
    await scope.row("lock_tenant", tenant_id)
    room = await scope.row("room_in_plan", tenant_id)
    if room is not None and room["team"] >= room["attendants"]:
        raise PlanFull(room["name"], room["attendants"])


async def _forget_member(scope: TenantScope, tenant_id: UUID, member_id: UUID) -> None:
    """What his own chats showed and were to show, and that they are the team's."""
    for chat in await scope.rows("chats_of_member", tenant_id, member_id):
        for statement in ("forget_chat_messages", "forget_chat_posts", "chat_unreachable"):
            await scope.rows(statement, tenant_id, chat["id"])
        scope.changed(ChangeKind.TEAM_CHAT, chat["id"])


async def _keep_an_admin(scope: Scope, actor: Actor, member_id: UUID) -> None:
    admins = [row["id"] for row in await scope.rows("lock_admins", actor.tenant_id)]
    if admins == [member_id]:
        message = "the last admin stays: make somebody else admin first"
        raise LastAdmin(message)


async def _tenant_of(token: str) -> tuple[UUID, UUID] | None:
    """The invitation and its tenant."""
    if not 0 < len(token) <= _LONGEST_TOKEN:
        return None
    async with platform_scope() as scope:
        row = await scope.row("invite_of_hash", _hash(token))
    return (row["id"], row["tenant_id"]) if row else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
