"""What the business has set: seen by its managers, changed by its admins, and never undone unseen."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.integration.miniapp.crew import Crew, refused, seen

BUSINESS = "/settings/business"


async def _read(crew: Crew) -> dict[str, Any]:
    return dict(seen(await crew["admin"].ask("GET", BUSINESS)))


async def test_what_is_set_is_seen(crew: Crew) -> None:
    """With the defaults of what is not."""
    told = seen(await crew["manager"].ask("GET", BUSINESS))
    assert (told["business"], told["timezone"], told["hand_off"]["min_confidence"], told["version"]) == (
        "A avaliação custa R$ 120,00.", "America/Sao_Paulo", 70, 0,
    )  # fmt: skip


async def test_what_is_read_may_be_written(crew: Crew) -> None:
    """Nothing is changed by it, and nothing is audited."""
    told = await _read(crew)
    assert seen(await crew["admin"].ask("PUT", BUSINESS, told)) == told
    assert await crew.desk.value("SELECT count(*) FROM audit_log WHERE action = 'settings.changed'") == 0


async def test_what_is_changed_is_so_for_the_ai(crew: Crew) -> None:
    """The next turn is told the new facts."""
    told = await _read(crew) | {"business": "A avaliação custa R$ 150,00.", "hours": {"spans": {"0": ["08:00-18:00"]}}}
    changed = seen(await crew["admin"].ask("PUT", BUSINESS, told))
    assert (changed["version"], changed["hours"]) == (1, {"spans": {"0": ["08:00-18:00"]}})
    await crew.desk.hears("Quanto custa?")
    await crew.desk.answers()
    assert "R$ 150,00" in str(crew.desk.model.prompts[-1])


async def test_it_is_audited_by_name_never_by_text(crew: Crew) -> None:
    """Which settings were changed, not what they say."""
    told = await _read(crew)
    told |= {"internal_notes": "Segredo", "hand_off": told["hand_off"] | {"idle_turns": 9}}
    seen(await crew["admin"].ask("PUT", BUSINESS, told))
    rows = await crew.desk.rows("SELECT actor, details::text FROM audit_log WHERE action = 'settings.changed'")
    assert rows == [(f"member:{crew.id_of('admin')}", '{"fields": "hand_off.idle_turns, internal_notes"}')]


async def test_of_two_who_change_it_at_once_one_is_told(crew: Crew) -> None:
    """What he saw is not what stands there any more."""
    told = await _read(crew)
    answers = await asyncio.gather(
        *(crew["admin"].ask("PUT", BUSINESS, told | {"persona": f"Voz {number}"}) for number in range(5))
    )
    assert Counter(one.status for one in answers) == {200: 1, 409: 4}
    assert {one.body["code"] for one in answers if one.status == 409} == {"settings_changed"}


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"name": "  "}, "body.name"),
        ({"timezone": "America/Nowhere"}, "body.timezone"),
        ({"locale": "xx"}, "body.locale"),
        ({"debounce_seconds": 16}, "body.debounce_seconds"),
        ({"debounce_seconds": 10**400}, "body.debounce_seconds"),
        ({"persona": "a\0b"}, "body.persona"),
        ({"privacy_link": "http://example.com"}, "body.privacy_link"),
        ({"model": "gpt"}, "body.model"),
        ({"effort": "gigantic"}, "body.effort"),
        ({"max_bubbles": 4}, "body.max_bubbles"),
        ({"inbox": "pigeon"}, "body.inbox"),
        ({"hours": {"spans": {"7": []}}}, "body.hours.spans.7.[key]"),
        ({"hours": {"spans": {"0": ["8-25"]}}}, "body.hours.spans"),
        ({"hand_off": {"idle_turns": 0}}, "body.hand_off.idle_turns"),
        ({"hand_off": {"intents": ["weather"]}}, "body.hand_off.intents"),
        ({"hand_off": {"silent_action": "sue"}}, "body.hand_off.silent_action"),
        ({"hand_off": {"waiting_minutes": 10**30}}, "body.hand_off.waiting_minutes"),
        ({"hand_off": {"waiting_action": "sue"}}, "body.hand_off.waiting_action"),
        ({"hand_off": {"reminder_minutes": 25}}, "body.hand_off.reminder_minutes"),
        ({"hand_off": {"waiting_minutes": 20}}, "body.hand_off.escalation_minutes"),
        ({"messages": {"generic": "x" * 1001}}, "body.messages.generic"),
        ({"version": -1}, "body.version"),
    ],
)
async def test_what_does_not_fit_is_named(crew: Crew, change: dict[str, Any], at: str) -> None:
    """By its path; nothing of the rest is changed either."""
    told = await _read(crew)
    merged = {name: told[name] | value if name in {"hand_off", "messages"} else value for name, value in change.items()}
    answered = await crew["admin"].ask("PUT", BUSINESS, told | {"business": "Outra"} | merged)
    assert (refused(answered), [one["at"] for one in answered.body["faults"]]) == ((400, "invalid_input"), [at])
    assert await _read(crew) == told


async def test_what_stood_before_its_rule_may_stay(crew: Crew) -> None:
    """A model that is offered no more does not keep an admin from changing the persona."""
    await crew.desk.run(
        'UPDATE tenants SET settings = settings || \'{"model": "claude-opus-5"}\' WHERE id = $1',
        crew.desk.business.tenant_id,
    )
    told = await _read(crew)
    assert seen(await crew["admin"].ask("PUT", BUSINESS, told | {"persona": "Bia"}))["model"] == "claude-opus-5"


async def test_the_choices_are_told(crew: Crew) -> None:
    """Models with the thrifty one marked, time zones, intents."""
    options = seen(await crew["attendant"].ask("GET", "/settings/options"))
    assert [one["id"] for one in options["models"] if one["thrifty"]] == ["claude-haiku-5-5"]
    assert "America/Sao_Paulo" in options["timezones"]
    assert "complaint" in options["intents"]


async def test_the_ai_is_paused_and_set_going_again(crew: Crew) -> None:
    """By whoever leads the team."""
    for paused in (True, False):
        assert seen(await crew["manager"].ask("POST", "/settings/ai", {"paused": paused})) == {"ai_paused": paused}
        assert seen(await crew["manager"].ask("GET", "/settings/ai")) == {"ai_paused": paused}


async def test_no_secret_is_in_the_settings(crew: Crew) -> None:
    """Neither of a channel nor of the installation."""
    told = str(await _read(crew)) + str(seen(await crew["admin"].ask("GET", "/settings/options")))
    assert "access-token" not in told
    assert "app-secret" not in told
