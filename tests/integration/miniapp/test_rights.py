"""Every operation by role, and with another business's ids: who may what, and that nobody else is there at all."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from core.domain.conversation import Role
from tests.integration.miniapp.client import Answered
from tests.integration.miniapp.crew import Crew, refused

LEADING: Final = frozenset({Role.MANAGER, Role.ADMIN})
ADMINS: Final = frozenset({Role.ADMIN})
EVERYBODY: Final = frozenset(Role)
BODIES: Final[Mapping[str, object]] = {
    "transfer": {"member_id": str(uuid4())},
    "snooze": {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
    "say": {"text": "Oi"},
    "note": {"text": "VIP"},
    "invite": {"role": "attendant"},
    "change_role": {"role": "manager"},
    "change_me": {},
    "switch_ai": {"paused": False},
    "change_stages": {"stages": [], "moves": {}},
    "add_knowledge": {"title": "", "content": "Abrimos às 9h"},
    "change_knowledge": {"title": "", "content": "Abrimos às 9h"},
    "add_quick_reply": {"shortcut": "oi", "text": "Olá!"},
    "change_quick_reply": {"shortcut": "oi", "text": "Olá!"},
    "judge_incident": {"false_positive": True},
    "place_hold": {"reason": "processo"},
    "retry_letters": {"kind": "send"},
    "drop_letters": {"kind": "send"},
    "switch_tenant": {"tenant_id": str(uuid4())},
    "edit_lead": {"name": "Ana"},
    "add_data_request": {"kind": "access"},
    "forget_lead": {"name": None},
    "close_data_request": {},
    "move_lead": {"stage_key": "new"},
}
MAY: Final[Mapping[str, frozenset[Role]]] = {
    "invite": ADMINS,
    "change_role": ADMINS,
    "remove_member": ADMINS,  # but for oneself
    "business_settings": LEADING,
    "change_business_settings": ADMINS,
    "ai_state": LEADING,
    "switch_ai": LEADING,
    "change_stages": ADMINS,
    "knowledge": LEADING,
    "add_knowledge": ADMINS,
    "change_knowledge": ADMINS,
    "remove_knowledge": ADMINS,
    "add_quick_reply": LEADING,
    "change_quick_reply": LEADING,
    "remove_quick_reply": LEADING,
    "channels": LEADING,
    "check_channel": ADMINS,
    "disconnect_channel": ADMINS,
    "export_leads": LEADING,
    "export_lead": ADMINS,
    "forget_lead": ADMINS,
    "data_requests": LEADING,
    "close_data_request": ADMINS,
    "usage": LEADING,
    "health": LEADING,
    "export_usage": LEADING,
    "counted_leads": LEADING,
    "export_counted_leads": LEADING,
    "incidents": ADMINS,
    "judge_incident": ADMINS,
    "dead_letters": LEADING,
    "retry_letter": LEADING,
    "drop_letter": LEADING,
    "retry_letters": LEADING,
    "drop_letters": LEADING,
    "audit": ADMINS,
    "follow_up_results": LEADING,
    "follow_up_preview": LEADING,
    "holds": ADMINS,
    "place_hold": ADMINS,
    "lift_hold": ADMINS,
}
"""What not everybody may."""
TABLES: Final[Mapping[str, str]] = {
    "conversation_id": "conversations",
    "message_id": "messages",
    "lead_id": "leads",
    "member_id": "members",
    "session_id": "app_sessions",
    "entry_id": "knowledge_entries",
    "reply_id": "quick_replies",
    "account_id": "channel_accounts",
    "incident_id": "security_incidents",
    "letter_id": "dead_letters",
    "hold_id": "retention_holds",
    "request_id": "data_requests",
    "follow_up_id": "follow_ups",
}
"""Where what a path names stands."""
_NAMED: Final = re.compile(r"\{(\w+)\}")


async def _operations(crew: Crew) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description of all that need somebody signed in, but the stream, by name."""
    described = (await crew["admin"].ask("GET", "/openapi.json")).body
    return {
        one["operationId"]: (method.upper(), path, one)
        for path, methods in described["paths"].items()
        for method, one in methods.items()
        if "operationId" in one and "security" in one and one["operationId"] != "events"
    }


async def _asked(crew: Crew, who: str, name: str, method: str, path: str) -> Answered:
    body = BODIES.get(name)
    if name == "change_business_settings":
        body = (await crew["admin"].ask("GET", "/settings/business")).body
    return await crew[who].ask(method, path, body, headers={"Idempotency-Key": str(uuid4())})


