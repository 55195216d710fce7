"""Changing what stands: edits, deletions, pins, reactions and answers to taps."""

from sandbox.eventlog import EventLog
from sandbox.telegram.calls import Call, Methods
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.errors import refuse, refuse_stale_query, refuse_unmodified
from sandbox.telegram.keyboards import inline_only
from sandbox.telegram.params import Params
from sandbox.telegram.places import Places, may
from sandbox.telegram.posting import Posting
from sandbox.telegram.reactions import chosen_reactions
from sandbox.telegram.sending import caption, message_text
from sandbox.telegram.state import TelegramState
from sandbox.wire import JsonObject

DELETABLE_SECONDS = 48 * 3600
ANSWER_LIMIT = 200


class Editing:
    """Methods on messages that exist."""

    def __init__(self, state: TelegramState, places: Places, posting: Posting, log: EventLog) -> None:
        self._state = state
        self._places = places
        self._posting = posting
        self._log = log

    def add_methods(self, methods: Methods) -> None:
        """Put the methods into the table."""
        methods.add(
            editMessageText=self._text,
            editMessageCaption=self._caption,
            editMessageReplyMarkup=self._markup,
            deleteMessage=self._delete,
            deleteMessages=self._delete_many,
            pinChatMessage=self._pin,
            unpinChatMessage=self._unpin,
            setMessageReaction=self._react,
            answerCallbackQuery=self._answer,
        )

    def _own(self, call: Call) -> tuple[Chat, Message]:
        chat = self._places.sendable(call)
        if not call.params.given("message_id"):
            refuse("message identifier is not specified")
        message = self._places.message(call, chat, "edit")
        if message.sender.id != call.account.id or message.is_service or message.origin is not None:
            refuse("message can't be edited")
        return chat, message

    async def _text(self, call: Call) -> JsonObject:
        chat, message = self._own(call)
        content = message_text(call.params).fields()
        if "text" not in message.content:
            refuse("there is no text in the message to edit")
        kept = {key: value for key, value in message.content.items() if key == "link_preview_options"}
        options = call.params.record("link_preview_options")
        kept |= {"link_preview_options": options} if options else {}
        return self._change(chat, message, content | kept, inline_only(call.params, chat))

    async def _caption(self, call: Call) -> JsonObject:
        chat, message = self._own(call)
        if "text" in message.content:
            refuse("there is no caption in the message to edit")
        kept = {key: value for key, value in message.content.items() if not key.startswith("caption")}
        return self._change(chat, message, kept | caption(call.params), inline_only(call.params, chat))

    async def _markup(self, call: Call) -> JsonObject:
        chat, message = self._own(call)
        return self._change(chat, message, message.content, inline_only(call.params, chat))

    def _change(self, chat: Chat, message: Message, content: JsonObject, markup: JsonObject | None) -> JsonObject:
        if (content, markup) == (message.content, message.markup):
            refuse_unmodified()
        message.content, message.markup, message.edited = content, markup, int(self._state.now())
        self._posting.edited(chat, message)
        return chat.message_json(message)

    async def _delete(self, call: Call) -> bool:
        chat = self._places.sendable(call)
        message = self._places.message(call, chat, "delete")
        if not self._deletable(call, chat, message):
            refuse("message can't be deleted")
        self._posting.remove(chat, [message.message_id], call.account.person)
        return True

    async def _delete_many(self, call: Call) -> bool:
        chat = self._places.sendable(call)
        wanted = [chat.messages.get(item) for item in call.params.array("message_ids") if isinstance(item, int)]
        found = [message for message in wanted if message is not None and self._deletable(call, chat, message)]
        self._posting.remove(chat, [message.message_id for message in found], call.account.person)
        return True

    def _deletable(self, call: Call, chat: Chat, message: Message) -> bool:
        young = self._state.now() - message.date < DELETABLE_SECONDS
        if "forum_topic_created" in message.content or "migrate_from_chat_id" in message.content:
            return False
        if may(chat, call.account, "can_delete_messages") and not chat.is_private:
            return young or chat.type == "supergroup"
        return young and (chat.is_private or message.sender.id == call.account.id)

    def _pinnable(self, call: Call) -> Chat:
        chat = self._places.sendable(call)
        if not may(chat, call.account, "can_pin_messages"):
            refuse("not enough rights to manage pinned messages in the chat")
        return chat

    async def _pin(self, call: Call) -> bool:
        chat = self._pinnable(call)
        message = self._places.message(call, chat, "pin")
        if message.is_service:
            refuse("message can't be pinned")
        if message.message_id not in chat.pinned:
            chat.pinned.append(message.message_id)
            content: JsonObject = {"pinned_message": chat.message_json(message, nested=True)}
            where = (message.thread_id, message.in_topic)
            self._posting.add(chat, call.account.person, content, thread_id=where[0], in_topic=where[1])
        return True

    async def _unpin(self, call: Call) -> bool:
        chat = self._pinnable(call)
        wanted = call.params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
        if wanted not in chat.pinned:
            refuse("message to unpin not found")
        chat.pinned.remove(wanted)
        self._state.touch(chat)
        return True

    async def _react(self, call: Call) -> bool:
        chat = self._places.sendable(call)
        message = self._places.message(call, chat, "react")
        reactions = chosen_reactions(call.params)
        if message.is_service:
            refuse("message can't be reacted to")
        if reactions:
            message.reactions[call.account.id] = reactions
        else:
            message.reactions.pop(call.account.id, None)
        emoji = [reaction.get("emoji") for reaction in reactions]
        where: JsonObject = {"chat_id": chat.id, "message_id": message.message_id, "thread_id": message.thread_id}
        self._log.write("telegram_reacted", by=call.account.id, by_bot=True, emoji=emoji, **where)
        self._state.touch(chat)
        return True

    async def _answer(self, call: Call) -> bool:
        tap = self._state.taps.get(call.params.text("callback_query_id"))
        if tap is None or tap.bot_id != call.account.id or tap.answer is not None:
            refuse_stale_query()
        if self._state.now() - tap.at > self._state.settings.callback_s:
            refuse_stale_query()
        tap.answer = _shown(call.params)
        self._log.write("telegram_tap_answered", tap=tap.id, **tap.answer)
        self._state.touch(tap.chat)
        return True


def _shown(params: Params) -> JsonObject:
    text = params.text("text")
    if len(text) > ANSWER_LIMIT:
        refuse("MESSAGE_TOO_LONG")
    return {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
