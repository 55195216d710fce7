"""``tenant_scope`` and ``platform_scope`` over the application's own connections."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from core.domain.errors import TenancyError
from core.domain.ids import uuid7
from db.engine import APP
from db.models import Conversation, Lead
from db.named_sql import query
from db.tenancy import Scope, platform_scope, tenant_scope
from tests.factories import Seeder
from tests.integration.conftest import Database
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("opened")
PARALLEL = 100


async def _names() -> list[str | None]:
    return [lead.name for lead in await Lead.all().order_by("name")]


@pytest.fixture
async def tenants(seed: Seeder) -> tuple[UUID, UUID]:
    """Two tenants with one lead each: Ana and Bia."""
    ours, theirs = await seed.tenant(), await seed.tenant()
    await seed.lead(ours, name="Ana")
    await seed.lead(theirs, name="Bia")
    return ours, theirs


async def test_models_see_the_scopes_tenant(tenants: tuple[UUID, UUID]) -> None:
    """Each scope's models read that tenant's rows, one scope after the other on the same connections."""
    seen = []
    for tenant in tenants * 3:
        async with tenant_scope(tenant):
            seen += await _names()
    assert seen == ["Ana", "Bia"] * 3


async def test_a_scopes_work_is_kept(tenants: tuple[UUID, UUID]) -> None:
    """What a scope writes is there in the next one."""
    async with tenant_scope(tenants[0]):
        await Lead.create(tenant_id=tenants[0], name="Caio")
    async with tenant_scope(tenants[0]):
        assert await _names() == ["Ana", "Caio"]


async def test_a_model_of_another_tenant_is_refused(tenants: tuple[UUID, UUID]) -> None:
    """Creating another tenant's row inside a scope fails, whatever the code believes."""
    with pytest.raises(OperationalError, match="row-level security"):
        async with tenant_scope(tenants[0]):
            await Lead.create(tenant_id=tenants[1], name="Caio")


async def test_outside_a_scope_models_answer_nothing(tenants: tuple[UUID, UUID]) -> None:
    """Without a scope a model's query is an error, also on a connection that a scope has used."""
    with pytest.raises(OperationalError):
        await Lead.all()
    async with tenant_scope(tenants[0]):
        await Lead.all()
    with pytest.raises(OperationalError):
        await Lead.all()


async def test_an_error_leaves_no_tenant_behind(tenants: tuple[UUID, UUID]) -> None:
    """After a scope that raised, its work is undone and its tenant is not set on the connection."""
    with pytest.raises(LookupError):
        await _write_and_fail(tenants[0])
    with pytest.raises(OperationalError):
        await Lead.all()
    async with tenant_scope(tenants[0]):
        assert await _names() == ["Ana"]


async def _write_and_fail(tenant: UUID) -> None:
    async with tenant_scope(tenant):
        await Lead.create(tenant_id=tenant, name="Caio")
        raise LookupError


async def test_a_cancelled_scope_leaves_no_tenant_behind(tenants: tuple[UUID, UUID]) -> None:
    """A task that is cancelled in mid-query takes its work back, and the connection serves nobody's rows after it."""
    inside = asyncio.Event()

    async def endless() -> None:
        async with tenant_scope(tenants[0]):
            await Lead.create(tenant_id=tenants[0], name="Caio")
            inside.set()
            await Lead.raw("SELECT *, pg_sleep(60) FROM leads")

    task = asyncio.create_task(endless())
    async with asyncio.timeout(PATIENCE):
        await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(OperationalError):
        await Lead.all()
    async with tenant_scope(tenants[0]):
        assert await _names() == ["Ana"]


@pytest.mark.parametrize("inner", ["same", "other", "platform"])
async def test_scopes_do_not_nest(tenants: tuple[UUID, UUID], inner: str) -> None:
    """A scope inside a scope is refused, and the outer one goes on as it was."""
    scopes = {"same": tenant_scope(tenants[0]), "other": tenant_scope(tenants[1]), "platform": platform_scope()}
    async with tenant_scope(tenants[0]):
        with pytest.raises(TenancyError):
            await scopes[inner].__aenter__()
        assert await _names() == ["Ana"]


async def test_many_scopes_at_once_stay_apart(seed: Seeder) -> None:
    """A hundred scopes of as many tenants over five connections each see their own lead only."""
    tenants = [await seed.tenant() for _ in range(PARALLEL)]
    for tenant in tenants:
        await seed.lead(tenant, name=str(tenant))

    async def look(tenant: UUID) -> list[str | None]:
        async with tenant_scope(tenant):
            before = await _names()
            await asyncio.sleep(0)
            return before + await _names()

    seen = await asyncio.gather(*(look(tenant) for tenant in tenants))
    assert seen == [[str(tenant)] * 2 for tenant in tenants]


async def test_the_platform_reads_no_words(seed: Seeder) -> None:
    """In the platform's scope a model that would load a lead's words is an error."""
    await seed.everything(await seed.business())
    async with platform_scope() as scope:
        connection = scope._connection
        assert len(await Conversation.all().using_db(connection).values("id", "tenant_id", "status")) == 1
        with pytest.raises(OperationalError, match="permission denied"):
            await Conversation.all().using_db(connection).values("reply_address")


async def test_named_queries_run_in_the_scope(seed: Seeder) -> None:
    """A scope's named query answers for its tenant and not for another."""
    ours, theirs = await seed.two_businesses()
    async with tenant_scope(ours.tenant_id) as scope:
        assert await _account(scope, ours.tenant_id, ours.account_id) == ours.external_id
        assert await _account(scope, theirs.tenant_id, theirs.account_id) is None


async def _account(scope: Scope, tenant: UUID, account: UUID) -> object:
    row = await scope.row("account_for_sending", tenant, account)
    return None if row is None else row["external_id"]


async def test_what_is_planned_anew_keeps_no_plan(tenants: tuple[UUID, UUID]) -> None:
    """However often it is asked; what is asked as ever has one in the end."""
    general = "SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement = $1"
    kept = []
    async with tenant_scope(tenants[0]) as scope:
        for ask in (scope.rows_anew, scope.rows):
            for _ in range(8):
                assert len(await ask("day_of_tenant", tenants[0])) == 1
            _, rows = await get_connections().get(APP).execute_query(general, [query("day_of_tenant")])
            kept.append(rows[0]["sum"])
    assert kept[0] in {None, 0}
    assert kept[1] > 0


async def test_an_unknown_tenant_has_no_rows(tenants: tuple[UUID, UUID]) -> None:
    """A tenant that does not exist owns nothing."""
    async with tenant_scope(uuid7()):
        assert await _names() == []


async def test_a_connection_forgets_its_tenant(database: Database, tenants: tuple[UUID, UUID]) -> None:
    """Set for a transaction, the tenant is gone after it; the driver's pooled connection says so itself."""
    connection = await asyncpg.connect(database.app)
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenants[0]))
        assert not await connection.fetchval("SELECT current_setting('app.tenant_id', true)")
    finally:
        await connection.close()
