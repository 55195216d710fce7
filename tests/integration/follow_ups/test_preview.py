"""Who will be written to unasked: as the job would plan it, the writer would say it, and the rules would refuse it."""

from datetime import timedelta

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Author, Role
from core.domain.errors import Forbidden
from core.services.follow_up_preview import Coming, FollowUpPreviews, Place, PreviewPart
from tests.integration.follow_ups.clockwork import TEXT, Clockwork

GREETING = {**TEXT, "text": "Oi, {nome}! Aqui é da {negocio}."}
SILENT = """UPDATE conversations SET status = 'ai', turn_due_at = NULL, last_inbound_at = now() - interval '1 hour',
    last_activity_at = now() - make_interval(mins => $2) WHERE id = $1"""


async def _seen(clock: Clockwork, part: PreviewPart = PreviewPart.PLANNED) -> list[Coming]:
    previews = FollowUpPreviews(clock.windows)
    return list((await previews.preview_of(clock.desk.ref.tenant_id, part, None, 50)).items)


async def _planned(clock: Clockwork) -> Coming:
    (one,) = await _seen(clock)
    return one


async def _silent(clock: Clockwork, **settings: object) -> None:
    await clock.set(**settings)
    await clock.talks()
    await clock.plans()


async def test_what_is_planned_is_seen_in_its_words(clock: Clockwork) -> None:
    """The lead's name and the business's in them, as the writer then says it."""
    await clock.desk.run("UPDATE leads SET name = 'ana souza'")
    await _silent(clock, steps=[GREETING])
    seen = await _planned(clock)
    assert (seen.step, seen.text, seen.hold, seen.refusal) == (1, "Oi, Ana! Aqui é da Acme.", None, None)
    assert seen.due_at == await clock.desk.value("SELECT due_at FROM follow_ups")
    await clock.passes(hours=4)
    assert await clock.runs() == 1
    assert (await clock.desk.said())[-1] == ("follow_up", "sent", seen.text)


async def test_who_has_no_name_is_greeted_without_one(clock: Clockwork) -> None:
    """No gap is left, seen or said."""
    await clock.desk.run("UPDATE leads SET name = NULL")
    await _silent(clock, steps=[GREETING])
    seen = await _planned(clock)
    await clock.passes(hours=4)
    await clock.runs()
    assert (await clock.desk.said())[-1][2] == seen.text == "Oi! Aqui é da Acme."


async def test_a_template_will_be_held(clock: Clockwork) -> None:
    """It is told before, and after."""
    await _silent(clock, steps=[{**TEXT, "kind": "template", "text": "volta"}])
    assert (await _planned(clock)).hold == "template"
    await clock.passes(hours=4)
    await clock.runs()
    assert ([one.hold for one in await _seen(clock, PreviewPart.HELD)], await _seen(clock)) == (["template"], [])


async def test_beyond_the_window_it_will_be_held(clock: Clockwork) -> None:
    """It would be due when the channel takes free words no more."""
    clock.windows[clock.desk.channel.name] = timedelta(hours=2)
    await clock.desk.run("UPDATE channel_accounts SET channel = $1", clock.desk.channel.name)
    await _silent(clock)
    assert (await _planned(clock)).hold == "window"


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        ("UPDATE leads SET opted_out_at = now()", "opted_out"),
        ("UPDATE conversations SET status = 'human'", "person"),
        ("UPDATE leads SET stage_key = 'won'", "stage"),
        ("UPDATE tenants SET ai_paused = true", "tenant"),
        ("UPDATE tenants SET settings = jsonb_set(settings, '{follow_up,is_on}', 'false')", "off"),
        ("UPDATE tenants SET settings = jsonb_set(settings, '{follow_up,steps}', '[]')", "off"),
        ("UPDATE channel_accounts SET status = 'stopped'", "channel"),
    ],
)
async def test_what_would_not_be_said_is_told_with_why(clock: Clockwork, deed: str, refusal: str) -> None:
    """As things stand; and so it comes."""
    await _silent(clock)
    await clock.desk.run(deed)
    seen = await _planned(clock)
    assert (seen.refusal, seen.text) == (refusal, None)
    await clock.passes(hours=4)
    await clock.desk.run("UPDATE follow_ups SET leave_at = now()")
    assert await clock.writes() == 0
    assert await clock.steps() == [(1, "cancelled", refusal)]


