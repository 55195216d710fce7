"""Who is signed in, and what he decides for himself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from core.domain.conversation import Role
from core.services import members
from core.services.members import Membership
from core.services.sessions import SignedIn
from miniapp.api.operation import ApiModel, Call, Nothing, Operation


class TenantChoice(ApiModel):
    """A business in which the person is somebody."""

    id: UUID
    name: str
    role: Role


class AwayTenant(ApiModel):
    """A business of the person's that is suspended; ``leaves_at``: when all of it is to be deleted."""

    id: UUID
    name: str
    leaves_at: AwareDatetime | None


class Me(ApiModel):
    """Who is signed in, where, and where else he could be."""

    session_id: UUID
    member_id: UUID
    name: str
    role: Role
    language: str
    on_duty: bool
    tenant_id: UUID
    tenant_name: str
    timezone: str
    tenants: Sequence[TenantChoice]
    away: Sequence[AwayTenant]


class MyChange(ApiModel):
    """What is left out stays. The language is the person's, wherever he is somebody."""

    language: Literal["pt-BR", "en"] | None = None
    on_duty: bool | None = None


class MyDesk:
    """The operations about oneself."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation("me", "GET", "/me", "Who is signed in.", self._me, answer=Me),
            Operation(
                "change_me", "PATCH", "/me", "Another language; there for new leads, or not.", self._change,
                body=MyChange, answer=Me,
            ),
        )  # fmt: skip

    async def _me(self, call: Call[Nothing, Nothing]) -> Me:
        return _shown(call.who, await members.memberships(call.who.telegram_user_id))

    async def _change(self, call: Call[Nothing, MyChange]) -> Me:
        who, change = call.who, call.body
        places = await members.memberships(who.telegram_user_id)
        if change.language is not None:
            for one in places:
                await members.change_language(one.actor, change.language)
            who = replace(who, language=change.language)
        if change.on_duty is not None:
            await members.change_duty(who.actor, on_duty=change.on_duty)
            who = replace(who, on_duty=change.on_duty)
        return _shown(who, places)


def _shown(who: SignedIn, places: Sequence[Membership]) -> Me:
    return Me(
        session_id=who.session_id,
        member_id=who.actor.member_id,
        name=who.name,
        role=who.actor.role,
        language=who.language,
        on_duty=who.on_duty,
        tenant_id=who.actor.tenant_id,
        tenant_name=who.tenant_name,
        timezone=who.timezone,
        tenants=[
            TenantChoice(id=one.tenant_id, name=one.tenant_name, role=one.role) for one in places if not one.suspended
        ],
        away=[
            AwayTenant(id=one.tenant_id, name=one.tenant_name, leaves_at=one.deletion_due_at)
            for one in places
            if one.suspended
        ],
    )
