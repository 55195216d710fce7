"""``reveza demo-data``: a tenant to try everything with, bound to the emulated accounts and the emulated team."""

import asyncio
from collections.abc import Iterator, Mapping
from uuid import UUID

import click

from app import emulated
from app.database import open_live_database
from app.demo import DEMO, SLUG
from app.emulated import EmulatedAccount, EmulatedMember
from app.settings import Settings, load_settings
from core.domain.conversation import Role
from core.domain.errors import NotFound
from core.services import members
from core.services.connections import Connections, NewAccount
from core.services.members import Membership, Person
from core.services.sealing import Sealer
from core.services.team_chats import link_group
from core.services.tenants import any_tenant, create_tenant, find_tenant
from db.tenancy import tenant_scope


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there are other tenants only.")
def demo_data(if_empty: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Make the demo tenant, or what it lacks: the accounts and the team that `reveza up` emulates."""
    settings = load_settings()
    account = EmulatedAccount.named_by_environment()
    for line in asyncio.run(_make(settings, account, only_if_empty=if_empty)):
        click.echo(line)


async def _make(settings: Settings, account: EmulatedAccount, *, only_if_empty: bool) -> list[str]:
    emulators = emulated.emulators_by_environment()
    async with open_live_database(settings, process="cli", pool=2):
        tenant_id = await _known()
        if tenant_id is None and only_if_empty and await any_tenant():
            return ["there is a tenant already: nothing done"]
        done = [] if tenant_id else [f"demo tenant {DEMO.slug} made"]
        tenant_id = tenant_id or await create_tenant(DEMO)
        connections = Connections(Sealer(settings.secret_keys))
        done += await _connect(tenant_id, connections, _accounts(account, emulators))
        if "telegram" in emulators:
            done += await _staff(tenant_id)
        elif settings.telegram_bot_token:
            done += await _invite(tenant_id)
        return done or [f"demo tenant {DEMO.slug} has everything: nothing done"]


async def _known() -> UUID | None:
    try:
        return await find_tenant(SLUG)
    except NotFound:
        return None


def _accounts(account: EmulatedAccount, emulators: frozenset[str]) -> Iterator[NewAccount]:
    """The business on every channel that is emulated."""
    app = {"app_secret": account.app_secret, "verify_token": account.verify_token}
    direct = {"instagram_app_secret": account.instagram_app_secret, "app_ids": emulated.INSTAGRAM_APP_ID}
    instance = {"instance_token": account.zapi_instance_token}
    secrets: Mapping[str, Mapping[str, str]] = {
        emulated.META: {"access_token": account.access_token},
        emulated.ZAPI: instance | {"client_token": account.zapi_client_token},
        emulated.INSTAGRAM: {"access_token": account.instagram_token, "login": "instagram"},
    }
    names: Mapping[str, tuple[str, str | None, Mapping[str, str]]] = {
        emulated.META: (emulated.PHONE_NUMBER_ID, emulated.WABA_ID, app),
        emulated.ZAPI: (account.zapi_instance_id, None, instance),
        emulated.INSTAGRAM: (emulated.INSTAGRAM_ACCOUNT, None, app | direct),
    }
    for channel, (external_id, business_id, credentials) in names.items():
        if emulated.CHANNELS[channel] in emulators:
            key = emulated.ACCOUNT_KEYS[channel]
            yield NewAccount(key, channel, external_id, business_id, credentials, secrets[channel])


async def _connect(tenant_id: UUID, connections: Connections, wanted: Iterator[NewAccount]) -> list[str]:
    known = {(one.channel, one.external_id) for one in await connections.of_tenant(tenant_id)}
    missing = [one for one in wanted if (one.channel, one.external_id) not in known]
    for one in missing:
        await connections.connect(tenant_id, one, actor="operator")
    return [f"{one.channel} connected" for one in missing]


async def _staff(tenant_id: UUID) -> list[str]:
    """Everybody of the emulated team comes in, and the admin links the group."""
    here = [await _joined(tenant_id, member) for member in emulated.TEAM]
    admin = next(membership for membership, _ in here if membership.role is Role.ADMIN)
    await link_group(admin.actor, emulated.BOT_ID, emulated.GROUP_ID, emulated.GROUP_TITLE)
    came = sum(new for _, new in here)
    return [f"{came} members joined, and the group is linked"] if came else []


async def _joined(tenant_id: UUID, member: EmulatedMember) -> tuple[Membership, bool]:
    for known in await members.memberships(member.telegram_user_id):
        if known.tenant_id == tenant_id:
            return known, False
    invitation = await members.invite(tenant_id, member.role, by=None)
    return await members.join(invitation.token, Person(member.telegram_user_id, member.name)), True


async def _invite(tenant_id: UUID) -> list[str]:
    """With a real bot somebody has to come in before anybody can be asked in."""
    emulated_ids = {member.telegram_user_id for member in emulated.TEAM}
    async with tenant_scope(tenant_id) as scope:
        team = await scope.rows("team", tenant_id)
    if any(row["telegram_user_id"] not in emulated_ids for row in team):
        return []
    invitation = await members.invite(tenant_id, Role.ADMIN, by=None)
    return [f"to join the demo team as its admin, write to your bot: /start {invitation.token}"]
