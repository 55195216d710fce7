"""The database that tests are given."""

from db.models import Lead
from db.tenancy import tenant_scope
from tests.factories import Seeder
from tests.integration.conftest import Database


async def test_a_seeded_row_is_read_by_the_application(opened: Database, seed: Seeder) -> None:
    """What the seeder makes is what the application's role reads in its scope."""
    business, other = await seed.two_businesses()
    await seed.lead(business.tenant_id, name="Ana")
    await seed.lead(other.tenant_id, name="Bia")
    async with tenant_scope(business.tenant_id):
        assert [lead.name for lead in await Lead.all()] == ["Ana"]


async def test_everything_fills_every_table(database: Database, seed: Seeder) -> None:
    """The seeder knows every column that must be given."""
    for business in await seed.two_businesses():
        await seed.everything(business)
    await seed.platform_rows()
