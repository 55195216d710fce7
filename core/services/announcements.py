"""What the team is to be told, as posts in the chats where it can be reached."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from core.domain.backoff import backoff
from core.domain.conversation import ConversationStatus, Role
from core.domain.notification import NotificationKind
from core.domain.team import (
    ChatKind,
    Inbox,
    PostKind,
    TeamChat,
    chats_for_admins,
    chats_for_cards,
    chats_for_silence,
    chats_for_words,
)
from core.services.tenants import load_profile
from db.json import loads
from db.tenancy import Scope, platform_scope, tenant_scope

log = structlog.get_logger(__name__)

_FIRST_PAUSE: Final = 30.0
_LONGEST_PAUSE: Final = 3600.0
"""So often at last a team that cannot be reached is looked at again; whoever comes is told at once."""


class Announcements:
    """The use case of telling the team. Each notification is told once, in one transaction with its posts."""

    async def tell_due(self, limit: int = 100) -> int:
        """Post what is due; returns how many notifications were dealt with."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_notifications", limit)
        return sum([await self._tell(row["tenant_id"], row["id"]) for row in rows])

    async def _tell(self, tenant_id: UUID, notification_id: UUID) -> bool:
        try:
            async with tenant_scope(tenant_id) as scope:
                return await _tell_one(scope, tenant_id, notification_id)
        except Exception as error:
            # One tenant's trouble, or one notification that nobody can read, leaves the others' teams no less informed.
            log.exception("notification.not_told", notification_id=str(notification_id), error=type(error).__name__)
            await self._put_off(tenant_id, notification_id)
            return False

    async def _put_off(self, tenant_id: UUID, notification_id: UUID) -> None:
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("lock_notification", tenant_id, notification_id)
            if row is not None:
                await _later(scope, tenant_id, row)


async def _tell_one(scope: Scope, tenant_id: UUID, notification_id: UUID) -> bool:
    row = await scope.row("lock_notification", tenant_id, notification_id)
    if row is None:
        return False
    chats = [_chat(chat) for chat in await scope.rows("chats_of_team", tenant_id)]
    profile, _ = await load_profile(scope, tenant_id)
    announcement = _Announcement(scope, tenant_id, row, chats, _inbox(profile.settings.inbox))
    if await announcement.posted():
        await scope.row("notification_told", tenant_id, notification_id)
    else:
        await _later(scope, tenant_id, row)
    return True


async def _later(scope: Scope, tenant_id: UUID, row: Mapping[str, Any]) -> None:
    pause = backoff(_FIRST_PAUSE, _LONGEST_PAUSE, row["attempts"] + 1)
    await scope.row("notify_later", tenant_id, row["id"], pause)


class _Announcement:
    """One notification and the chats there are for it."""

    def __init__(
        self, scope: Scope, tenant_id: UUID, row: Mapping[str, Any], chats: Sequence[TeamChat], inbox: Inbox
    ) -> None:
        self._scope = scope
        self._tenant_id = tenant_id
        self._row = row
        self._chats = chats
        self._inbox = inbox

    async def posted(self) -> bool:
        """Whether everybody who is to see it has his post; false when nobody can be reached."""
        match NotificationKind(self._row["kind"]):
            case NotificationKind.LEAD_MESSAGE | NotificationKind.ATTENDANT_MESSAGE:
                return await self._words()
            case NotificationKind.HAND_OFF_CARD:
                return await self._card()
            case NotificationKind.TRANSFERRED:
                return await self._transferred()
            case NotificationKind.SILENT_ATTENDANT:
                return await self._silent()
            case _:
                return await self._notice(chats_for_admins(self._chats), None)

    async def _card(self) -> bool:
        scene = await self._scope.row("hand_off_scene", self._tenant_id, self._row["subject_id"])
        if scene is None or scene["returned_at"] is not None:
            return True
        chats = chats_for_cards(self._chats, self._inbox)
        for chat in chats:
            await self._put(chat, scene["conversation_id"], PostKind.CARD, self._row["subject_id"])
        return bool(chats)

    async def _words(self) -> bool:
        said = await self._scope.row("conversation_of_message", self._tenant_id, self._row["subject_id"])
        if said is None or said["status"] in {ConversationStatus.AI, ConversationStatus.CLOSED}:
            return True
        conversation_id = said["conversation_id"]
        cards = {row["chat_ref"] for row in await self._scope.rows("card_chats", self._tenant_id, conversation_id)}
        chats = chats_for_words(self._chats, self._inbox, holder=said["assignee_id"], with_card=cards)
        for chat in chats:
            await self._scope.row("put_relay", self._tenant_id, chat.id, conversation_id, said["seq"] - 1)
        if said["status"] == ConversationStatus.WAITING_HUMAN:
            # Where the words are not relayed the card shows them.
            await self._scope.rows("refresh_cards", self._tenant_id, conversation_id, [chat.id for chat in chats])
        # Nobody to show it to: the conversation waits on its card, which is told of again and again.
        return True

    async def _transferred(self) -> bool:
        """The colleague has the card and the news in his own chat; without one, the group's card says it."""
        to = UUID(str(loads(self._row["payload"])["member_id"]))
        own = [chat for chat in self._chats if chat.member_id == to]
        hand_off = await self._scope.row("open_hand_off", self._tenant_id, self._row["subject_id"])
        if hand_off is not None:
            for chat in own:
                await self._put(chat, self._row["subject_id"], PostKind.CARD, hand_off["id"])
        await self._notice(own, self._row["subject_id"])
        return True

    async def _silent(self) -> bool:
        holder = (loads(self._row["payload"]) or {}).get("member_id")
        chats = chats_for_silence(self._chats, UUID(holder) if holder else None)
        return await self._notice(chats, self._row["subject_id"])

    async def _notice(self, chats: Sequence[TeamChat], conversation_id: UUID | None) -> bool:
        payload = {
            **(loads(self._row["payload"]) or {}),
            "kind": self._row["kind"],
            "subject_id": str(self._row["subject_id"]),
        }
        for chat in chats:
            await self._put(chat, conversation_id, PostKind.NOTICE, self._row["id"], payload)
        return bool(chats)

    async def _put(
        self,
        chat: TeamChat,
        conversation_id: UUID | None,
        kind: PostKind,
        subject_id: UUID,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        text = orjson.dumps(payload or {}).decode()
        await self._scope.row("put_post", self._tenant_id, chat.id, conversation_id, kind.value, subject_id, text)


def _chat(row: Mapping[str, Any]) -> TeamChat:
    return TeamChat(
        row["id"],
        ChatKind(row["kind"]),
        row["member_id"],
        Role(row["role"]) if row["role"] else None,
        on_duty=bool(row["on_duty"]),
    )


def _inbox(setting: str) -> Inbox:
    """An inbox that this release does not know counts as not set."""
    return Inbox(setting) if setting in set(Inbox) else Inbox.AUTO
