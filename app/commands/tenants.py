"""``reveza tenants``: the businesses of this installation."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import click
from aiogram.exceptions import AiogramError
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.database import open_live_database
from app.settings import Settings, load_settings
from app.telegram import open_bot
from core.domain.conversation import Role
from core.domain.errors import BadRequest
from core.services import members
from core.services.tenants import NewTenant, create_tenant, find_tenant, list_tenants

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Entry(BaseModel):
    """One thing the AI may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Words
    content: _Words


class Description(BaseModel):
    """A business as a file describes it; ``settings`` are checked where they are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    settings: dict[str, Any] = {}
    knowledge: tuple[Entry, ...] = ()


@click.group()
def tenants() -> None:
    """Make or list the businesses of this installation; let people into their teams."""


@tenants.command()
@click.argument("slug")
@click.option("--name", required=True, help="What the business is called.")
@click.option("--timezone", default="America/Sao_Paulo", show_default=True, help="Where its days begin and end.")
@click.option("--locale", default="pt-BR", show_default=True, help="The language of its standing messages.")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: {"settings": {"persona", "business", …}, "knowledge": [{"title", "content"}, …]}.',
)
def create(slug: str, *, name: str, timezone: str, locale: str, file: Path | None) -> None:
    """Make the tenant SLUG: a short name of small letters, digits and hyphens, by which commands call it."""
    described = _described(file)
    new = NewTenant(
        slug=slug,
        name=name,
        settings=described.settings,
        timezone=timezone,
        locale=locale,
        knowledge=tuple((entry.title, entry.content) for entry in described.knowledge),
    )

    async def run() -> None:
        async with open_live_database(load_settings(), process="cli", pool=2):
            click.echo(f"made: {await create_tenant(new)}")

    asyncio.run(run())


@tenants.command()
@click.argument("slug")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMIN.value, show_default=True)
def invite(slug: str, *, role: str) -> None:
    """Let one person into the team of the tenant SLUG: a link to the bot that works once."""
    settings = load_settings()

    async def run() -> str:
        async with open_live_database(settings, process="cli", pool=2):
            invitation = await members.invite(await find_tenant(slug), Role(role), by=None)
        return f"{await _way_in(settings, invitation.token)}\nfor one {role}, until {invitation.expires_at:%Y-%m-%d}"

    click.echo(asyncio.run(run()))


async def _way_in(settings: Settings, token: str) -> str:
    """A link; where Telegram does not tell the bot's name, what to write to it."""
    if settings.telegram_bot_token:
        async with open_bot(settings) as bot:
            with suppress(AiogramError):
                return f"https://t.me/{(await bot.me()).username}?start={token}"
    return f"to be written to the bot: /start {token}"


@tenants.command(name="list")
def list_all() -> None:
    """Print every tenant: short name, state, plan, name."""

    async def run() -> None:
        async with open_live_database(load_settings(), process="cli", pool=2):
            found = await list_tenants()
        for one in found:
            click.echo(f"{one.slug}  {one.status}  {one.plan}  {one.name}")
        if not found:
            click.echo("no tenants")

    asyncio.run(run())


def _described(file: Path | None) -> Description:
    if file is None:
        return Description()
    try:
        return Description.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        message = f"{file}: {place}: {first['msg']}"
        raise BadRequest(message) from error
