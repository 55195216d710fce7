"""What of a tenant's knowledge goes into a prompt."""

from datetime import UTC, datetime
from uuid import UUID

from core.services.knowledge import Knowledge, characters
from tests.integration.services.desk import Desk


async def known_to(desk: Desk, question: str, token_budget: int) -> Knowledge:
    """What goes into the prompt when the lead asks this."""
    budget = f'{{"knowledge_token_budget": {token_budget}}}'
    await desk.run("UPDATE tenants SET settings = settings || $1::jsonb", budget)
    await desk.hears(question)
    claim = await desk.claimed()
    context = await desk.turns.context(claim)
    await desk.turns.give_back(claim, 0.0)
    return context.known


async def add(desk: Desk, title: str, content: str, tenant: UUID | None = None) -> None:
    """One entry."""
    row = {"title": title, "content": content, "updated_at": datetime.now(UTC)}
    await desk.seed.insert("knowledge_entries", tenant_id=tenant or desk.ref.tenant_id, **row)


async def learn(desk: Desk, count: int, *, length: int = 100, tenant: UUID | None = None) -> None:
    """So many entries, each of one room, each so long."""
    for number in range(count):
        title = f"Onde fica a sala sorriso {number}?"
        content = f"A sala sorriso {number} fica no corredor azul.".ljust(length - len(title), ".")
        await add(desk, title, content, tenant)


async def test_a_small_base_goes_in_whole(desk: Desk) -> None:
    """Whatever is asked, the same entries in the same order: they can be cached."""
    await learn(desk, 5)
    one, other = [await known_to(desk, question, 200) for question in ("sala", "preço")]
    assert (len(one.stable), one.stable == other.stable, one.found) == (5, True, ())


async def test_a_large_base_is_searched(desk: Desk) -> None:
    """What fits the question comes, the best first, and nothing of it is cached."""
    await learn(desk, 30)
    await add(desk, "Aceitam convênio?", "Só particular.")
    known = await known_to(desk, "voces aceitam convenio", 100)
    assert (known.stable, known.found[0].content) == ((), "Só particular.")


async def test_a_search_keeps_within_its_budget(desk: Desk) -> None:
    """Only so much is found as there is room for."""
    await learn(desk, 30)
    known = await known_to(desk, "onde fica a sala sorriso", 100)
    assert 1 <= len(known.found) <= 3
    assert sum(entry.length for entry in known.found) <= characters(100)


async def test_no_words_find_nothing(desk: Desk) -> None:
    """A sticker asks no question."""
    await learn(desk, 30)
    assert (await known_to(desk, "  ", 100)).found == ()


async def test_another_tenants_knowledge_is_not_found(desk: Desk) -> None:
    """Each tenant's search ends at its own entries."""
    await learn(desk, 30, tenant=await desk.seed.tenant())
    for budget in (100, 6000):
        known = await known_to(desk, "onde fica a sala sorriso", budget)
        assert (known.stable, known.found) == ((), ())
    await add(desk, "Onde fica a sala sorriso?", "No corredor verde.".ljust(400, "."))
    assert (await known_to(desk, "onde fica a sala sorriso", 100)).found == []


async def test_what_is_found_stands_in_the_variable_part(desk: Desk) -> None:
    """The turn's own findings do not disturb the cached part of the prompt."""
    await desk.run("""UPDATE tenants SET settings = settings || '{"knowledge_token_budget": 100}'""")
    await learn(desk, 30)
    for text in ("Onde fica a sala sorriso 7?", "E o estacionamento?"):
        await desk.hears(text)
        await desk.answers()
    first, second = desk.model.prompts
    assert ("sorriso 7 fica" in first.variable, first.stable == second.stable) == (True, True)