async def test_every_operation_by_every_role(crew: Crew) -> None:
    """Whoever may not is refused as such, before it is told whether there is anything; whoever may is not."""
    operations = await _operations(crew)
    assert operations.keys() >= MAY.keys()
    wrong = []
    for name, (method, path, _) in operations.items():
        if name in {"sign_out", "end_session"}:
            continue
        for who in ("attendant", "manager", "admin"):
            here = _NAMED.sub(lambda _: str(uuid4()), path)
            answered = await _asked(crew, who, name, method, here)
            forbidden = answered.status == 403 and answered.body["code"] == "forbidden"
            if forbidden is (crew.members[who].role in MAY.get(name, EVERYBODY)):
                wrong.append((name, who, answered.status))
    assert wrong == []


async def test_another_businesss_ids_are_nobodys(crew: Crew) -> None:
    """What is theirs is answered as what is not there, to the letter, and nothing of it is changed."""
    before = await _everything_of_theirs(crew)
    wrong = []
    for name, (method, path, _) in (await _operations(crew)).items():
        names = _NAMED.findall(path)
        if not names:
            continue
        theirs = await _theirs(crew, names)
        for who in ("attendant", "manager", "admin"):
            answered = await _asked(crew, who, name, method, path.format(**theirs))
            nobodys = await _asked(crew, who, name, method, path.format(**{one: uuid4() for one in names}))
            if (answered.status, answered.body) != (nobodys.status, nobodys.body) or answered.status not in {403, 404}:
                wrong.append((name, who, answered.status))
    assert wrong == []
    assert await _everything_of_theirs(crew) == before


async def _theirs(crew: Crew, names: list[str]) -> dict[str, str]:
    return {
        name: str(
            await crew.desk.value(f"SELECT id FROM {TABLES[name]} WHERE tenant_id = $1 LIMIT 1", crew.others.tenant_id)
        )
        for name in names
    }


async def _everything_of_theirs(crew: Crew) -> dict[str, Any]:
    return {
        table: await crew.desk.value(
            f"SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id)::text FROM {table} t WHERE tenant_id = $1",
            crew.others.tenant_id,
        )
        for table in [*TABLES.values(), "audit_log", "stages"]
    }


async def test_a_transfer_to_somebody_of_elsewhere_finds_nobody(crew: Crew) -> None:
    """An id in a body is no other way in."""
    await crew.held_by("attendant")
    answered = await crew["attendant"].ask("POST", f"{crew.here}/transfer", {"member_id": str(crew.others.member_id)})
    assert refused(answered) == (404, "not_found")


async def test_lists_hold_ones_own_alone(crew: Crew) -> None:
    """No list, whatever it is asked for, has an id of another business in it."""
    known = {
        str(row[0])
        for table in TABLES.values()
        for row in await crew.desk.rows(f"SELECT id FROM {table} WHERE tenant_id = $1", crew.others.tenant_id)
    }
    for name, (method, path, _) in (await _operations(crew)).items():
        if method == "GET" and not _NAMED.search(path):
            answered = await crew["admin"].ask(method, path)
            told = str(answered.body)
            assert [one for one in known if one in told] == [], name


async def test_a_role_that_is_taken_away_is_gone_at_once(crew: Crew) -> None:
    """The token in hand says who somebody is, not what he may."""
    assert (await crew["manager"].ask("GET", "/usage")).status == 200
    changed = await crew["admin"].ask("PATCH", f"/team/{crew.id_of('manager')}", {"role": "attendant"})
    assert changed.status == 204
    assert refused(await crew["manager"].ask("GET", "/usage")) == (403, "forbidden")


async def test_who_was_removed_is_out_at_once(crew: Crew) -> None:
    """And comes in no more, by no token of his."""
    assert (await crew["admin"].ask("DELETE", f"/team/{crew.id_of('manager')}")).status == 204
    assert refused(await crew["manager"].ask("GET", "/me")) == (401, "token_invalid")
    renewed = await crew["manager"].ask("POST", "/session/refresh", {"refresh_token": crew["manager"].refresh})
    assert refused(renewed) == (401, "token_invalid")


@pytest.mark.parametrize("who", ["attendant", "manager"])
async def test_everybody_may_go_himself(crew: Crew, who: str) -> None:
    """Without being an admin."""
    assert (await crew[who].ask("DELETE", f"/team/{crew.id_of(who)}")).status == 204
