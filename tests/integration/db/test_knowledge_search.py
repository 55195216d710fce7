"""Full-text search: without accents, best first, through its index, of one tenant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from tests.factories import Seeder
from tests.integration.conftest import Database

ENTRIES = 5000
_NOW = datetime(2026, 3, 1, tzinfo=UTC)
SEARCH = "SELECT id, title, content, rank FROM search_knowledge($1, $2)"


@asynccontextmanager
async def _scope(database: Database, tenant: UUID) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of this tenant in the tenants' role."""
    connection = await asyncpg.connect(database.app)
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenant))
            yield connection
    finally:
        await connection.close()


async def _titles(database: Database, tenant: UUID, question: str, most: int = 5) -> list[str]:
    async with _scope(database, tenant) as connection:
        return [row["title"] for row in await connection.fetch(SEARCH, question, most)]


async def _entry(seed: Seeder, tenant: UUID, title: str, content: str = "") -> None:
    await seed.insert("knowledge_entries", tenant_id=tenant, title=title, content=content, updated_at=_NOW)


@pytest.fixture
async def tenant(seed: Seeder) -> UUID:
    """A tenant that answers three questions."""
    made = await seed.tenant()
    await _entry(seed, made, "Preço da avaliação", "A avaliação custa R$ 150.")
    await _entry(
        seed, made, "Horário de funcionamento", "Abrimos às 9h e fechamos às 18h. Aos sábados não há avaliações."
    )
    await _entry(seed, made, "Estacionamento", "Há vagas na frente.")
    return made


@pytest.mark.parametrize("question", ["horário", "horario", "HORÁRIOS", "qual o horario de voces?"])
async def test_accents_and_endings_do_not_matter(database: Database, tenant: UUID, question: str) -> None:
    """A lead's spelling finds the entry: without accents, in capitals, in the plural, in a sentence."""
    assert await _titles(database, tenant, question) == ["Horário de funcionamento"]


async def test_plurals_in_their_own_spelling_are_one_word(database: Database, tenant: UUID) -> None:
    """The singular finds the plural where the ending itself changes, when it is written with its accents."""
    assert "Horário de funcionamento" in await _titles(database, tenant, "como é a avaliação?")


async def test_the_title_counts_more(database: Database, tenant: UUID) -> None:
    """An entry that is about the word comes before one that mentions it."""
    assert await _titles(database, tenant, "avaliação") == ["Preço da avaliação", "Horário de funcionamento"]


async def test_no_more_than_asked_for(database: Database, tenant: UUID) -> None:
    """The limit holds."""
    assert await _titles(database, tenant, "avaliacao", 1) == ["Preço da avaliação"]


@pytest.mark.parametrize("question", ["", "   ", "de o a", "!!!", "zzz", "a & b | !c <-> 'd' \\ :*", "\U0001f600"])
async def test_a_question_that_says_nothing_finds_nothing(database: Database, tenant: UUID, question: str) -> None:
    """Stop words, signs and the search language's own operators are no error."""
    assert await _titles(database, tenant, question) == []


async def test_one_word_of_several_is_enough(database: Database, tenant: UUID) -> None:
    """A question holds words that no entry has."""
    assert await _titles(database, tenant, "tem estacionamento para caminhão?") == ["Estacionamento"]


async def test_another_tenants_entries_are_not_found(database: Database, tenant: UUID, seed: Seeder) -> None:
    """The function runs with rights over all entries and answers with the scope's."""
    other = await seed.tenant()
    await _entry(seed, other, "Horário secreto", "horário horário horário")
    assert await _titles(database, tenant, "horário") == ["Horário de funcionamento"]
    assert await _titles(database, other, "horário") == ["Horário secreto"]


async def test_without_a_tenant_search_is_an_error(database: Database, tenant: UUID) -> None:
    """No scope, no answer."""
    connection = await asyncpg.connect(database.app)
    try:
        with pytest.raises(asyncpg.UndefinedObjectError):
            await connection.fetch(SEARCH, "horário", 5)
    finally:
        await connection.close()


@pytest.fixture
async def crowded(tenant: UUID, seed: Seeder, superuser: asyncpg.Connection) -> UUID:
    """The same tenant with thousands of entries more, and another with as many."""
    for each in (tenant, await seed.tenant()):
        await superuser.execute(
            "INSERT INTO knowledge_entries (id, tenant_id, title, content, updated_at)"
            " SELECT uuid_v7(), $1, 'Artigo ' || n, 'palavra' || n || ' coisa' || n % 97, now() FROM generate_series(1, $2::int) n",
            each,
            ENTRIES,
        )
    await superuser.execute("VACUUM ANALYZE knowledge_entries")
    return tenant


async def test_search_goes_through_its_index(database: Database, crowded: UUID, superuser: asyncpg.Connection) -> None:
    """Among thousands of entries the function reads the search index once and never the whole table."""
    count = "SELECT pg_stat_get_xact_numscans($1::regclass)"
    async with _scope(database, crowded) as connection:
        found = await connection.fetch(SEARCH, "horario", 5)
        assert [row["title"] for row in found] == ["Horário de funcionamento"]
        assert await connection.fetchval(count, "knowledge_entries_search") == 1
        assert await connection.fetchval(count, "knowledge_entries") == 0


async def test_the_plan_names_the_index(database: Database, crowded: UUID, superuser: asyncpg.Connection) -> None:
    """The statement inside the function, explained in the role it runs as, scans the index with the question's words."""
    body = str(await superuser.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'search_knowledge'"))
    statement = body.replace("p_query", "'horario'").replace("p_limit", "5")
    async with superuser.transaction():
        await superuser.execute(f"SET LOCAL ROLE {database.role('search')}")
        await superuser.execute("SELECT set_config('app.tenant_id', $1, true)", str(crowded))
        plan = "\n".join(row[0] for row in await superuser.fetch(f"EXPLAIN {statement}"))
    assert "Bitmap Index Scan on knowledge_entries_search" in plan, plan
    assert "Seq Scan on knowledge_entries" not in plan, plan


async def test_the_same_query_without_the_function_loses_the_index(
    database: Database, crowded: UUID, superuser: asyncpg.Connection
) -> None:
    """Why the function is there: under the policy the operator may not look into the index."""
    async with _scope(database, crowded) as connection:
        plan = "\n".join(
            row[0]
            for row in await connection.fetch(
                "EXPLAIN SELECT id FROM knowledge_entries WHERE search @@ to_tsquery('pt_unaccent', 'horario')"
            )
        )
    assert "knowledge_entries_search" not in plan, plan
