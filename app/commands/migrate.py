"""``reveza migrate``: brings the database up to date."""

import asyncio

import asyncpg
import click

from app.settings import Settings, load_settings
from core.domain.errors import ConfigurationError
from db.migrate import LOGIN_ROLES, MigrationPlan, known_migrations
from db.migrate import migrate as run

NOTHING = "zero"
"""The target that takes every migration back."""
_MENDS: tuple[tuple[type[BaseException], str], ...] = (
    (asyncpg.InvalidAuthorizationSpecificationError, "the server does not accept its user and password"),
    (asyncpg.InvalidCatalogNameError, "the server has no such database; create it with that user as its owner"),
    (asyncpg.InsufficientPrivilegeError, "its user must own the database and may need CREATEROLE to make the roles"),
    (asyncpg.CannotConnectNowError, "the server is starting or stopping; try again"),
    (asyncpg.TooManyConnectionsError, "the server has no connection left; try again or raise max_connections"),
    (OSError, "nothing answers there; is the server running, and are host and port right?"),
)


@click.command()
@click.option("--target", help=f"A migration's name to go up or down to, or {NOTHING!r} (default: the newest).")
def migrate(target: str | None) -> None:
    """Make the roles and bring the database up to date; safe to run at any time, also twice at once."""
    _check(target)
    settings = load_settings()
    try:
        asyncio.run(run(plan_of(settings), target=target))
    except tuple(kind for kind, _ in _MENDS) as error:
        message = f"DATABASE_URL: {_mend(error)} ({error})"
        raise ConfigurationError(message) from error
    click.echo("the database is up to date" if target is None else f"the database is at {target}")


def plan_of(settings: Settings) -> MigrationPlan:
    """The migrator's plan in these settings."""
    passwords = {role: settings.role_password(role) for role in LOGIN_ROLES}
    return MigrationPlan(settings.database_url, settings.role_prefix, passwords)


def _check(target: str | None) -> None:
    known = [NOTHING, *known_migrations()]
    if target is not None and target not in known:
        message = f"there is no migration {target!r}; there are: {', '.join(known)}"
        raise click.BadParameter(message, param_hint="--target")


def _mend(error: BaseException) -> str:
    return next(mend for kind, mend in _MENDS if isinstance(error, kind))
