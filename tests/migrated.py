"""One database that is migrated once a test process, since nothing that tests prepare costs as much; all others are copies of it.

Roles belong to the server, which is the test process's own: so the copies share them too, with the passwords that every process
of an installation with this key derives.
"""

import base64
from typing import Final

from app.settings import Settings
from db.migrate import LOGIN_ROLES, LoginRole, MigrationPlan, migrate
from tests.conftest import Databases

KEY: Final = bytes(range(32))
SECRET_KEY: Final = base64.b64encode(KEY).decode()
ROLE_PREFIX: Final = "rt"


def settings_for(database_url: str, redis_url: str, **more: object) -> Settings:
    """What a process of the installation would read from its environment."""
    known = {
        "database_url": database_url,
        "redis_url": redis_url,
        "secret_key": SECRET_KEY,
        "chosen_role_prefix": ROLE_PREFIX,
    }
    return Settings.model_validate({**known, **more})


def role_password(role: LoginRole) -> str:
    """What that role signs in with."""
    return settings_for("postgresql://127.0.0.1/reveza", "redis://127.0.0.1/0").role_password(role)


def bare_template(databases: Databases) -> str:
    """The name of the database without rows; nobody may stay connected to it."""

    async def make() -> str:
        name = await databases.create()
        passwords = {role: role_password(role) for role in LOGIN_ROLES}
        await migrate(MigrationPlan(databases.url(name), ROLE_PREFIX, passwords))
        return name

    return databases.template("bare", make)
