"""Taps on buttons about a business by people who are not in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from core.services.audit import audit
from db.models import ChannelAccount, Conversation, DeadLetter, Member, Message
from db.models.base import TenantModel
from db.tenancy import tenant_scope


class Subject(StrEnum):
    """What a button is about."""

    TENANT = "tenant"
    ACCOUNT = "account"
    MEMBER = "member"
    LETTER = "letter"
    CONVERSATION = "conversation"
    MESSAGE = "message"


_TABLES: Final[Mapping[Subject, type[TenantModel]]] = {
    Subject.ACCOUNT: ChannelAccount,
    Subject.MEMBER: Member,
    Subject.LETTER: DeadLetter,
    Subject.CONVERSATION: Conversation,
    Subject.MESSAGE: Message,
}


async def record_refused_tap(tenant_id: UUID, subject: Subject, subject_id: UUID, telegram_user_id: int) -> None:
    """Who tried is in the tenant's audit log, where there is such a thing at all."""
    async with tenant_scope(tenant_id) as scope:
        if subject is Subject.TENANT:
            known = await scope.row("tenant_profile", tenant_id) is not None
        else:
            known = await _TABLES[subject].filter(tenant_id=tenant_id, id=subject_id).exists()
        if known:
            await audit(tenant_id, f"telegram:{telegram_user_id}", "telegram.refused", subject_id, kind=subject.value)
