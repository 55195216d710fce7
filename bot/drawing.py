"""Posts as Telegram shows them: each kind drawn from the rows as they are now, and sent."""

from typing import Any, Final
from uuid import UUID

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyParameters,
)

from bot.cards import Drawn, Viewer, draw_card
from bot.keyboards import button, keyboard
from bot.lines import Relayed, relayed
from bot.notices import draw_notice
from bot.panel import LeadOf, Panel
from bot.refusals import Refusal, refusal
from bot.sleeping import draw_woken, tells_what_woke
from bot.taking_back import take_back
from bot.taps import MessageTap
from bot.texts import Catalogs, Html, Text
from bot.ticks import REACTIONS
from bot.troubles import in_words
from bot.waiting_notices import draw_who_waits, tells_who_waits
from bot.wishes import draw_wish, tells_of_wish
from core.domain.conversation import MessageStatus
from core.domain.team import ChatKind, MessagePurpose, PostKind
from core.services import members, scenes
from core.services.post_queue import ENDED, DuePost, Shown
from core.services.scenes import SpokenLine
from core.services.waiting_scenes import LeadScene, waiting_scene, wish_scene, woken_scene

log = structlog.get_logger(__name__)

_LONGEST_TOPIC: Final = 128
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class Drawing:
    """Shows posts through one bot. Errors of Telegram are the caller's to judge."""

    def __init__(self, bot: Bot, catalogs: Catalogs, panel: Panel | None = None) -> None:
        self._bot = bot
        self._panel = panel
        self._catalogs = catalogs

    async def show(self, post: DuePost) -> Shown:
        """Bring the chat to show what the post is about, as it is now."""
        text = self._catalogs.of(post.language)
        match post.kind:
            case PostKind.CARD:
                return await self._card(post, text)
            case PostKind.RELAY:
                return await self._relay(post, text)
            case PostKind.TICK:
                return await self._tick(post, text)
            case PostKind.NOTICE:
                return await self._notice(post, text)
            case PostKind.REPLY:
                return await self._reply(post)
            case PostKind.TAKE_BACK:
                return await take_back(self._bot, post, text)

    async def _card(self, post: DuePost, text: Text) -> Shown:
        card = await scenes.load_card(post.tenant_id, post.subject_id)
        if card is None or (card.over and post.number is None):
            return Shown(shown=ENDED, messages=0)
        panel = await self._way_to(card.lead_id, post, text)
        drawn = draw_card(post.tenant_id, card, text, await self._viewer(post), panel)
        shown = ENDED if card.over else "open"
        if post.number is not None:
            counted = await self._edit(post, post.number, drawn)
            return Shown(post.number, post.thread_id, shown, messages=counted)
        thread_id = await self._topic(post, card.lead_id, card.lead)
        number = await self._send(post, drawn, thread_id=thread_id)
        return Shown(number, thread_id, shown, purpose=MessagePurpose.CARD)

    async def _relay(self, post: DuePost, text: Text) -> Shown:
        assert post.conversation_id is not None, "a relay is a conversation's"  # noqa: S101 - put_relay says so
        lines = await scenes.unrelayed(
            post.tenant_id, post.conversation_id, after_seq=post.shown_seq, chat_ref=post.chat_ref
        )
        thread = await scenes.thread_of(post.tenant_id, post.conversation_id)
        if not lines or thread is None:
            return Shown(messages=0)
        topic = await self._topic(post, thread.lead_id, thread.lead)
        who = text("relay.who", lead=thread.lead) if topic is None else None
        first = lines[0]
        message = relayed(lines, text, who, _parts_shown(post, first))
        number = await self._told(post, message, topic)
        if number is None and len(message.told) > 1:
            # Whichever of them Telegram refuses: the others are not lost with it.
            message = relayed(lines[:1], text, who)
            number = await self._told(post, message, topic)
        refused = number is None
        seq = first.seq if refused else message.told[-1].seq if message.told else post.shown_seq
        return Shown(
            number,
            topic,
            f"{message.parts}:{first.id}" if message.parts and not refused else "",
            seq=seq,
            purpose=MessagePurpose.RELAY,
            means=[line.id for line in message.told],
            again_in=0.0 if seq < lines[-1].seq or len(lines) >= scenes.RELAY_LINES else None,
        )

    async def _told(self, post: DuePost, message: Relayed, topic: int | None) -> int | None:
        """The number of the message, ``None`` where Telegram will never take it: what is behind it is shown all the same."""
        try:
            return await self._send(post, Drawn(message.html), thread_id=topic)
        except TelegramBadRequest as error:
            if refusal(error) is not Refusal.NEVER:
                raise
            log.error("relay.refused", post_id=str(post.id), conversation_id=str(post.conversation_id))  # noqa: TRY400
            return None

    async def _tick(self, post: DuePost, text: Text) -> Shown:
        state = await scenes.tick_state(post.tenant_id, post.id, post.subject_id)
        if state is None or post.number is None:
            return Shown(messages=0)
        emoji = REACTIONS.get(state.status)
        failed = state.failed_id is not None and post.shown != MessageStatus.FAILED
        if emoji is not None:
            await self._react(post, post.number, emoji)
        if failed:
            await self._tell_failure(
                post, post.number, text("tick.failed", lead=state.lead, error=in_words(state.error, text)), text
            )
        return Shown(post.number, shown=state.status, messages=int(failed))

    async def _react(self, post: DuePost, number: int, emoji: str) -> None:
        try:
            await self._bot.set_message_reaction(post.chat_id, number, [ReactionTypeEmoji(emoji=emoji)])
        except TelegramBadRequest as error:
            # The member deleted his message, or the group allows no reactions: his words went their way all the same.
            if refusal(error) is not Refusal.NEVER:
                raise

    async def _tell_failure(self, post: DuePost, number: int, html: Html, text: Text) -> None:
        tap = MessageTap.about(post.tenant_id, post.subject_id)
        drawn = Drawn(html, keyboard([[button(text.plain("button.retry"), tap)]]))
        await self._send(post, drawn, thread_id=post.thread_id, reply_to=number)

    async def _notice(self, post: DuePost, text: Text) -> Shown:
        if tells_who_waits(post.payload):
            return await self._waiting(post, text)
        if tells_what_woke(post.payload):
            return await self._woken(post, text)
        if tells_of_wish(post.payload):
            return await self._wish(post, text)
        html = await draw_notice(post.tenant_id, post.payload, text)
        if html is None:
            return Shown(messages=0)
        number = await self._send(post, Drawn(html), thread_id=post.thread_id)
        return Shown(number, purpose=MessagePurpose.VIEW if post.conversation_id else "")

    async def _waiting(self, post: DuePost, text: Text) -> Shown:
        """In the lead's topic, as an answer to the card: whoever reads it can take the lead right there."""
        scene = await waiting_scene(post.tenant_id, post.subject_of_notice, post.chat_ref)
        if scene is None:
            return Shown(messages=0)
        topic = await self._topic(post, scene.lead_id, scene.lead)
        drawn = await draw_who_waits(post, scene, text, await self._way_to(scene.lead_id, post, text))
        number = await self._send(post, drawn, thread_id=topic, reply_to=scene.card_number)
        return Shown(number, topic, purpose=MessagePurpose.VIEW)

    async def _woken(self, post: DuePost, text: Text) -> Shown:
        scene = await woken_scene(post.tenant_id, post.subject_of_notice, post.chat_ref)
        return await self._by_card(post, scene, draw_woken(post, scene, text)) if scene else Shown(messages=0)

    async def _wish(self, post: DuePost, text: Text) -> Shown:
        scene = await wish_scene(post.tenant_id, post.subject_of_notice, post.chat_ref)
        drawn = await draw_wish(post, scene, text) if scene else None
        return await self._by_card(post, scene, drawn) if scene and drawn else Shown(messages=0)

    async def _by_card(self, post: DuePost, scene: LeadScene, drawn: Drawn) -> Shown:
        """In the lead's topic, as an answer to the card if there is one."""
        topic = await self._topic(post, scene.lead_id, scene.lead)
        number = await self._send(post, drawn, thread_id=topic, reply_to=scene.card_number)
        return Shown(number, topic, purpose=MessagePurpose.VIEW)

    async def _reply(self, post: DuePost) -> Shown:
        kept = post.payload.get("keyboard")
        markup = InlineKeyboardMarkup.model_validate(kept) if kept else None
        number = await self._send(
            post,
            Drawn(Html(str(post.payload.get("html", ""))), markup),
            thread_id=post.thread_id,
            reply_to=post.payload.get("reply_to"),
            force_reply=bool(post.payload.get("force_reply")),
        )
        return Shown(number, post.thread_id, purpose=str(post.payload.get("purpose") or ""))

    async def _viewer(self, post: DuePost) -> Viewer:
        if post.chat_kind is ChatKind.GROUP:
            return Viewer(post.chat_kind, None, None, names_tenant=False)
        # A private chat has its person's number.
        several = len(await members.memberships(post.chat_id)) > 1
        return Viewer(post.chat_kind, post.member_id, post.role, names_tenant=several)

    async def _way_to(self, lead_id: UUID, post: DuePost, text: Text) -> InlineKeyboardButton | None:
        if self._panel is None:
            return None
        return await self._panel.button_to(LeadOf(post.tenant_id, lead_id), text.plain("button.panel"), post.chat_kind)

    async def _topic(self, post: DuePost, lead_id: UUID, lead: str) -> int | None:
        """The lead's topic in a group; in a group without topics there is none."""
        if post.chat_kind is not ChatKind.GROUP:
            return None
        known = await scenes.topic_of_lead(post.tenant_id, post.chat_ref, lead_id)
        if known is not None:
            return known
        try:
            made = await self._bot.create_forum_topic(post.chat_id, lead[:_LONGEST_TOPIC])
        except TelegramBadRequest as error:
            if refusal(error) is Refusal.NEVER:
                return None  # no topics there, or the bot may not make any: the team gets it in the group itself
            raise
        return await scenes.keep_topic(post.tenant_id, post.chat_ref, lead_id, made.message_thread_id)

    async def _send(
        self,
        post: DuePost,
        drawn: Drawn,
        *,
        thread_id: int | None,
        reply_to: Any = None,
        force_reply: bool = False,
    ) -> int:
        reply = ReplyParameters(message_id=int(reply_to), allow_sending_without_reply=True) if reply_to else None
        markup = ForceReply(selective=True) if force_reply else drawn.keyboard
        sent = await self._bot.send_message(
            post.chat_id,
            drawn.html,
            message_thread_id=thread_id,
            parse_mode="HTML",
            link_preview_options=_NO_PREVIEW,
            reply_parameters=reply,
            reply_markup=markup,
        )
        return sent.message_id

    async def _edit(self, post: DuePost, number: int, drawn: Drawn) -> int:
        """How many messages Telegram counted."""
        try:
            await self._bot.edit_message_text(
                drawn.html,
                chat_id=post.chat_id,
                message_id=number,
                parse_mode="HTML",
                link_preview_options=_NO_PREVIEW,
                reply_markup=drawn.keyboard,
            )
        except TelegramBadRequest as error:
            if refusal(error) is not Refusal.UNCHANGED:
                raise
        return 1


def _parts_shown(post: DuePost, line: SpokenLine) -> int:
    """How many messages of this line, longer than one, are in the chat already."""
    parts, _, line_id = post.shown.partition(":")
    return int(parts) if line_id == str(line.id) else 0
