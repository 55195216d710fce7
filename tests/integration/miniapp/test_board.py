"""The pipeline as columns over the API."""

from uuid import UUID

from tests.factories import STAGES
from tests.integration.miniapp.crew import Crew, seen


async def _in_stage(crew: Crew, key: str, leads: int) -> list[UUID]:
    """Leads who are there, the liveliest last."""
    made = [(await crew.desk.seed.thread(crew.desk.business)).lead_id for _ in range(leads)]
    await crew.desk.run("UPDATE leads SET stage_key = $2 WHERE id = ANY ($1)", made, key)
    return made


async def test_every_stage_is_a_column(crew: Crew) -> None:
    """In order, with how many there are, and the liveliest of them."""
    won = await _in_stage(crew, "won", 3)
    columns = seen(await crew["manager"].ask("GET", "/board?per_stage=2"))["columns"]
    assert [one["stage"]["key"] for one in columns] == [key for key, _, _ in STAGES]
    assert [one["total"] for one in columns] == [1, 0, 0, 3]
    assert [one["id"] for one in columns[3]["items"]] == [str(won[2]), str(won[1])]


async def test_a_column_goes_on_in_the_list(crew: Crew) -> None:
    """Where the column ends, the list of its stage begins; one that is whole goes on nowhere."""
    won = await _in_stage(crew, "won", 3)
    columns = seen(await crew["manager"].ask("GET", "/board?per_stage=2"))["columns"]
    assert columns[0]["next_cursor"] is None
    rest = seen(await crew["manager"].ask("GET", f"/leads?stage=won&cursor={columns[3]['next_cursor']}"))
    assert [one["id"] for one in rest["items"]] == [str(won[0])]


async def test_an_attendants_board_has_no_colleagues_leads(crew: Crew) -> None:
    """Neither among the leads nor in the numbers."""
    await crew.held_by("colleague")
    for who, total in (("attendant", 0), ("colleague", 1), ("manager", 1)):
        first = seen(await crew[who].ask("GET", "/board"))["columns"][0]
        assert (first["total"], len(first["items"])) == (total, total)


async def test_a_board_is_filtered_as_lists_are(crew: Crew) -> None:
    """Numbers and leads alike."""
    (found, *_) = await _in_stage(crew, "won", 3)
    await crew.desk.run("""UPDATE leads SET tags = '["vip"]', name = 'Conceição' WHERE id = $1""", found)
    for query in ("tag=vip", "q=conceicao", "stage=won&tag=vip"):
        columns = seen(await crew["manager"].ask("GET", f"/board?{query}"))["columns"]
        assert [one["total"] for one in columns] == [0, 0, 0, 1]
        assert [one["id"] for one in columns[3]["items"]] == [str(found)]
