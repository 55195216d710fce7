"""``reveza channels connect`` and its like: a tenant's accounts at the providers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import click

from app.channel_secrets import AS_IT_IS, SecretSource, secret_source
from app.database import open_live_database
from app.settings import Settings, load_settings
from channels.base import Secrets
from channels.registry import needed_secrets
from core.services.connections import ConnectedAccount, Connections, NewAccount
from core.services.sealing import Sealer
from core.services.tenants import find_tenant

ACTOR = "operator"
_from_stdin = click.option("--stdin", is_flag=True, help="Read the secrets as one JSON object from standard input.")


class _ChannelName(click.ParamType):
    """One of the channels that are there; they are looked for when a name is given, not before."""

    name = "channel"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself, if it is one."""
        known = sorted(needed_secrets())
        if value not in known:
            self.fail(f"{value!r} is none of {', '.join(known)}", param, ctx)
        return str(value)


@click.command()
@click.argument("tenant")
@click.option("--channel", type=_ChannelName(), required=True, help="The provider.")
@click.option("--account-key", required=True, help="The last part of the callback's address.")
@click.option("--external-id", required=True, help="The provider's id of the account: a phone number id.")
@click.option("--business-id", help="The provider's id of the business: a WhatsApp Business Account's.")
@_from_stdin
def connect(
    tenant: str, *, channel: str, account_key: str, external_id: str, business_id: str | None, stdin: bool
) -> None:
    """Bind a provider's account to TENANT.

    Secrets are asked for, or taken from META_APP_SECRET, META_VERIFY_TOKEN and META_ACCESS_TOKEN.
    The first two belong to the account key: one that is known already keeps its own.
    Instagram's are INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_LOGIN (instagram or facebook: the login that the
    token is of), and INSTAGRAM_APP_SECRET where the app has one for its Instagram product. INSTAGRAM_APP_IDS
    holds that product's id and the app's own: by them the app's echoes are told from a person's words.
    Z-API's are ZAPI_INSTANCE_TOKEN and, where the account has switched one on, the security token ZAPI_CLIENT_TOKEN.
    """
    secrets = secret_source(stdin=stdin)

    async def bind(connections: Connections, tenant_id: UUID) -> None:
        needed = needed_secrets()[channel]
        known = await connections.sets.is_known(channel, account_key)
        if known:
            click.echo(f"account key {account_key} is known: its credentials stay", err=True)
        verifying = {} if known else secrets.all_of(needed.of_apps) | secrets.those_given(needed.optional)
        sending = secrets.all_of(needed.account) | secrets.any_of(needed.optional_account, empty="there is none")
        new = NewAccount(
            account_key=account_key,
            channel=channel,
            external_id=external_id,
            business_id=business_id,
            credentials=verifying | needed.own_among(sending),
            secrets=sending,
        )
        account_id = await connections.connect(tenant_id, new, actor=ACTOR)
        click.echo(f"connected: {account_id}")
        click.echo(f"callback: /webhooks/{channel}/{account_key}")

    _with(tenant, bind)


@click.command()
@click.argument("tenant")
@click.argument("account")
@click.option("--keep-secrets", is_flag=True, help="Ask for no new secrets.")
@_from_stdin
def reconnect(tenant: str, account: str, *, keep_secrets: bool, stdin: bool) -> None:
    """Start ACCOUNT of TENANT again, after it was stopped or disconnected.

    ACCOUNT is the provider's id, or the one in the list. New secrets are asked for, or taken from the environment:
    an access token, and what verifies deliveries, which is new for every account behind the same account key.
    """
    if keep_secrets and stdin:
        message = "--keep-secrets and --stdin exclude each other"
        raise click.UsageError(message)
    source = secret_source(stdin=stdin)

    async def mend(connections: Connections, tenant_id: UUID) -> None:
        found = await connections.named(tenant_id, account)
        needed = None if keep_secrets else needed_secrets().get(found.channel)
        sending, verifying = _new_secrets(source, needed) if needed else ({}, {})
        await connections.reconnect(tenant_id, found.id, actor=ACTOR, secrets=sending, credentials=verifying)
        click.echo(f"active again, with {'new' if sending else 'the same'} secrets: {found.id}")
        if verifying:
            click.echo(f"deliveries are verified anew by: {', '.join(sorted(verifying))}")

    _with(tenant, mend)


def _new_secrets(source: SecretSource, needed: Secrets) -> tuple[dict[str, str], dict[str, str]]:
    """What is new for sending, and what for verifying deliveries."""
    sending = source.all_or_none_of(needed.account) or {}
    sending |= source.any_of(needed.optional_account, empty=AS_IT_IS)
    verifying = source.any_of(needed.of_apps, empty=AS_IT_IS) | source.those_given(needed.optional)
    return sending, verifying | needed.own_among(sending)


@click.command()
@click.argument("tenant")
@click.argument("account")
def disconnect(tenant: str, account: str) -> None:
    """Stop serving ACCOUNT of TENANT: nothing comes or leaves through it, and it may be bound anew."""

    async def end(connections: Connections, tenant_id: UUID) -> None:
        found = await connections.named(tenant_id, account)
        await connections.disconnect(tenant_id, found.id, actor=ACTOR)
        click.echo(f"disconnected: {found.id}")

    _with(tenant, end)


@click.command(name="list")
@click.argument("tenant")
def list_accounts(tenant: str) -> None:
    """Print TENANT's accounts, oldest first."""

    async def show(connections: Connections, tenant_id: UUID) -> None:
        found = await connections.of_tenant(tenant_id)
        for account in found:
            click.echo(_line(account))
        if not found:
            click.echo("no accounts")

    _with(tenant, show)


def _line(account: ConnectedAccount) -> str:
    reason = f"  {account.stopped_reason}" if account.stopped_reason else ""
    return f"{account.id}  {account.channel}  {account.external_id}  {account.status}{reason}"


def _with(tenant: str, work: Callable[[Connections, UUID], Awaitable[None]]) -> None:
    asyncio.run(_run(load_settings(), tenant, work))


async def _run(settings: Settings, tenant: str, work: Callable[[Connections, UUID], Awaitable[None]]) -> None:
    async with open_live_database(settings, process="cli", pool=2):
        await work(Connections(Sealer(settings.secret_keys)), await find_tenant(tenant))
