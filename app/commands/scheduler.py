"""``reveza scheduler``: the scheduler process."""

import click

from app.logging import configure_logging
from app.scheduler import run_scheduler_process
from app.settings import load_settings
from app.supervised import watch_supervisor


@click.command()
def scheduler() -> None:
    """Run the scheduler process."""
    settings = load_settings()
    configure_logging(level=settings.log_level, form=settings.log_format, details=settings.env == "development")
    watch_supervisor()
    run_scheduler_process(settings)
