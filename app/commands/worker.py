"""``reveza worker``: the worker process."""

import click

from app.logging import configure_logging
from app.settings import load_settings
from app.supervised import watch_supervisor
from app.worker import run_worker_process


@click.command()
def worker() -> None:
    """Run the worker process."""
    settings = load_settings()
    configure_logging(level=settings.log_level, form=settings.log_format, details=settings.env == "development")
    watch_supervisor()
    run_worker_process(settings)
