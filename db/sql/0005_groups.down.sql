DROP INDEX telegram_chats_group;
