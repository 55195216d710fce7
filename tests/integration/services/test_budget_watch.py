"""When admins are told what the AI has cost of what it may cost in a month."""

import asyncio

import pytest

from bot.notices import draw_notice
from bot.texts import Catalogs
from core.domain.notification import NotificationKind
from core.services.plan_watch import PlanWatch
from db.json import loads
from tests.integration.services.desk import Desk


async def _budget_is(desk: Desk, usd: str) -> None:
    await desk.run(
        "UPDATE tenants SET settings = jsonb_set(settings, '{monthly_budget_usd}', $2::jsonb) WHERE id = $1",
        desk.business.tenant_id,
        usd,
    )


async def _month_cost(desk: Desk, usd: float) -> None:
    """So much of this month, by the tenant's own clocks."""
    await desk.run(
        "INSERT INTO usage_months (id, tenant_id, month, ai_cost_micros)"
        " SELECT uuid_v7(), t.id, date_trunc('month', now() AT TIME ZONE t.timezone)::date, $2 FROM tenants t WHERE t.id = $1"
        " ON CONFLICT (tenant_id, month) DO UPDATE SET ai_cost_micros = EXCLUDED.ai_cost_micros",
        desk.business.tenant_id,
        round(usd * 1_000_000),
    )


async def _told(desk: Desk) -> list[str]:
    found = await desk.rows("SELECT kind FROM notifications WHERE kind LIKE 'budget%' ORDER BY created_at, id")
    return [kind for (kind,) in found]


async def test_admins_are_told_once_at_each_threshold(desk: Desk) -> None:
    """At 80 and at 100 percent, however often somebody looks, and however many look at once."""
    await _budget_is(desk, "10")
    for cost, told in ((7.99, 0), (8, 1), (9.99, 1), (10, 2), (25, 2)):
        await _month_cost(desk, cost)
        await asyncio.gather(*(PlanWatch().look() for _ in range(4)))
        assert len(await _told(desk)) == told
    assert await _told(desk) == ["budget_near", "budget_reached"]


async def test_a_budget_used_up_at_once_is_told_of_once(desk: Desk) -> None:
    """Nobody needs to hear that it is nearly spent when it is."""
    await _budget_is(desk, "10")
    await _month_cost(desk, 30)
    await PlanWatch().look()
    await PlanWatch().look()
    assert await _told(desk) == ["budget_reached"]


async def test_no_day_tells_again_and_a_month_does(desk: Desk) -> None:
    """What was told weeks ago still is, in the same month; what was told last month says nothing of this one."""
    await _budget_is(desk, "10")
    await _month_cost(desk, 10)
    await PlanWatch().look()
    await desk.run("UPDATE notifications SET created_at = created_at - interval '20 days'")
    await PlanWatch().look()
    assert await _told(desk) == ["budget_reached"]
    await desk.run("UPDATE usage_months SET month = (month - interval '2 months')::date")
    await _month_cost(desk, 10)
    await PlanWatch().look()
    assert await _told(desk) == ["budget_reached", "budget_reached"]


async def test_a_raised_budget_is_told_of_anew(desk: Desk) -> None:
    """Once it is used up too, not by itself; one that is lowered below what was spent is no news."""
    await _budget_is(desk, "10")
    await _month_cost(desk, 10)
    await PlanWatch().look()
    for budget, cost, kinds in (
        ("100", 11, ["budget_reached"]),
        ("100", 80, ["budget_reached", "budget_near"]),
        ("50.5", 80, ["budget_reached", "budget_near", "budget_reached"]),
        ("20", 80, ["budget_reached", "budget_near", "budget_reached"]),
    ):
        await _budget_is(desk, budget)
        await _month_cost(desk, cost)
        await PlanWatch().look()
        assert await _told(desk) == kinds


@pytest.mark.parametrize("stored", ['"much"', "null", "[1]", "1e300"])
async def test_a_budget_that_is_none_holds_nobody_up(desk: Desk, stored: str) -> None:
    """What was stored and makes no sense counts as the product's own, and what nobody spends is never reached."""
    await _budget_is(desk, stored)
    await _month_cost(desk, 60)
    await PlanWatch().look()
    assert await _told(desk) == ([] if stored == "1e300" else ["budget_reached"])


async def test_it_is_told_with_its_figures(desk: Desk) -> None:
    """What it has cost, what it may cost, and where that is changed."""
    await _budget_is(desk, "50")
    await _month_cost(desk, 40.1)
    await PlanWatch().look()
    ((payload,),) = await desk.rows(
        "SELECT payload || jsonb_build_object('kind', kind, 'subject_id', subject_id) FROM notifications WHERE kind LIKE 'budget%'"
    )
    html = await draw_notice(desk.business.tenant_id, loads(payload), Catalogs.load().of("en"))
    assert html is not None
    assert all(part in html for part in ("$40.10", "$50.00", "80%", "settings"))


async def test_a_notice_without_figures_is_not_shown(desk: Desk) -> None:
    """An older release told it daily, of a hand-off; the month's own notice takes its place."""
    payload = {"kind": NotificationKind.BUDGET_REACHED.value, "subject_id": str(desk.business.tenant_id)}
    assert await draw_notice(desk.business.tenant_id, payload, Catalogs.load().of("en")) is None
