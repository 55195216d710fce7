"""Credentials are under a key of their business's own: it goes with the business, and the installation's key can be changed."""

import asyncpg
import pytest

from core.domain.errors import SealError
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN, Accounts
from core.services.connections import Connections
from core.services.key_rotation import KeyRotation, Rotated
from core.services.sealing import Sealer
from core.services.tenant_deletion import TenantDeletions, announce_deletion
from core.services.tenant_keys import TenantKeys
from tests.integration.privacy.conftest import Office

OLD, NEW = bytes(range(1, 33)), bytes(range(33, 65))
TOKEN = {"access_token": "novo-segredo"}


@pytest.fixture
async def connected(office: Office) -> Office:
    """Whose account was given new secrets since there are keys of businesses; the others' are from before."""
    await office.superuser.execute("DELETE FROM tenant_keys")
    for row in await office.superuser.fetch("SELECT id, tenant_id FROM channel_accounts"):
        sealed = Sealer([OLD]).seal({"access_token": "antes"}, owner=row["tenant_id"], column=SECRETS_COLUMN)
        await office.superuser.execute("UPDATE channel_accounts SET sealed = $2 WHERE id = $1", row["id"], sealed)
    for row in await office.superuser.fetch("SELECT id FROM credential_sets"):
        sealed = Sealer([OLD]).seal({"app_secret": "s"}, owner=row["id"], column=CREDENTIALS_COLUMN)
        await office.superuser.execute("UPDATE credential_sets SET sealed = $2 WHERE id = $1", row["id"], sealed)
    await Connections(Sealer([OLD])).reconnect(
        office.ours.tenant_id, office.ours.account_id, actor="operator", secrets=TOKEN
    )
    return office


async def _stored(office: Office) -> bytes:
    return bytes(await office.value("SELECT sealed FROM channel_accounts WHERE id = $1", office.ours.account_id))


async def _opened(office: Office, *keys: bytes) -> dict[str, str]:
    """As a process opens it that has these keys."""
    accounts = Accounts(Sealer(keys), lambda: 0.0)
    _, account = await accounts.open_account(office.ours.tenant_id, office.ours.account_id)
    return dict(account.secrets)


async def test_the_installations_key_alone_does_not_open_them(connected: Office) -> None:
    """It takes the business's own, which is in the database."""
    assert await _opened(connected, OLD) == TOKEN
    sealed = await _stored(connected)
    with pytest.raises(SealError):
        Sealer([OLD]).open(sealed, owner=connected.ours.tenant_id, column=SECRETS_COLUMN)
    await connected.superuser.execute("DELETE FROM tenant_keys")
    with pytest.raises(SealError, match="destroyed"):
        await _opened(connected, OLD)


async def test_what_was_sealed_before_opens_as_it_did(connected: Office) -> None:
    """Nobody has to do anything."""
    accounts = Accounts(Sealer([OLD]), lambda: 0.0)
    _, account = await accounts.open_account(connected.theirs.tenant_id, connected.theirs.account_id)
    assert account.secrets == {"access_token": "antes"}


async def test_a_key_is_its_business_s_alone(connected: Office) -> None:
    """Copied to another business it opens nothing."""
    await connected.superuser.execute(
        "INSERT INTO tenant_keys (id, tenant_id, key_id, sealed) SELECT id, $1, key_id, sealed FROM tenant_keys",
        connected.theirs.tenant_id,
    )
    sealed = await _stored(connected)
    with pytest.raises(SealError):
        await TenantKeys(Sealer([OLD])).open(connected.theirs.tenant_id, sealed, column=SECRETS_COLUMN)


async def test_a_deletion_destroys_the_key(connected: Office) -> None:
    """What a backup has of the credentials does not open by what is left."""
    tenant, sealed = connected.ours.tenant_id, await _stored(connected)
    await announce_deletion(tenant)
    await connected.superuser.execute("UPDATE tenants SET deletion_due_at = now() WHERE id = $1", tenant)
    deletions = TenantDeletions(connected.journal)
    assert await deletions.carry_out_due() + await deletions.carry_out_due() == 1
    assert await connected.value("SELECT count(*) FROM tenant_keys WHERE tenant_id = $1", tenant) == 0
    with pytest.raises(SealError):
        await TenantKeys(Sealer([OLD])).open(tenant, sealed, column=SECRETS_COLUMN)


async def test_after_a_rotation_the_new_key_is_enough(connected: Office) -> None:
    """Every set, every business's key, and what was under none of them yet; a second time there is nothing to do."""
    before = await connected.value("SELECT key_id FROM tenant_keys WHERE tenant_id = $1", connected.ours.tenant_id)
    rotation = KeyRotation(Sealer([NEW, OLD]))
    done = await rotation.rotate()
    assert (done.sets, done.keys, done.accounts, done.faults) == (2, 1, 1, [])
    assert await rotation.rotate() == Rotated()
    assert await _opened(connected, NEW) == TOKEN
    for row in await connected.superuser.fetch("SELECT id, sealed FROM credential_sets"):
        assert Sealer([NEW]).open(row["sealed"], owner=row["id"], column=CREDENTIALS_COLUMN) == {"app_secret": "s"}
    with pytest.raises(SealError):
        await _opened(connected, OLD)
    after = await connected.value("SELECT key_id FROM tenant_keys WHERE tenant_id = $1", connected.ours.tenant_id)
    assert before == after


async def test_what_does_not_open_is_named_and_left_as_it_is(connected: Office) -> None:
    """The rest goes on; with the key that was missing it is finished."""
    lost = await connected.value("SELECT id FROM credential_sets ORDER BY id LIMIT 1")
    foreign = Sealer([bytes(32)]).seal({"app_secret": "s"}, owner=lost, column=CREDENTIALS_COLUMN)
    await connected.superuser.execute("UPDATE credential_sets SET sealed = $2 WHERE id = $1", lost, foreign)
    done = await KeyRotation(Sealer([NEW, OLD])).rotate()
    assert (done.sets, done.keys, len(done.faults)) == (1, 1, 1)
    assert str(lost) in done.faults[0]
    assert "add the old key" in done.faults[0]
    done = await KeyRotation(Sealer([NEW, OLD, bytes(32)])).rotate()
    assert (done.sets, done.keys, done.accounts, done.faults) == (1, 0, 0, [])


async def test_a_rotation_can_take_the_businesses_keys_back(connected: Office) -> None:
    """Then the schema may go down past them, and before that it may not."""
    question = (
        "SELECT EXISTS (SELECT 1 FROM channel_accounts a JOIN tenant_keys k ON k.tenant_id = a.tenant_id"
        " AND substring(a.sealed FROM 2 FOR 4) = k.key_id)"
    )
    assert await connected.value(question)
    done = await KeyRotation(Sealer([OLD])).rotate(plain=True)
    assert (done.accounts, done.faults) == (1, [])
    assert not await connected.value(question)
    opened = Sealer([OLD]).open(await _stored(connected), owner=connected.ours.tenant_id, column=SECRETS_COLUMN)
    assert opened == TOKEN


async def test_two_who_come_first_make_one_key(connected: Office) -> None:
    """The database knows one key a business."""
    with pytest.raises(asyncpg.UniqueViolationError):
        await connected.seed.insert("tenant_keys", tenant_id=connected.ours.tenant_id, key_id=b"", sealed=b"")
