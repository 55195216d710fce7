"""Connecting providers' accounts to tenants: once, and again after something went wrong."""

from dataclasses import replace
from uuid import UUID

import pytest

from core.domain.errors import BadRequest, Conflict, NotFound
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN
from core.services.connections import Connections, NewAccount
from core.services.tenant_keys import TenantKeys
from core.services.tenants import NewTenant, create_tenant
from tests.integration.services.desk import Desk

ACCOUNT = NewAccount("key", "meta_whatsapp", "900", "waba", {"app_secret": "s"}, {"access_token": "t"})
ACTOR = "operator"


@pytest.fixture
def connections(desk: Desk) -> Connections:
    """The use cases."""
    return Connections(desk.sealer)


@pytest.fixture
async def tenant(desk: Desk) -> UUID:
    """A business without accounts."""
    return await create_tenant(NewTenant("loja", "Loja"))


async def connected(connections: Connections, tenant: UUID, new: NewAccount = ACCOUNT) -> UUID:
    """Its account."""
    return await connections.connect(tenant, new, actor=ACTOR)


async def secrets(desk: Desk, tenant: UUID, account: UUID) -> object:
    """What sending through the account uses."""
    sealed = await desk.value("SELECT sealed FROM channel_accounts WHERE id = $1", account)
    return await TenantKeys(desk.sealer).open(tenant, sealed, column=SECRETS_COLUMN)


