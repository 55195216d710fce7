"""The operators' plans: who is on which, what a month is counted under, when admins are told, who still may come in."""

import asyncio
from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import BadRequest, Conflict, NotFound, PlanFull
from core.domain.plans import Plan
from core.services import members
from core.services.members import Person
from core.services.plan_watch import PlanWatch
from core.services.plans import add_plan, change_plan, list_plans, put_on_plan
from core.services.tenants import NewTenant, create_tenant
from core.services.usage import counted_leads_of, usage, usage_of
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk

SMALL = Plan("small", "Small", 10, 2, price_cents=9_900, excess_cents=150)


async def _on_small(desk: Desk) -> UUID:
    """The desk's business pays for little."""
    await add_plan(SMALL)
    await put_on_plan(desk.business.tenant_id, "small")
    return desk.business.tenant_id


async def _month_has(desk: Desk, leads: int) -> None:
    """This month has counted so many leads."""
    await desk.run(
        "INSERT INTO usage_months (id, tenant_id, month, leads)"
        " SELECT uuid_v7(), t.id, date_trunc('month', now() AT TIME ZONE t.timezone)::date, $2 FROM tenants t WHERE t.id = $1"
        " ON CONFLICT (tenant_id, month) DO UPDATE SET leads = EXCLUDED.leads",
        desk.business.tenant_id,
        leads,
    )


async def _months_pass(desk: Desk) -> None:
    """What was this month is the one two months ago."""
    await desk.run("UPDATE usage_months SET month = (month - interval '2 months')::date")


async def _told(desk: Desk) -> list[str]:
    found = await desk.rows("SELECT kind FROM notifications WHERE kind LIKE 'plan%' ORDER BY created_at, id")
    return [kind for (kind,) in found]


async def test_what_an_installation_begins_with(opened: Database) -> None:
    """Three plans, the smallest first."""
    assert opened.name
    assert [(one.key, one.leads, one.attendants, one.currency) for one in await list_plans()] == [
        ("starter", 300, 1, "BRL"),
        ("pro", 1000, 3, "BRL"),
        ("scale", 3000, 10, "BRL"),
    ]


async def test_a_plan_is_added_changed_and_archived(opened: Database) -> None:
    """Under one key there is one; nobody is put on an archived one; what is no plan is refused."""
    assert opened.name
    await add_plan(SMALL)
    with pytest.raises(Conflict, match="small"):
        await add_plan(SMALL)
    assert (await change_plan("small", leads=20)).leads == 20
    with pytest.raises(BadRequest, match="leads"):
        await change_plan("small", leads=0)
    with pytest.raises(NotFound, match="large"):
        await change_plan("large", leads=1)
    tenant = await create_tenant(NewTenant("loja", "Loja"))
    await change_plan("small", archived=True)
    with pytest.raises(Conflict, match="archived"):
        await put_on_plan(tenant, "small")
    with pytest.raises(BadRequest, match="small"):
        await create_tenant(NewTenant("outra", "Outra", plan="small"))


async def test_another_plan_holds_from_this_month_on(desk: Desk) -> None:
    """The running month has the new limit at once, and it is written down who did it."""
    await _month_has(desk, 12)
    tenant = await _on_small(desk)
    used = await usage_of(tenant)
    assert (used.plan, used.now.terms, used.now.excess, used.now.excess_price.cents) == (SMALL, SMALL.terms, 2, 300)
    assert ("operator", "tenant.plan_changed") in await desk.rows("SELECT actor, action FROM audit_log")


async def test_a_month_keeps_what_it_was_counted_under(desk: Desk) -> None:
    """Whatever becomes of the tenant's plan, and of the plan itself, later."""
    tenant = await _on_small(desk)
    await _month_has(desk, 12)
    await _months_pass(desk)
    await put_on_plan(tenant, "pro")
    await _month_has(desk, 5)
    await desk.run("UPDATE usage_months SET month = (month - interval '1 month')::date WHERE plan IS NULL")
    await change_plan("pro", leads=2000, excess_cents=70, name="Pró")
    used = await usage_of(tenant)
    assert [(one.leads, one.terms.plan, one.terms.leads, one.terms.excess_cents) for one in used.months] == [
        (5, "pro", 1000, 0),
        (12, "small", 10, 150),
    ]
    assert used.plan.leads == 2000


async def test_a_month_that_is_over_is_closed_by_the_watch(desk: Desk) -> None:
    """Without anybody changing anything; the running one stays open."""
    await _on_small(desk)
    await _month_has(desk, 12)
    await _months_pass(desk)
    await _month_has(desk, 1)
    await PlanWatch().look()
    assert await desk.rows("SELECT leads, plan, plan_leads, price_cents FROM usage_months ORDER BY month") == [
        (12, "small", 10, 9_900),
        (1, None, None, None),
    ]


