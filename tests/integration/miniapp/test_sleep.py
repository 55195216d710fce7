"""Conversations put to sleep from the screen."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.miniapp.crew import Crew, refused, seen


async def _held(crew: Crew) -> str:
    """The manager has the lead's conversation; where it is."""
    here = f"/conversations/{crew.desk.ref.conversation_id}"
    seen(await crew["manager"].ask("POST", f"{here}/take"))
    return here


def _in(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def test_it_sleeps_and_is_woken(crew: Crew) -> None:
    """The screen shows until when, and offers it to whom it is permitted."""
    here = await _held(crew)
    assert (await crew["manager"].ask("POST", f"{here}/snooze", {"until": _in(2)})).status in {200, 204}
    shown = seen(await crew["manager"].ask("GET", here))
    assert (shown["asleep_until"] is not None, shown["can"]["snooze"]) == (True, True)
    assert seen(await crew["manager"].ask("POST", f"{here}/wake")) == {"slept": True}
    assert seen(await crew["manager"].ask("GET", here))["asleep_until"] is None


@pytest.mark.parametrize(("hours", "code"), [(-1, "snooze_past"), (61 * 24, "snooze_too_long")])
async def test_a_time_that_cannot_be_is_refused_by_name(crew: Crew, hours: float, code: str) -> None:
    """Over, or too far away."""
    here = await _held(crew)
    assert refused(await crew["manager"].ask("POST", f"{here}/snooze", {"until": _in(hours)})) == (400, code)
