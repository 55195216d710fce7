"""``reveza tenants``: the businesses of this installation."""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import click
from aiogram.exceptions import AiogramError
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.commands.tenant_usage import leads, usage
from app.database import open_live_database
from app.provider_session import provider_session
from app.settings import Settings, load_settings
from app.telegram import open_bot
from bot.links import link_of_invitation
from channels.registry import build_channels
from core.domain.conversation import Role
from core.domain.errors import BadRequest
from core.domain.plans import Plan
from core.services import members
from core.services.plans import put_on_plan
from core.services.suspension import Returned, resume, suspend
from core.services.tenant_deletion import USUAL_DAYS, announce_deletion
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
@click.option("--plan", default="starter", show_default=True, help="What it pays for: see `reveza plan list`.")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: {"settings": {"persona", "business", …}, "knowledge": [{"title", "content"}, …]}.',
)
def create(slug: str, *, name: str, timezone: str, locale: str, plan: str, file: Path | None) -> None:
    """Make the tenant SLUG: a short name of small letters, digits and hyphens, by which commands call it."""
    described = _described(file)
    new = NewTenant(
        slug=slug,
        name=name,
        settings=described.settings,
        timezone=timezone,
        locale=locale,
        plan=plan,
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


@tenants.command(name="plan")
@click.argument("slug")
@click.argument("key")
def put_on(slug: str, key: str) -> None:
    """Put the tenant SLUG on the plan KEY, from this month on."""

    async def run() -> Plan:
        async with open_live_database(load_settings(), process="cli", pool=2):
            return await put_on_plan(await find_tenant(slug), key)

    plan = asyncio.run(run())
    click.echo(f"{slug} is on {plan.name}: {plan.leads} leads a month, {plan.attendants} people in the team")


@tenants.command(name="suspend")
@click.argument("slug")
def stop(slug: str) -> None:
    """Stop the AI of the tenant SLUG: what leads write is kept, nobody is answered until it is resumed."""

    async def run() -> bool:
        async with open_live_database(load_settings(), process="cli", pool=2):
            return await suspend(await find_tenant(slug))

    click.echo(f"{slug} is suspended" if asyncio.run(run()) else f"{slug} was suspended already")


@tenants.command(name="resume")
@click.argument("slug")
def go_on(slug: str) -> None:
    """Let the tenant SLUG go on: those who waited are answered, from where they stand."""
    settings = load_settings()

    async def run() -> Returned | None:
        async with provider_session() as session, open_live_database(settings, process="cli", pool=2):
            channels = build_channels(session, settings.channel_settings)
            windows = {name: channel.capabilities.window for name, channel in channels.items()}
            return await resume(await find_tenant(slug), windows)

    back = asyncio.run(run())
    if back is None:
        click.echo(f"{slug} was not suspended")
    else:
        click.echo(f"{slug} goes on: {back.answered} conversations to answer, {back.left_to_people} left to the team")


@tenants.command(name="delete")
@click.argument("slug")
@click.option("--days", type=int, default=USUAL_DAYS, show_default=True, help="Until then it can come back.")
@click.option("--type-name", "typed", prompt="Type the short name of the business to be deleted")
def delete(slug: str, *, days: int, typed: str) -> None:
    """Suspend the tenant SLUG now, and delete all of it after some days; until then `tenants resume` brings it back."""
    if typed != slug:
        message = f"{typed!r} is not {slug!r}: nothing was done"
        raise BadRequest(message)

    async def run() -> datetime:
        async with open_live_database(load_settings(), process="cli", pool=2):
            return await announce_deletion(await find_tenant(slug), days=days)

    due = asyncio.run(run())
    click.echo(
        f"{slug} is suspended, and goes on {due:%Y-%m-%d %H:%M} UTC for good; `reveza tenants resume {slug}` before that"
    )


tenants.add_command(usage)
tenants.add_command(leads)


async def _way_in(settings: Settings, token: str) -> str:
    """A link; where Telegram does not tell the bot's name, what to write to it."""
    if settings.telegram_bot_token:
        async with open_bot(settings) as bot:
            with suppress(AiogramError):
                return link_of_invitation((await bot.me()).username or "", token)
    return f"to be written to the bot: /start {token}"


@tenants.command(name="list")
def list_all() -> None:
    """Print every tenant: short name, state, plan, name."""

    async def run() -> None:
        async with open_live_database(load_settings(), process="cli", pool=2):
            found = await list_tenants()
        for one in found:
            goes = f"  to be deleted on {one.deletion_due_at:%Y-%m-%d}" if one.deletion_due_at else ""
            click.echo(f"{one.slug}  {one.status}  {one.plan}  {one.name}{goes}")
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
