"""The Telegram Bot API as Telegram serves it: methods, updates by polling and webhook, and people who use the chats."""
