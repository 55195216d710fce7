"""``reveza web``: the web process."""

import click

from app.logging import configure_logging
from app.settings import load_settings
from app.supervised import watch_supervisor
from app.web import run_web


@click.command()
@click.option("--host", help="Where to listen (default: WEB_HOST).")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port (default: WEB_PORT); several processes may share it."
)
def web(host: str | None, port: int | None) -> None:
    """Run the web process: channels' webhooks, health, metrics."""
    settings = load_settings()
    chosen = {name: value for name, value in (("web_host", host), ("web_port", port)) if value is not None}
    settings = settings.model_copy(update=chosen)
    configure_logging(level=settings.log_level, form=settings.log_format, details=settings.env == "development")
    watch_supervisor()
    run_web(settings)
