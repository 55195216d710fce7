"""``reveza migrate``: brings the database up to date."""

import asyncio

import asyncpg
import click

from app.settings import Settings, load_settings
from core.domain.errors import ConfigurationError
from db.migrate import LOGIN_ROLES, MigrationPlan
from db.migrate import migrate as run


@click.command()
@click.option("--target", help="A migration's name to go up or down to (default: the newest).")
def migrate(target: str | None) -> None:
    """Make the roles and bring the database up to date; safe to run at any time, also twice at once."""
    settings = load_settings()
    try:
        asyncio.run(run(plan_of(settings), target=target))
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        message = f"DATABASE_URL: the database cannot be migrated ({error}); check that it runs and that its user owns it"
        raise ConfigurationError(message) from error
    click.echo("the database is up to date" if target is None else f"the database is at {target}")


def plan_of(settings: Settings) -> MigrationPlan:
    """The migrator's plan in these settings."""
    passwords = {role: settings.role_password(role) for role in LOGIN_ROLES}
    return MigrationPlan(settings.database_url, settings.role_prefix, passwords)