async def test_admins_are_told_at_80_and_at_100_percent(desk: Desk) -> None:
    """Once each a month, however often somebody looks, and however many look at once."""
    await _on_small(desk)
    for leads, told in ((7, 0), (8, 1), (9, 1), (10, 2), (25, 2)):
        await _month_has(desk, leads)
        await asyncio.gather(*(PlanWatch().look() for _ in range(4)))
        assert len(await _told(desk)) == told
    assert await _told(desk) == ["plan_near", "plan_reached"]


async def test_a_month_filled_at_once_is_told_of_once(desk: Desk) -> None:
    """Nobody needs to hear that it is nearly full when it is full."""
    await _on_small(desk)
    await _month_has(desk, 30)
    await PlanWatch().look()
    await PlanWatch().look()
    assert await _told(desk) == ["plan_reached"]


async def test_each_month_is_told_of_anew(desk: Desk) -> None:
    """What was told last month says nothing of this one."""
    await _on_small(desk)
    await _month_has(desk, 8)
    await PlanWatch().look()
    await _months_pass(desk)
    await _month_has(desk, 8)
    await PlanWatch().look()
    assert await _told(desk) == ["plan_near", "plan_near"]


async def test_a_larger_plan_is_told_of_anew(desk: Desk) -> None:
    """Of the new limit nobody was told yet, whether the tenant has another plan or the plan itself is another."""
    tenant = await _on_small(desk)
    await _month_has(desk, 10)
    await PlanWatch().look()
    await change_plan("small", leads=20)
    await _month_has(desk, 16)
    await PlanWatch().look()
    await put_on_plan(tenant, "pro")
    await _month_has(desk, 800)
    await PlanWatch().look()
    assert await _told(desk) == ["plan_reached", "plan_near", "plan_near"]


async def _person(desk: Desk, number: int) -> None:
    invitation = await members.invite(desk.business.tenant_id, Role.ATTENDANT, by=None)
    await members.join(invitation.token, Person(number, f"Person {number}"))


async def test_nobody_comes_into_a_full_team(desk: Desk) -> None:
    """Whoever is in it counts, the admin too; the error names the plan and the mend."""
    await _on_small(desk)
    await _person(desk, 901)
    with pytest.raises(PlanFull, match=r"Small holds 2 people.*larger plan.*remove somebody"):
        await _person(desk, 902)
    admin = Actor(desk.business.tenant_id, desk.business.member_id, Role.ADMIN)
    with pytest.raises(PlanFull):
        await members.invite(admin.tenant_id, Role.MANAGER, by=admin)


async def test_of_several_invitations_one_fills_the_last_place(desk: Desk) -> None:
    """However many come at once; who finds no place keeps his invitation for when there is one."""
    tenant = await _on_small(desk)
    tokens = [(await members.invite(tenant, Role.ATTENDANT, by=None)).token for _ in range(5)]
    came = await asyncio.gather(
        *(members.join(token, Person(900 + number, "Somebody")) for number, token in enumerate(tokens)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, PlanFull) for one in came) == 4
    late = next(number for number, one in enumerate(came) if isinstance(one, PlanFull))
    await put_on_plan(tenant, "pro")
    assert (await members.join(tokens[late], Person(900 + late, "Somebody"))).tenant_id == tenant


async def test_nobody_is_cut_off_by_a_smaller_plan(desk: Desk) -> None:
    """The team that is there goes on; only nobody more comes in."""
    tenant = desk.business.tenant_id
    for number in (901, 902, 903):
        await _person(desk, number)
    await put_on_plan(tenant, "starter")
    admin = Actor(tenant, desk.business.member_id, Role.ADMIN)
    assert len(await members.team(admin)) == 4
    assert [(one.tenant_id, one.suspended) for one in await members.memberships(903)] == [(tenant, False)]
    assert (await usage(admin)).team == 4


async def test_who_was_counted_is_shown_with_his_first_message(desk: Desk) -> None:
    """In order, with the name, the channel and the message that counted him; an erased one leaves the count."""
    await desk.hears("Oi")
    await desk.hears("Tudo bem?")
    first, second = await desk.rows("SELECT id FROM messages WHERE direction = 'in' ORDER BY seq")
    tenant = desk.business.tenant_id
    (one,) = await counted_leads_of(tenant, None, after=0, limit=10)
    assert (one.place, one.lead_id, one.channel, one.message_id) == (1, desk.thread.lead_id, "meta_whatsapp", first[0])
    assert one.conversation_id == desk.thread.conversation_id
    await desk.run("DELETE FROM messages WHERE id = ANY ($1::uuid[])", [first[0], second[0]])
    (erased,) = await counted_leads_of(tenant, None, after=0, limit=10)
    assert (erased.lead_id, erased.conversation_id) == (desk.thread.lead_id, None)
    assert await counted_leads_of(tenant, None, after=1, limit=10) == []
