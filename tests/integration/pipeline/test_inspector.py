"""The inspector: the demo tenant's latest turns, with all that explains them, to whoever knows the run's token."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from app.emulated import TENANT_SLUG
from app.inspector import Inspector
from tests.fakes import decided
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk


@pytest.fixture
async def inspector(opened: Database, desk: Desk) -> AsyncIterator[Inspector]:
    """An inspector of the desk's business."""
    await desk.run("UPDATE tenants SET slug = $1 WHERE id = $2", TENANT_SLUG, desk.ref.tenant_id)
    running = Inspector(opened.app, opened.platform)
    await running.start()
    yield running
    await running.stop()


async def turns(inspector: Inspector, token: str | None = None) -> tuple[int, list[dict[str, Any]]]:
    """What it answers."""
    headers = {"Authorization": f"Bearer {inspector.token if token is None else token}"}
    async with aiohttp.ClientSession() as http, http.get(f"{inspector.url}/turns", headers=headers) as response:
        return response.status, (await response.json())["turns"] if response.ok else []


async def test_a_turn_is_explained(inspector: Inspector, desk: Desk) -> None:
    """What was heard and said, the decision, the verdicts, the score, the calls, and whose phone it was."""
    await desk.hears("Quanto custa?")
    desk.model.answers = [decided("Custa R$ 120,00.", intent="question", confidence=93, score_delta=12)]
    await desk.answers()
    _, [turn] = await turns(inspector)
    assert (turn["heard"], [one["text"] for one in turn["said"]]) == (["Quanto custa?"], ["Custa R$ 120,00."])
    assert (turn["decision"]["confidence"], turn["verdicts"]["guard"]["verdict"]) == (93, "clean")
    assert (turn["score_change"], turn["hand_off"], len(turn["calls"])) == ({"before": 0, "after": 12}, None, 1)
    assert (turn["reply_address"], turn["prompt"]["stable"] > 0) == (desk.thread.address, True)


async def test_a_hand_off_is_explained(inspector: Inspector, desk: Desk) -> None:
    """Its reason, and that nobody has taken it."""
    await desk.hears("Quero falar com um atendente")
    await desk.answers()
    _, [turn] = await turns(inspector)
    assert (turn["hand_off"]["reason"], turn["hand_off"]["claimed_by"]) == ("lead_asked", None)


async def test_the_latest_come_first(inspector: Inspector, desk: Desk) -> None:
    """One answer after the other."""
    for words in ("Oi", "Quanto custa?"):
        await desk.hears(words)
        await desk.answers()
    _, latest = await turns(inspector)
    assert [turn["heard"] for turn in latest] == [["Quanto custa?"], ["Oi"]]


@pytest.mark.parametrize("token", ["", "guessed"])
async def test_without_the_token_nothing_is_told(inspector: Inspector, token: str) -> None:
    """It holds what leads wrote."""
    assert await turns(inspector, token) == (401, [])


async def test_another_tenants_turns_are_not_shown(inspector: Inspector, desk: Desk) -> None:
    """Only the demo business's; with none there is nothing."""
    await desk.hears()
    await desk.answers()
    await desk.run("UPDATE tenants SET slug = 'padaria' WHERE id = $1", desk.ref.tenant_id)
    assert await turns(inspector) == (200, [])


async def test_a_database_that_is_away_is_said_to_be(opened: Database) -> None:
    """No traceback and no waiting."""
    away = opened.app.rpartition("@")[0] + "@127.0.0.1:9/away"
    running = Inspector(away, away)
    await running.start()
    status, _ = await turns(running)
    await running.stop()
    assert status == 503
