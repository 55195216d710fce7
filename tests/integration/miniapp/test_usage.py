"""What was used, as the panel shows it."""

import csv
import io
from uuid import UUID

from core.domain.plans import Plan
from core.services.plans import add_plan, put_on_plan
from tests.integration.miniapp.crew import Crew, seen


async def test_this_month_and_what_is_beyond(crew: Crew) -> None:
    """Of the plan, its price, the team, and where the month leads."""
    await add_plan(Plan("tiny", "Tiny", 1, 10, price_cents=9_900, excess_cents=150))
    await put_on_plan(crew.desk.business.tenant_id, "tiny")
    await crew.desk.hears("Oi")
    await crew.desk.hears("Oi", thread=await crew.desk.seed.thread(crew.desk.business))
    used = seen(await crew["manager"].ask("GET", "/usage"))
    assert (used["leads"], used["limit"], used["excess"], used["excess_price_cents"]) == (2, 1, 1, 150)
    assert (used["on_plan"]["name"], used["on_plan"]["price_cents"], used["beyond_plan"]) == ("Tiny", 9_900, "answer")
    assert (used["team"], used["projected"] >= 2) == (5, True)


async def test_who_was_counted_page_by_page(crew: Crew) -> None:
    """In their order, each with the message that counted him; of another month nobody."""
    threads = [crew.desk.thread, *[await crew.desk.seed.thread(crew.desk.business) for _ in range(2)]]
    for thread in threads:
        await crew.desk.hears("Oi", thread=thread)
        await crew.desk.hears("Alô", thread=thread)
    first = seen(await crew["manager"].ask("GET", "/usage/leads?limit=2"))
    rest = seen(await crew["manager"].ask("GET", f"/usage/leads?limit=2&after={first['next_after']}"))
    items = [*first["items"], *rest["items"]]
    assert [UUID(one["lead_id"]) for one in items] == [thread.lead_id for thread in threads]
    assert ([one["place"] for one in items], rest["next_after"]) == ([1, 2, 3], None)
    for one, thread in zip(items, threads, strict=True):
        assert UUID(one["conversation_id"]) == thread.conversation_id
        text = await crew.desk.value("SELECT text FROM messages WHERE id = $1", UUID(one["message_id"]))
        assert text == "Oi"
    assert seen(await crew["manager"].ask("GET", "/usage/leads?month=2020-02-29"))["items"] == []


async def test_usage_as_tables(crew: Crew) -> None:
    """In the language of whoever asks; a lead's name is text, whatever it begins with."""
    await crew.desk.run("UPDATE leads SET name = '=1+1' WHERE tenant_id = $1", crew.desk.business.tenant_id)
    await crew.desk.hears("Oi")
    months = (await crew["manager"].ask("GET", "/usage/export.csv")).body
    (month,) = csv.DictReader(io.StringIO(months.removeprefix("\ufeff")), delimiter=";")
    assert (month["Leads"], month["Limite do plano"], month["Custo da IA (USD)"]) == ("1", "3000", "0,000000")
    leads = (await crew["manager"].ask("GET", "/usage/leads.csv")).body
    (lead,) = csv.DictReader(io.StringIO(leads.removeprefix("\ufeff")), delimiter=";")
    assert (lead["Nome"], lead["Nº no mês"], lead["Canal"]) == ("'=1+1", "1", "meta_whatsapp")
    await crew["manager"].ask("PATCH", "/me", {"language": "en"})
    assert (await crew["manager"].ask("GET", "/usage/export.csv")).body.startswith("\ufeffMonth,Plan,Leads,")


async def test_who_answers_beyond_the_plan_is_a_setting(crew: Crew) -> None:
    """One of two; anything else is refused by name."""
    settings = seen(await crew["admin"].ask("GET", "/settings/business"))
    assert settings["beyond_plan"] == "answer"
    changed = seen(await crew["admin"].ask("PUT", "/settings/business", settings | {"beyond_plan": "people"}))
    assert changed["beyond_plan"] == "people"
    wrong = await crew["admin"].ask("PUT", "/settings/business", changed | {"beyond_plan": "nobody"})
    assert "beyond_plan" in str(wrong.body["faults"])
