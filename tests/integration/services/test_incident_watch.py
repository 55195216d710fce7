"""When admins are alerted of what guard and validator caught."""

import asyncio

import pytest

from bot.notices import draw_notice
from bot.texts import Catalogs
from core.services.incident_watch import IncidentWatch
from db.json import loads
from tests.fakes import decided
from tests.integration.services.desk import Desk

_INVENTED = "Fica só R$ 10,00!"
"""A price that is in nobody's facts."""


async def _caught(desk: Desk, times: int, layer: str = "guard", **more: object) -> None:
    for _ in range(times):
        await desk.seed.insert(
            "security_incidents",
            tenant_id=desk.business.tenant_id,
            layer=layer,
            verdict="attack",
            reasons=["tried"],
            **more,
        )


async def _hours_pass(desk: Desk, hours: float) -> None:
    for table in ("security_incidents", "notifications"):
        await desk.run(f"UPDATE {table} SET created_at = created_at - make_interval(secs => $1)", hours * 3600)


async def _told(desk: Desk, kind: str = "incidents_many") -> int:
    return int(await desk.value("SELECT count(*) FROM notifications WHERE kind = $1", kind))


async def _payloads(desk: Desk, kind: str) -> list[object]:
    found = await desk.rows("SELECT payload FROM notifications WHERE kind = $1 ORDER BY created_at, id", kind)
    return [loads(payload) for (payload,) in found]


async def _replies(desk: Desk, *texts: str) -> None:
    """The lead writes, and the AI would answer so; whoever had the conversation gives it back each time."""
    for text in texts:
        await desk.run("UPDATE conversations SET status = 'ai' WHERE id = $1", desk.ref.conversation_id)
        await desk.hears()
        desk.model.answers = [decided(text)]
        await desk.answers()


async def test_five_within_an_hour_alert_once(desk: Desk) -> None:
    """Not four; and once, however many look at once, and however many come after."""
    await _caught(desk, 3)
    await _caught(desk, 1, "validator")
    assert await IncidentWatch().look() == 0
    await _caught(desk, 1)
    await asyncio.gather(*(IncidentWatch().look() for _ in range(4)))
    await _caught(desk, 9)
    assert await IncidentWatch().look() == 0
    assert await _payloads(desk, "incidents_many") == [{"count": 5, "guard": 4, "validator": 1}]


async def test_it_alerts_again_after_an_hour(desk: Desk) -> None:
    """While so much is being caught, and no longer."""
    await _caught(desk, 5)
    assert await IncidentWatch().look() == 1
    await _hours_pass(desk, 1.1)
    assert await IncidentWatch().look() == 0
    await _caught(desk, 5)
    assert await IncidentWatch().look() == 1
    assert await _told(desk) == 2


async def test_five_over_more_than_an_hour_do_not_alert(desk: Desk) -> None:
    """Any hour, not the day."""
    await _caught(desk, 4)
    await _hours_pass(desk, 1.1)
    await _caught(desk, 4)
    assert await IncidentWatch().look() == 0


async def test_what_was_none_or_no_attack_does_not_count(desk: Desk) -> None:
    """What somebody judged, and machines that were left alone."""
    await _caught(desk, 4)
    await _caught(desk, 3, false_positive=True)
    await _caught(desk, 3, "automaton")
    assert await IncidentWatch().look() == 0


async def test_another_business_is_not_alerted(desk: Desk) -> None:
    """Each by what was caught of its own."""
    other = await desk.seed.business("other")
    await _caught(desk, 4)
    await desk.seed.insert("security_incidents", tenant_id=other.tenant_id, layer="guard", verdict="attack", reasons=[])
    assert await IncidentWatch().look() == 0


async def test_three_blocked_replies_in_a_row_alert_once(desk: Desk) -> None:
    """As the third is held back, not at the fourth and fifth; a run that begins anew is told of anew."""
    for run, told in ((2, 0), (1, 1), (2, 1)):
        await _replies(desk, *[_INVENTED] * run)
        assert await _told(desk, "replies_blocked") == told
    await _replies(desk, "Pois não?", _INVENTED, _INVENTED)
    assert await _told(desk, "replies_blocked") == 1
    await _replies(desk, _INVENTED)
    assert await _payloads(desk, "replies_blocked") == [{"count": 3}, {"count": 3}]


async def test_a_reply_that_passed_between_ends_the_run(desk: Desk) -> None:
    """In a row means one after the other."""
    await _replies(desk, _INVENTED, _INVENTED, "Pois não?", _INVENTED)
    assert await _told(desk, "replies_blocked") == 0


async def test_another_leads_replies_are_no_part_of_the_run(desk: Desk) -> None:
    """Three of one lead; whoever else is answered does neither make it longer nor end it."""
    ours, theirs = desk.thread, await desk.seed.thread(desk.business)
    await _replies(desk, _INVENTED, _INVENTED)
    desk.thread = theirs
    await _replies(desk, _INVENTED)
    assert await _told(desk, "replies_blocked") == 0
    desk.thread = ours
    await _replies(desk, _INVENTED)
    assert await _told(desk, "replies_blocked") == 1


@pytest.mark.parametrize("kind", ["incidents_many", "replies_blocked"])
@pytest.mark.parametrize("language", ["pt-BR", "en"])
async def test_the_alert_says_how_many_and_never_what(desk: Desk, kind: str, language: str) -> None:
    """Numbers, the lead's name, and what to do; no word of a message."""
    await desk.run("UPDATE leads SET name = 'Rita'")
    await _replies(desk, _INVENTED, _INVENTED, _INVENTED)
    await _caught(desk, 2)
    await IncidentWatch().look()
    ((payload,),) = await desk.rows(
        "SELECT payload || jsonb_build_object('kind', kind, 'subject_id', subject_id) FROM notifications WHERE kind = $1",
        kind,
    )
    html = await draw_notice(desk.business.tenant_id, loads(payload), Catalogs.load().of(language))
    assert html is not None
    assert ("<b>5</b>" if kind == "incidents_many" else "<b>3</b>") in html
    assert ("Rita" in html) == (kind == "replies_blocked")
    assert "10,00" not in html
