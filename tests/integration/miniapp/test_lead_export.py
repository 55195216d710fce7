"""Leads as a table for spreadsheets."""

import csv
import io

from tests.integration.miniapp.crew import Crew, refused, seen


async def _table(crew: Crew, query: str = "", who: str = "manager") -> list[dict[str, str]]:
    answered = await crew[who].ask("GET", f"/leads/export.csv{query}")
    assert answered.status == 200
    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answered.headers["Content-Disposition"] == 'attachment; filename="leads.csv"'
    assert answered.body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answered.body.removeprefix("\ufeff")), delimiter=";"))


async def test_every_lead_is_in_it(crew: Crew) -> None:
    """More than are read at once, each in his line, and nobody of another business."""
    for _ in range(3):
        await crew.desk.seed.thread(crew.desk.business)
    tenant = crew.desk.business.tenant_id
    await crew.desk.run(
        "WITH more AS (INSERT INTO leads (id, tenant_id, name) SELECT uuid_v7(), $1, 'L' || g FROM generate_series(1, 600) g RETURNING id)"
        " INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, reply_kind, reply_address, last_activity_at)"
        " SELECT uuid_v7(), $1, id, $2, 'phone', 'x', now() FROM more",
        tenant,
        crew.desk.business.account_id,
    )
    rows = await _table(crew)
    assert len({row["Identificador"] for row in rows}) == len(rows) == 604


async def test_filters_are_those_of_lists(crew: Crew) -> None:
    """Who is not meant is not in it."""
    thread = await crew.desk.seed.thread(crew.desk.business)
    await crew.desk.run("UPDATE leads SET stage_key = 'won', tags = $2 WHERE id = $1", thread.lead_id, '["a", "b"]')
    assert [(row["Identificador"], row["Etiquetas"]) for row in await _table(crew, "?stage=won")] == [
        (str(thread.lead_id), "a, b")
    ]


async def test_a_table_runs_nothing(crew: Crew) -> None:
    """What a lead calls himself and what he says is text, whatever it begins with."""
    await crew.desk.run("UPDATE leads SET name = $1", '=HYPERLINK("http://evil")')
    await crew.desk.seed.message(crew.desk.thread, "@SUM(1)\nfoo, bar")
    (row,) = await _table(crew)
    assert (row["Nome"], row["Última mensagem"]) == ('\'=HYPERLINK("http://evil")', "'@SUM(1)\nfoo, bar")


async def test_attendants_export_nothing(crew: Crew) -> None:
    """A table of everybody is for who leads."""
    assert refused(await crew["attendant"].ask("GET", "/leads/export.csv")) == (403, "forbidden")


async def test_it_is_in_the_readers_words(crew: Crew) -> None:
    """Headings, stages by their names, moments by the business's clock."""
    await crew.desk.run(
        "UPDATE leads SET stage_key = 'won', phone = '5511912345678', created_at = '2026-03-01 02:30+00'"
    )
    await crew.desk.run("UPDATE stages SET name = 'Fechado' WHERE key = 'won'")
    (row,) = await _table(crew)
    told = (row["Etapa"], row["Telefone"], row["Canal"], row["Chegou em"])
    assert told == ("Fechado", "55 11 91234-5678", "WhatsApp", "2026-02-28 23:30:00")
    seen(await crew["manager"].ask("PATCH", "/me", {"language": "en"}))
    english = await crew["manager"].ask("GET", "/leads/export.csv")
    assert english.body.startswith("\ufeffName,Phone,Stage,")