async def test_an_accounts_secrets_are_sealed(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """What is stored opens for this tenant, and holds no token in clear."""
    assert await secrets(desk, tenant, await connected(connections, tenant)) == {"access_token": "t"}


async def test_an_account_is_bound_once(connections: Connections, tenant: UUID) -> None:
    """A second tenant cannot bind the account of the first."""
    await connected(connections, tenant)
    with pytest.raises(Conflict):
        await connected(connections, await create_tenant(NewTenant("outra", "Outra")))


async def test_two_accounts_share_a_key(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """Two numbers of one app stand under one set of credentials; the second needs none."""
    await connected(connections, tenant)
    assert await connections.sets.is_known("meta_whatsapp", "key")
    await connected(connections, tenant, replace(ACCOUNT, external_id="901", credentials={}))
    assert await desk.value("SELECT count(*) FROM credential_sets WHERE account_key = 'key'") == 1


async def test_a_keys_credentials_stay(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """A second account cannot change what verifies the deliveries of the first."""
    await connected(connections, tenant)
    await connected(connections, tenant, replace(ACCOUNT, external_id="901", credentials={"app_secret": "other"}))
    row = await desk.rows("SELECT id, sealed FROM credential_sets WHERE account_key = 'key'")
    assert desk.sealer.open(row[0][1], owner=row[0][0], column=CREDENTIALS_COLUMN) == {"app_secret": "s"}


async def test_a_key_of_another_channel_is_taken(connections: Connections, tenant: UUID) -> None:
    """An account key belongs to one channel."""
    await connected(connections, tenant)
    with pytest.raises(Conflict, match="key"):
        await connected(connections, tenant, replace(ACCOUNT, channel="instagram", external_id="901"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_key": "a/b"},
        {"account_key": ""},
        {"external_id": ""},
        {"credentials": {}},
        {"credentials": {"app_secret": ""}},
        {"secrets": {}},
        {"secrets": {"access_token": ""}},
    ],
)
async def test_what_is_missing_connects_nothing(
    desk: Desk, connections: Connections, tenant: UUID, wrong: dict[str, object]
) -> None:
    """No account that could never work is stored."""
    with pytest.raises(BadRequest):
        await connected(connections, tenant, replace(ACCOUNT, **wrong))  # type: ignore[arg-type] # wrong on purpose
    assert await desk.value("SELECT count(*) FROM channel_accounts WHERE tenant_id = $1", tenant) == 0


async def test_a_stopped_account_starts_again(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """Active, no reason, and the new token."""
    account = await connected(connections, tenant)
    await desk.run(
        "UPDATE channel_accounts SET status = 'stopped', stopped_reason = '190: expired' WHERE id = $1", account
    )
    await connections.reconnect(tenant, account, actor=ACTOR, secrets={"access_token": "new"})
    rows = await desk.rows("SELECT status, stopped_reason FROM channel_accounts WHERE id = $1", account)
    assert rows == [("active", None)]
    assert await secrets(desk, tenant, account) == {"access_token": "new"}


async def test_a_reconnected_account_sends(desk: Desk, connections: Connections) -> None:
    """What waited behind a stopped account leaves after it is mended."""
    await desk.run("UPDATE channel_accounts SET status = 'stopped'")
    await desk.queued()
    await connections.reconnect(desk.thread.tenant_id, desk.thread.account_id, actor=ACTOR)
    await desk.deliverer.run(desk.ref)
    assert await desk.value("SELECT status FROM messages WHERE direction = 'out'") == "sent"


async def test_without_new_secrets_the_old_ones_stay(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """A permission mended at the provider needs no new token."""
    account = await connected(connections, tenant)
    await connections.reconnect(tenant, account, actor=ACTOR)
    assert await secrets(desk, tenant, account) == {"access_token": "t"}


async def test_another_tenants_account_is_not_reconnected(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """Nor disconnected: to this tenant it does not exist."""
    account = await connected(connections, tenant)
    other = await create_tenant(NewTenant("outra", "Outra"))
    with pytest.raises(NotFound):
        await connections.reconnect(other, account, actor=ACTOR, secrets={"access_token": "theirs"})
    with pytest.raises(NotFound):
        await connections.disconnect(other, account, actor=ACTOR)
    assert await secrets(desk, tenant, account) == {"access_token": "t"}


async def test_a_disconnected_number_is_bound_anew(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """By another tenant, too; deliveries lead to the new one."""
    await connections.disconnect(tenant, await connected(connections, tenant), actor=ACTOR)
    other = await create_tenant(NewTenant("outra", "Outra"))
    await connected(connections, other)
    bound = "SELECT tenant_id FROM channel_accounts WHERE external_id = '900' AND status <> 'disconnected'"
    assert await desk.rows(bound) == [(other,)]


async def test_a_number_bound_anew_does_not_come_back(connections: Connections, tenant: UUID) -> None:
    """Reconnecting it would lead its deliveries to two tenants."""
    account = await connected(connections, tenant)
    await connections.disconnect(tenant, account, actor=ACTOR)
    await connected(connections, await create_tenant(NewTenant("outra", "Outra")))
    with pytest.raises(Conflict, match="anew"):
        await connections.reconnect(tenant, account, actor=ACTOR)


async def test_a_disconnected_account_comes_back(connections: Connections, tenant: UUID) -> None:
    """With the same id, so that its conversations go on."""
    account = await connected(connections, tenant)
    await connections.disconnect(tenant, account, actor=ACTOR)
    await connections.reconnect(tenant, account, actor=ACTOR)
    assert [(row.id, row.status) for row in await connections.of_tenant(tenant)] == [(account, "active")]


async def test_what_is_disconnected_cannot_be_again(connections: Connections, tenant: UUID) -> None:
    """The second time there is nothing to disconnect."""
    account = await connected(connections, tenant)
    await connections.disconnect(tenant, account, actor=ACTOR)
    with pytest.raises(NotFound):
        await connections.disconnect(tenant, account, actor=ACTOR)


async def test_an_account_is_named_by_either_id(connections: Connections, tenant: UUID) -> None:
    """The provider's or ours; anything else is not found."""
    account = await connected(connections, tenant)
    assert [(await connections.named(tenant, name)).id for name in ("900", str(account))] == [account, account]
    with pytest.raises(NotFound, match="901"):
        await connections.named(tenant, "901")


async def test_the_connected_one_is_meant(connections: Connections, tenant: UUID) -> None:
    """A number that was disconnected and bound anew names the account it has now."""
    await connections.disconnect(tenant, await connected(connections, tenant), actor=ACTOR)
    anew = await connected(connections, tenant)
    assert (await connections.named(tenant, "900")).id == anew


async def test_an_ambiguous_name_is_refused(connections: Connections, tenant: UUID) -> None:
    """The same id under two keys: our own id tells them apart."""
    first = await connected(connections, tenant)
    await connected(connections, tenant, replace(ACCOUNT, account_key="other"))
    with pytest.raises(Conflict, match="several"):
        await connections.named(tenant, "900")
    assert (await connections.named(tenant, str(first))).id == first


async def test_everything_is_audited(desk: Desk, connections: Connections, tenant: UUID) -> None:
    """Who did what to which account, in order."""
    account = await connected(connections, tenant)
    await connections.disconnect(tenant, account, actor="ana")
    await connections.reconnect(tenant, account, actor="bia")
    question = "SELECT actor, action FROM audit_log WHERE tenant_id = $1 AND subject = $2 ORDER BY created_at, id"
    assert await desk.rows(question, tenant, str(account)) == [
        (ACTOR, "account.connected"), ("ana", "account.disconnected"), ("bia", "account.reconnected"),
    ]  # fmt: skip