async def test_the_next_run_is_seen_before_it_plans(clock: Clockwork) -> None:
    """The same leads at the same time, by the same rules."""
    await clock.set(steps=[GREETING])
    await clock.talks()
    (seen,) = await _seen(clock, PreviewPart.NEXT_RUN)
    assert await clock.steps() == []
    await clock.plans()
    (planned,) = await clock.desk.rows("SELECT lead_id, due_at, silent_since FROM follow_ups")
    assert (seen.lead_id, seen.due_at, seen.silent_since) == planned
    assert await _seen(clock, PreviewPart.NEXT_RUN) == []


async def test_what_would_be_is_seen_before_it_is_switched_on(clock: Clockwork) -> None:
    """Nobody is planned, and whoever would be is there to look at."""
    await clock.set(is_on=False)
    await clock.talks()
    preview = await FollowUpPreviews({}).preview_of(clock.desk.ref.tenant_id, PreviewPart.NEXT_RUN, None, 50)
    assert (preview.is_on, [one.step for one in preview.items]) == (False, [1])
    await clock.plans()
    assert await clock.steps() == []


async def test_pages_hold_everybody_once(clock: Clockwork) -> None:
    """What is planned, what is due first before the rest."""
    await _silent(clock)
    await clock.desk.run(
        "INSERT INTO follow_ups (id, tenant_id, lead_id, conversation_id, step, silent_since, kind, due_at)"
        " SELECT uuid_v7(), tenant_id, lead_id, conversation_id, 1, silent_since - make_interval(days => n), kind,"
        " due_at + make_interval(hours => 5 - n) FROM follow_ups, generate_series(1, 4) n"
    )
    found, after, previews = list[Coming](), Place(), FollowUpPreviews({})
    while len(found) < 10:
        page = await previews.preview_of(clock.desk.ref.tenant_id, PreviewPart.PLANNED, after, 2)
        found += page.items
        if page.after is None:
            break
        after = page.after
    in_order = await clock.desk.rows("SELECT id FROM follow_ups ORDER BY due_at, id")
    assert [one.id for one in found] == [row[0] for row in in_order]


async def test_the_next_run_comes_in_pages_too(clock: Clockwork) -> None:
    """In the order in which the job looks; parts in which nobody is found are passed over."""
    await clock.set()
    threads = [await clock.desk.seed.thread(clock.desk.business) for _ in range(5)]
    for minutes, thread in enumerate(threads):
        await clock.desk.seed.message(thread, "Olá", author=Author.AI, status="sent")
        await clock.desk.run(SILENT, thread.conversation_id, 60 - minutes)
    await clock.desk.run(
        "UPDATE leads SET opted_out_at = now() WHERE id = ANY($1)", [one.lead_id for one in threads[1:3]]
    )
    found, after, previews = list[Coming](), Place(), FollowUpPreviews({})
    for _ in range(10):
        page = await previews.preview_of(clock.desk.ref.tenant_id, PreviewPart.NEXT_RUN, after, 1)
        found += page.items
        if page.after is None:
            break
        after = page.after
    assert [one.lead_id for one in found] == [threads[place].lead_id for place in (0, 3, 4)]


async def test_those_of_one_instant_come_in_pages_too(clock: Clockwork) -> None:
    """However many they are: each is there once, and no page holds more than was asked for."""
    await clock.set()
    threads = [await clock.desk.seed.thread(clock.desk.business) for _ in range(5)]
    for thread in threads:
        await clock.desk.seed.message(thread, "Olá", author=Author.AI, status="sent")
        await clock.desk.run(SILENT, thread.conversation_id, 60)
    await clock.desk.run("UPDATE conversations SET last_activity_at = now() - interval '1 hour'")
    found, after, previews = list[Coming](), Place(), FollowUpPreviews({})
    for _ in range(10):
        page = await previews.preview_of(clock.desk.ref.tenant_id, PreviewPart.NEXT_RUN, after, 2)
        assert len(page.items) <= 2
        found += page.items
        if page.after is None:
            break
        after = page.after
    assert [one.lead_id for one in found] == [
        one.lead_id for one in sorted(threads, key=lambda one: one.conversation_id)
    ]


async def test_previews_are_for_who_leads(clock: Clockwork) -> None:
    """An attendant is refused."""
    business = clock.desk.business
    actor = Actor(business.tenant_id, business.member_id, Role.ATTENDANT)
    with pytest.raises(Forbidden):
        await FollowUpPreviews({}).preview(actor, PreviewPart.PLANNED, None, 50)
