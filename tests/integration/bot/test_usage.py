"""``/uso`` and ``/tenants``: what was used, and who operates."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot

from app.telegram import build_desk
from core.domain.conversation import Role
from core.domain.plans import Plan
from core.services.plans import add_plan, put_on_plan
from tests.integration.bot.stage import Stage, poller_of, running, settings_of
from tests.integration.chats import buttons
from tests.integration.conftest import Database
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE


async def _used(stage: Stage, month: str, leads: int) -> None:
    await stage.desk.run(
        "INSERT INTO usage_months (id, tenant_id, month, leads, ai_cost_micros, ai_tokens)"
        f" SELECT uuid_v7(), t.id, {month}, $2, 1234567, 98765 FROM tenants t WHERE t.id = $1",
        stage.tenant_id,
        leads,
    )


_THIS = "date_trunc('month', now() AT TIME ZONE t.timezone)::date"
_BEFORE = "(date_trunc('month', now() AT TIME ZONE t.timezone) - interval '1 month')::date"


async def test_usage_as_a_language_writes_it(stage: Stage) -> None:
    """How many of how many, what is beyond and what that costs, tokens and cost."""
    await add_plan(Plan("custom", "Sob medida", 1200, 4, price_cents=49_700, excess_cents=90))
    await put_on_plan(stage.tenant_id, "custom")
    await _used(stage, _THIS, 1534)
    await stage.member(ANA, Role.ADMIN)
    told = (await stage.asks(ANA, "/uso"))["text"].replace("\xa0", " ")
    for words in (
        "plano Sob medida",
        "1.534 de 1.200",
        "(127%)",
        "334 × R$ 0,90 = R$ 300,60",
        "R$ 497,00",
        "US$ 1,23",
        "98.765",
    ):
        assert words in told, words
    await stage.member(BIA, Role.MANAGER, language="en")
    told = (await stage.asks(BIA, "/usage"))["text"].replace("\xa0", " ")
    for words in ("1,534 of 1,200", "R$300.60", "$1.23", "98,765"):
        assert words in told, words


async def test_the_months_before(stage: Stage) -> None:
    """Each with what it was counted under."""
    await _used(stage, _BEFORE, 12)
    await stage.member(ANA, Role.ADMIN)
    shown = await stage.asks(ANA, "/uso")
    await stage.taps(ANA, shown, "📅 Meses anteriores")
    assert "12 de 3.000 leads" in (await stage.next(ANA))["text"]


async def test_usage_as_a_file(stage: Stage) -> None:
    """A table that a Portuguese spreadsheet reads."""
    await _used(stage, _THIS, 7)
    await stage.member(ANA, Role.ADMIN)
    shown = await stage.asks(ANA, "/uso")
    await stage.taps(ANA, shown, "📄 Arquivo CSV")
    (file,) = await _documents(stage, ANA)
    assert file["file_name"].endswith(".csv")


async def _documents(stage: Stage, chat_id: int) -> list[dict[str, Any]]:
    return [one["document"] for one in (await stage.chats.chat(chat_id))["messages"] if "document" in one]


@pytest.fixture
async def operated(desk: Desk, bot: Bot, telegram: Control, database: Database) -> AsyncIterator[Stage]:
    """The bot of an installation that Ana operates, without being in any team."""
    settings = settings_of(database, telegram.url).model_copy(update={"operators": str(ANA)})
    work = build_desk(settings, bot, {desk.channel.name: desk.channel}, desk.jobs)
    async with running(work, poller_of(bot, database, work.processor.wake)):
        yield Stage(desk, telegram, bot, database, work)


async def _status(stage: Stage) -> str:
    return str(await stage.desk.value("SELECT status FROM tenants WHERE id = $1", stage.tenant_id))


async def test_an_operator_stops_a_business_and_lets_it_go_on(operated: Stage) -> None:
    """From the list to the business, and asked once more before it is stopped."""
    stage = operated
    name = await stage.desk.value("SELECT name FROM tenants")
    listed = await stage.asks(ANA, "/tenants")
    assert "de 3.000 leads" in listed["text"]
    await stage.taps(ANA, listed, str(name))
    shown = await stage.next(ANA)
    await stage.taps(ANA, shown, "⏸ Suspender")
    await stage.taps(ANA, await stage.next(ANA), "⏸ Sim, suspender")
    assert "está suspensa" in (await stage.next(ANA))["text"]
    assert await _status(stage) == "suspended"
    slug = await stage.desk.value("SELECT slug FROM tenants")
    shown = await stage.asks(ANA, f"/tenants {slug}")
    await stage.taps(ANA, shown, "▶️ Retomar")
    assert "voltou" in (await stage.next(ANA))["text"]
    assert await _status(stage) == "active"
    assert (f"operator:{ANA}", "tenant.suspended") in await stage.audited()


async def test_an_operator_changes_a_plan(operated: Stage) -> None:
    """By a button for each that is offered, but for the one it is on."""
    stage = operated
    slug = await stage.desk.value("SELECT slug FROM tenants")
    shown = await stage.asks(ANA, f"/tenants {slug}")
    assert [one for one in buttons(shown) if one.startswith("💳")] == ["💳 Starter", "💳 Pro"]
    await stage.taps(ANA, shown, "💳 Pro")
    assert "1.000 leads por mês, 3 na equipe" in (await stage.next(ANA))["text"]
    assert await stage.desk.value("SELECT plan FROM tenants") == "pro"


async def test_an_operator_makes_a_business(operated: Stage) -> None:
    """With an invitation for its admin, which works."""
    stage = operated
    told = (await stage.asks(ANA, "/tenants create padaria Padaria do Zé"))["text"]
    token = told.partition("?start=")[2].split()[0]
    assert "Você entrou" in (await stage.starts(BIA, token))["text"] or await stage.desk.value(
        "SELECT count(*) FROM members m JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = 'padaria'"
    )
    assert await stage.desk.value("SELECT name FROM tenants WHERE slug = 'padaria'") == "Padaria do Zé"


async def test_for_everybody_else_there_is_no_such_command(operated: Stage) -> None:
    """An admin hears what he hears of any word that is no command, and a stranger that he is one."""
    stage = operated
    await stage.member(BIA, Role.ADMIN)
    unknown, asked = (await stage.asks(BIA, "/nada"))["text"], (await stage.asks(BIA, "/tenants"))["text"]
    assert asked == unknown
    async with asyncio.timeout(PATIENCE):
        assert await _status(stage) == "active"


async def test_an_operator_deletes_a_business_and_calls_it_off(operated: Stage) -> None:
    """Asked once more each time; its admin reads the day, and that it is kept after all."""
    stage = operated
    await stage.member(BIA, Role.ADMIN)
    slug = await stage.desk.value("SELECT slug FROM tenants")
    await stage.taps(ANA, await stage.asks(ANA, f"/tenants {slug}"), "🗑 Excluir")
    sure = await stage.next(ANA)
    assert await stage.desk.value("SELECT deletion_due_at FROM tenants") is None
    await stage.taps(ANA, sure, "🗑 Sim, excluir em 30 dias")
    day = await stage.desk.value("SELECT to_char(deletion_due_at AT TIME ZONE timezone, 'DD/MM/YYYY') FROM tenants")
    assert "será apagada em" in (await stage.next(ANA))["text"]
    assert day in (await stage.shows(BIA, "marcou a exclusão"))["text"]
    shown = await stage.asks(ANA, f"/tenants {slug}")
    assert [one for one in buttons(shown) if not one.startswith("💳")] == ["↩️ Cancelar a exclusão"]
    await stage.taps(ANA, shown, "↩️ Cancelar a exclusão")
    await stage.taps(ANA, await stage.next(ANA), "↩️ Sim, manter e retomar")
    await stage.shows(BIA, "foi cancelada")
    assert (await _status(stage), await stage.desk.value("SELECT deletion_due_at FROM tenants")) == ("active", None)
    assert (f"operator:{ANA}", "tenant.deletion_announced") in await stage.audited()
