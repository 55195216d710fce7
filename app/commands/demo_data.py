"""``reveza demo-data``: a tenant to try everything with, bound to the emulated account."""

import asyncio

import click

from app import emulated
from app.database import open_live_database
from app.demo import DEMO
from app.settings import Settings, load_settings
from core.services.connections import Connections, NewAccount
from core.services.sealing import Sealer
from core.services.tenants import any_tenant, create_tenant


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there is a tenant already.")
def demo_data(if_empty: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Make the demo tenant, connected to the emulated WhatsApp account of `reveza up`."""
    settings = load_settings()
    account = emulated.EmulatedAccount.named_by_environment()
    click.echo(asyncio.run(_make(settings, account, only_if_empty=if_empty)))


async def _make(settings: Settings, account: emulated.EmulatedAccount, *, only_if_empty: bool) -> str:
    async with open_live_database(settings, process="cli", pool=2):
        if only_if_empty and await any_tenant():
            return "there is a tenant already: nothing done"
        tenant_id = await create_tenant(DEMO)
        await Connections(Sealer(settings.secret_keys)).connect(tenant_id, _account(account), actor="operator")
        return f"demo tenant {DEMO.slug} made"


def _account(account: emulated.EmulatedAccount) -> NewAccount:
    return NewAccount(
        account_key=emulated.ACCOUNT_KEY,
        channel=emulated.CHANNEL,
        external_id=emulated.PHONE_NUMBER_ID,
        business_id=emulated.WABA_ID,
        credentials={"app_secret": account.app_secret, "verify_token": account.verify_token},
        secrets={"access_token": account.access_token},
    )
