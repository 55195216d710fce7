"""A lead of whom the team is told: he waits for anybody, slept until now, or wished something."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.domain.team import called
from db.tenancy import tenant_scope


@dataclass(frozen=True, slots=True)
class WaitingScene:
    """Who waits, and since how many minutes. ``card_number``: of his card in the chat that is told, if it has one."""

    conversation_id: UUID
    lead_id: UUID
    lead: str
    minutes: int
    card_number: int | None


@dataclass(frozen=True, slots=True)
class LeadScene:
    """Of whom the team is told, and the number of his card in the chat that is told."""

    lead_id: UUID
    lead: str
    card_number: int | None


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A member whom a group is to see named."""

    telegram_user_id: int
    name: str


async def waiting_scene(tenant_id: UUID, hand_off_id: UUID, chat_ref: UUID) -> WaitingScene | None:
    """Who waits for whoever takes this hand-off; ``None``: nobody any more."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("waiting_scene", tenant_id, hand_off_id, chat_ref)
    if row is None:
        return None
    lead = called(row["name"], row["phone"], row["reply_address"])
    return WaitingScene(row["conversation_id"], row["lead_id"], lead, row["minutes"], row["card_number"])


async def woken_scene(tenant_id: UUID, conversation_id: UUID, chat_ref: UUID) -> LeadScene | None:
    """What woke; ``None``: it is over by now, the AI's, or asleep again."""
    return await _scene("woken_scene", tenant_id, conversation_id, chat_ref)


async def wish_scene(tenant_id: UUID, conversation_id: UUID, chat_ref: UUID) -> LeadScene | None:
    """Who wished something; ``None``: he is gone."""
    return await _scene("wish_scene", tenant_id, conversation_id, chat_ref)


async def _scene(named: str, tenant_id: UUID, conversation_id: UUID, chat_ref: UUID) -> LeadScene | None:
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row(named, tenant_id, conversation_id, chat_ref)
    if row is None:
        return None
    return LeadScene(row["lead_id"], called(row["name"], row["phone"], row["reply_address"]), row["card_number"])


async def people_named(tenant_id: UUID, members: Sequence[UUID]) -> Sequence[NamedPerson]:
    """Those of them who are still of the team."""
    async with tenant_scope(tenant_id) as scope:
        rows = await scope.rows("people_named", tenant_id, list(members))
    return [NamedPerson(row["telegram_user_id"], row["name"]) for row in rows]
