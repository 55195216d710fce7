-- A group is one business's: of two that link it at once the first has it. Private chats are everyone's whose person it is.
CREATE UNIQUE INDEX telegram_chats_group ON telegram_chats (bot_id, chat_id) WHERE kind = 'group';
