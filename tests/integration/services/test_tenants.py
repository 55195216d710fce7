"""How a business begins."""

from dataclasses import replace

import pytest

from app.demo import DEMO
from core.domain.errors import BadRequest, Conflict, NotFound
from core.services.knowledge import characters
from core.services.tenants import NewTenant, any_tenant, create_tenant, find_tenant
from db.models import KnowledgeEntry
from db.tenancy import tenant_scope
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk


async def test_a_tenant_has_its_stages(desk: Desk) -> None:
    """The six stages of a new tenant, in order."""
    tenant = await create_tenant(NewTenant("loja", "Loja"))
    rows = await desk.rows("SELECT key, min_score, outcome FROM stages WHERE tenant_id = $1 ORDER BY position", tenant)
    assert rows == [
        ("new", None, "open"),
        ("qualifying", 21, "open"),
        ("hot", 61, "open"),
        ("human", None, "open"),
        ("converted", None, "won"),
        ("lost", None, "lost"),
    ]


async def test_a_slug_is_one_tenants(opened: Database) -> None:
    """The second of a name is refused."""
    assert opened.name
    await create_tenant(NewTenant("loja", "Loja"))
    with pytest.raises(Conflict, match="loja"):
        await create_tenant(NewTenant("loja", "Outra"))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"settings": {"personna": ""}}, "personna"),
        ({"timezone": "Brazil/Sao Paulo"}, "Brazil/Sao Paulo"),
        ({"timezone": ""}, "time zone"),
    ],
)
async def test_what_does_not_fit_makes_no_tenant(opened: Database, wrong: dict[str, object], named: str) -> None:
    """A setting that does not exist, a time zone that is none: refused by name, before anything is written."""
    assert opened.name
    with pytest.raises(BadRequest, match=named):
        await create_tenant(replace(NewTenant("loja", "Loja"), **wrong))  # type: ignore[arg-type] # wrong on purpose
    assert not await any_tenant()


async def test_the_demo_tenant_knows_its_facts(opened: Database) -> None:
    """The demo's knowledge is there, and small enough to go into each prompt whole."""
    assert opened.name
    tenant = await create_tenant(DEMO)
    async with tenant_scope(tenant):
        known = await KnowledgeEntry.filter(tenant_id=tenant)
    assert {(entry.title, entry.content) for entry in known} == set(DEMO.knowledge)
    assert sum(len(title) + len(content) for title, content in DEMO.knowledge) < characters(1000)


async def test_a_tenant_is_found_by_its_slug(opened: Database) -> None:
    """And one that is not there is not."""
    assert opened.name
    tenant = await create_tenant(DEMO)
    assert await find_tenant(DEMO.slug) == tenant
    with pytest.raises(NotFound):
        await find_tenant("nobody")
