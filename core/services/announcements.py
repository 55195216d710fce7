"""What the team is to be told, as posts in the chats where it can be reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime
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
    chats_for_escalation,
    chats_for_silence,
    chats_for_words,
)
from core.services.tenant_deletion import REMINDED_BEFORE
from core.services.tenants import load_profile
from db.json import loads
from db.tenancy import Scope, platform_scope, tenant_scope

log = structlog.get_logger(__name__)

_FIRST_PAUSE: Final = 30.0
_LONGEST_PAUSE: Final = 3600.0
"""So often at last a team that cannot be reached is looked at again; whoever comes is told at once."""


_LETTERS_APART: Final = 3600.0
"""Seconds between two alerts about one kind of dead letters: when a provider is away, hundreds may come in a minute."""


class _NotYet(Exception):
    """The team is told in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


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
    try:
        posted = await announcement.posted()
    except _NotYet as wait:
        await scope.row("put_off_alert", tenant_id, notification_id, wait.seconds)
        return True
    if posted:
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
        tellings = {
            NotificationKind.LEAD_MESSAGE: self._words,
            NotificationKind.ATTENDANT_MESSAGE: self._words,
            NotificationKind.HAND_OFF_CARD: self._card,
            NotificationKind.TRANSFERRED: self._transferred,
            NotificationKind.SILENT_ATTENDANT: self._silent,
            NotificationKind.WAITING_REMINDER: self._reminder,
            NotificationKind.WAITING_ESCALATED: self._escalation,
            NotificationKind.WOKEN: self._woken,
            NotificationKind.WISH_HEARD: self._wish,
            NotificationKind.DEAD_LETTER: self._dead_letter,
            NotificationKind.TENANT_DELETION: self._deletion,
            NotificationKind.TENANT_DELETION_NEAR: self._deletion_near,
            NotificationKind.REPLIES_BLOCKED: self._replies_blocked,
        }
        telling = tellings.get(NotificationKind(self._row["kind"]))
        return await (telling() if telling else self._notice(chats_for_admins(self._chats), None))

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

    async def _reminder(self) -> bool:
        waits = await self._who_waits()
        return waits is None or await self._notice(chats_for_cards(self._chats, self._inbox), waits)

    async def _escalation(self) -> bool:
        waits = await self._who_waits()
        if waits is None:
            return True
        unheard = await self._scope.rows("leaders_unheard", self._tenant_id)
        chats = chats_for_escalation(self._chats, unheard=bool(unheard))
        return await self._notice(chats, waits, named=[str(row["id"]) for row in unheard])

    async def _woken(self) -> bool:
        return await self._to_whoever_has_it("woken_scene")

    async def _wish(self) -> bool:
        return await self._to_whoever_has_it("wish_scene")

    async def _to_whoever_has_it(self, scene_of: str) -> bool:
        """Told where he sees what is said in the conversation; of what nobody has, where cards are."""
        conversation_id = self._row["subject_id"]
        scene = await self._scope.row(scene_of, self._tenant_id, conversation_id, None)
        if scene is None:
            return True
        cards = {row["chat_ref"] for row in await self._scope.rows("card_chats", self._tenant_id, conversation_id)}
        holder = scene["assignee_id"]
        chats = chats_for_words(self._chats, self._inbox, holder=holder, with_card=cards)
        return await self._notice(chats or chats_for_cards(self._chats, self._inbox), conversation_id)

    async def _replies_blocked(self) -> bool:
        """Of a lead: so that it goes from the chats when he is forgotten."""
        return await self._notice(chats_for_admins(self._chats), self._row["subject_id"])

    async def _who_waits(self) -> UUID | None:
        """The conversation of a hand-off that nobody has taken yet; nobody is told of who waits no more."""
        scene = await self._scope.row("hand_off_scene", self._tenant_id, self._row["subject_id"])
        if scene is None or scene["returned_at"] is not None or scene["status"] != ConversationStatus.WAITING_HUMAN:
            return None
        return UUID(str(scene["conversation_id"]))

    async def _dead_letter(self) -> bool:
        """The first of a kind is told at once, and whatever follows within the hour together at its end."""
        letter = await self._scope.row("kind_of_letter", self._tenant_id, self._row["subject_id"])
        chats = chats_for_admins(self._chats)
        if letter is None:
            return await self._notice(chats, None)
        if not letter["open"]:
            return True
        kind = letter["kind"]
        await self._scope.row("letter_alert_turn", self._tenant_id, kind)
        told = await self._scope.row("letter_alerted", self._tenant_id, kind, _LETTERS_APART)
        if told is not None:
            raise _NotYet(told["again_in"])
        if not chats:
            return False
        folded = await self._scope.rows("fold_letter_alerts", self._tenant_id, self._row["id"], kind)
        await self._scope.row("letter_alert_kept", self._tenant_id, self._row["id"], kind)
        return await self._notice(chats, None, letter_kind=kind, count=1 + len(folded))

    async def _deletion(self) -> bool:
        """Only while that very deletion stands; what was taken back, or put off, was told by itself."""
        standing = await self._deletion_standing()
        return standing is None or await self._notice(chats_for_admins(self._chats), None)

    async def _deletion_near(self) -> bool:
        """The same, and not before its time, though whoever comes has all told that waits."""
        standing = await self._deletion_standing()
        if standing is not None and standing > 0:
            raise _NotYet(standing)
        return await self._deletion()

    async def _deletion_standing(self) -> float | None:
        due = datetime.fromisoformat(str(loads(self._row["payload"])["due"]))
        row = await self._scope.row("deletion_standing", self._tenant_id, due, REMINDED_BEFORE)
        return row["early"] if row else None

    async def _notice(self, chats: Sequence[TeamChat], conversation_id: UUID | None, **more: object) -> bool:
        payload = {
            **(loads(self._row["payload"]) or {}),
            **more,
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
