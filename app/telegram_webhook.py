"""The web process's part of the team's bot: apart from the rest, whose library is larger than the whole web process."""

from app.settings import Settings
from bot.webhook import TelegramWebhook
from core.services.update_inbox import UpdateInbox


def telegram_webhook(settings: Settings) -> TelegramWebhook | None:
    """The web process's part, where updates are brought."""
    if not (settings.telegram_bot_token and settings.telegram_webhook_url):
        return None
    bot_id = settings.telegram_bot_id
    return TelegramWebhook(bot_id, settings.telegram_webhook_secrets, UpdateInbox(bot_id))
