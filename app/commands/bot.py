"""``reveza bot``: the bot's process."""

import click

from app.logging import configure_logging
from app.settings import load_settings
from app.supervised import watch_supervisor
from app.telegram_types import import_aiogram


@click.command()
def bot() -> None:
    """Run the team's bot: ask Telegram for updates, process them, show the team what is due."""
    import_aiogram()
    from app.bot import run_bot_process  # noqa: PLC0415 - not before aiogram is imported as it is here

    settings = load_settings()
    configure_logging(level=settings.log_level, form=settings.log_format, details=settings.env == "development")
    watch_supervisor()
    run_bot_process(settings)
