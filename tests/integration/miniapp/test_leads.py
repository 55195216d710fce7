"""Leads over the API: listed, looked at, and changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, ConversationStatus, MessageStatus, Purpose
from tests.integration.miniapp.crew import Crew, refused, seen

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def _lead(crew: Crew, number: int, **lead: object) -> UUID:
    """A lead who wrote so many minutes before noon."""
    at = NOON - timedelta(minutes=number)
    thread = await crew.desk.seed.thread(crew.desk.business, last_activity_at=at, created_at=at)
    columns = ", ".join(f"{name} = ${place}" for place, name in enumerate(lead, start=2))
    if columns:
        await crew.desk.run(f"UPDATE leads SET {columns} WHERE id = $1", thread.lead_id, *lead.values())
    return thread.lead_id


async def _names(crew: Crew, query: str, who: str = "manager") -> list[str]:
    return [one["name"] for one in seen(await crew[who].ask("GET", f"/leads?{query}"))["items"]]


async def _walked(crew: Crew, query: str) -> list[str]:
    """All pages of two."""
    found: list[str] = []
    cursor = ""
    while True:
        page = seen(await crew["manager"].ask("GET", f"/leads?limit=2&{query}{cursor}"))
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        assert len(page["items"]) == 2
        cursor = f"&cursor={page['next_cursor']}"


async def test_a_row_tells_how_a_lead_stands(crew: Crew) -> None:
    """Who he is, what was said last and by whom, whose he is, since when he waits."""
    await crew.desk.hears("Quanto custa?")
    await crew.held_by("attendant")
    row = seen(await crew["manager"].ask("GET", "/leads"))["items"][0]
    thread = crew.desk.thread
    first = await crew.desk.value("SELECT created_at FROM messages WHERE conversation_id = $1", thread.conversation_id)
    told = {"created_at", "last_activity_at"}
    assert {name: value for name, value in row.items() if name not in told} == {
        "id": str(thread.lead_id),
        "name": "Ana",
        "phone": thread.address,
        "stage_key": "new",
        "score": 0,
        "tags": [],
        "channel": "meta_whatsapp",
        "source_kind": None,
        "last_text": "Quanto custa?",
        "last_author": "lead",
        "conversation_id": str(thread.conversation_id),
        "conversation_status": "human",
        "assignee_id": str(crew.id_of("attendant")),
        "assignee_name": "Ana",
        "unanswered_since": first.isoformat().replace("+00:00", "Z"),
        "asleep_until": None,
    }


async def test_a_row_tells_who_sleeps(crew: Crew) -> None:
    """Until when his latest conversation does; on the board too."""
    until = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0)
    await crew.held_by("attendant")
    await crew.desk.run(
        "UPDATE conversations SET asleep_until = $2 WHERE id = $1", crew.desk.thread.conversation_id, until
    )
    listed = seen(await crew["manager"].ask("GET", "/leads"))["items"][0]
    column = seen(await crew["manager"].ask("GET", "/board"))["columns"][0]["items"][0]
    assert [datetime.fromisoformat(one["asleep_until"]) for one in (listed, column)] == [until, until]


async def test_what_was_said_last_is_cut_and_never_a_note(crew: Crew) -> None:
    """A list is no place for a page of text, and a note is not said."""
    await crew.desk.seed.message(crew.desk.thread, "x" * 500)
    await crew.desk.seed.message(
        crew.desk.thread, "nota", author=Author.ATTENDANT, status=MessageStatus.INTERNAL, purpose=Purpose.NOTE
    )
    row = seen(await crew["manager"].ask("GET", "/leads"))["items"][0]
    assert (row["last_text"], row["last_author"]) == ("x" * 120, "lead")


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("recent", ["Zoé", "Ágata", "Bruno", None]),
        ("score", [None, "Ágata", "Zoé", "Bruno"]),
        ("name", ["Ágata", "Bruno", "Zoé", None]),
        ("created", ["Zoé", "Ágata", "Bruno", None]),
    ],
)
async def test_lists_have_an_order(crew: Crew, sort: str, order: list[str]) -> None:
    """Each of the four, name by name as people sort them; who has no name comes last."""
    await crew.desk.run("DELETE FROM conversations WHERE id = $1", crew.desk.thread.conversation_id)
    for minutes, (name, score) in enumerate([("Zoé", 20), ("Ágata", 30), ("Bruno", 10), (None, 90)]):
        await _lead(crew, minutes, name=name, score=score, created_at=NOON - timedelta(days=minutes))
    assert await _names(crew, f"sort={sort}") == order


@pytest.mark.parametrize("sort", ["recent", "score", "name", "created"])
async def test_pages_leave_nobody_out(crew: Crew, sort: str) -> None:
    """However many are alike in what they are sorted by, each is on one page."""
    for minutes in range(7):
        await _lead(crew, minutes // 3, name="Bia", score=50, created_at=NOON)
    whole = [one["id"] for one in seen(await crew["manager"].ask("GET", f"/leads?sort={sort}"))["items"]]
    assert len(set(whole)) == 8
    assert await _walked(crew, f"sort={sort}") == whole


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyJzY29yZSIsICIxIiwgIngiXQ", "%C3%A9", "W1tb"])
async def test_a_cursor_of_nothing_is_refused(crew: Crew, cursor: str) -> None:
    """What is no cursor, or one of another order, says so."""
    assert refused(await crew["manager"].ask("GET", f"/leads?cursor={cursor}")) == (400, "cursor_invalid")


async def test_a_cursor_is_good_for_its_order_alone(crew: Crew) -> None:
    """One of another order would begin anywhere."""
    await _lead(crew, 1)
    page = seen(await crew["manager"].ask("GET", "/leads?limit=1"))
    answered = await crew["manager"].ask("GET", f"/leads?sort=score&cursor={page['next_cursor']}")
    assert refused(answered) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    "query",
    [
        "stage=won",
        "status=closed",
        "channel=zapi",
        "tag=vip",
        "source=ad",
        "since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z",
    ],
)
async def test_filters_find_who_is_meant(crew: Crew, query: str) -> None:
    """One lead is so, the other is not, in whatever order."""
    account = await crew.desk.seed.channel_account(
        crew.desk.business.tenant_id, crew.desk.business.set_id, channel="zapi"
    )
    found = await _lead(
        crew, 1, name="Vera", stage_key="won", tags='["vip", "novo"]', source='{"source_type": "ad"}',
        created_at=datetime(2026, 1, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    await crew.desk.run(
        "UPDATE conversations SET status = 'closed', closed_at = now(), channel_account_id = $2 WHERE lead_id = $1",
        found,
        account,
    )
    for sort in ("recent", "name"):
        assert await _names(crew, f"{query}&sort={sort}") == ["Vera"]


async def test_filters_tell_whose_a_lead_is(crew: Crew) -> None:
    """A member's, or nobody's."""
    await crew.held_by("attendant")
    await _lead(crew, 1, name="Vera")
    assert await _names(crew, f"assignee_id={crew.id_of('attendant')}") == ["Ana"]
    assert await _names(crew, "unassigned=true") == ["Vera"]


async def test_a_lead_stands_as_his_latest_conversation(crew: Crew) -> None:
    """The one before does not count any more."""
    thread = crew.desk.thread
    await crew.desk.run(
        "UPDATE conversations SET status = 'closed', closed_at = now(), created_at = now() - interval '9 days' WHERE id = $1",
        thread.conversation_id,
    )
    later = await crew.desk.seed.insert(
        "conversations", tenant_id=thread.tenant_id, lead_id=thread.lead_id, channel_account_id=thread.account_id,
        status=ConversationStatus.AI, reply_kind="phone", reply_address=thread.address, last_activity_at=NOON,
    )  # fmt: skip
    rows = seen(await crew["manager"].ask("GET", "/leads"))["items"]
    assert [one["conversation_id"] for one in rows] == [str(later)]
    assert await _names(crew, "status=closed") == []


async def test_an_attendant_sees_no_colleagues_lead(crew: Crew) -> None:
    """Neither in lists nor on a page, and he changes none: it is as if there were none."""
    await crew.held_by("colleague")
    lead, app = f"/leads/{crew.desk.thread.lead_id}", crew["attendant"]
    assert await _names(crew, "", "attendant") == []
    assert await _names(crew, "", "colleague") == await _names(crew, "", "manager") == ["Ana"]
    asked = [
        await app.ask("GET", lead),
        await app.ask("GET", f"{lead}/timeline"),
        await app.ask("PATCH", lead, {"name": "x"}),
        await app.ask("POST", f"{lead}/stage", {"stage_key": "won"}),
    ]
    assert {refused(one) for one in asked} == {(404, "not_found")}
    assert (
        await crew.desk.value("SELECT name || stage_key FROM leads WHERE id = $1", crew.desk.thread.lead_id) == "Ananew"
    )


async def test_an_attendant_sees_whom_nobody_has(crew: Crew) -> None:
    """And those whom he has himself."""
    assert await _names(crew, "", "attendant") == ["Ana"]
    await crew.held_by("attendant")
    assert seen(await crew["attendant"].ask("GET", f"/leads/{crew.desk.thread.lead_id}"))["assignee_name"] == "Ana"


async def test_a_page_tells_all(crew: Crew) -> None:
    """What was found out, why his score is what it is, what channels call him, until when he can be written to."""
    thread = crew.desk.thread
    await crew.desk.run(
        "UPDATE leads SET facts = $2, source = $3 WHERE id = $1",
        thread.lead_id,
        '{"Interesse": "pilates", "Pessoas": 2}',
        '{"source_type": "ad", "headline": "Promo"}',
    )
    for after in (10, 30):
        await crew.desk.seed.insert(
            "score_changes",
            tenant_id=thread.tenant_id,
            lead_id=thread.lead_id,
            before=after - 10,
            after=after,
            reason="r",
        )
    await crew.desk.hears("Oi")
    page = seen(await crew["manager"].ask("GET", f"/leads/{thread.lead_id}"))
    assert page["facts"] == [{"key": "Interesse", "value": "pilates"}, {"key": "Pessoas", "value": "2"}]
    assert (page["source"]["headline"], page["source_kind"]) == ("Promo", "ad")
    assert [one["after"] for one in page["score_reasons"]] == [30, 10]
    assert page["identities"] == [{"kind": "phone", "address": thread.address}]
    assert [(one["id"], one["channel"], one["status"]) for one in page["conversations"]] == [
        (str(thread.conversation_id), "meta_whatsapp", "ai")
    ]
    wrote = await crew.desk.value("SELECT last_inbound_at FROM conversations WHERE id = $1", thread.conversation_id)
    window = crew.desk.channel.capabilities.window
    ends = None if window is None else (wrote + window).isoformat().replace("+00:00", "Z")
    assert page["window_closes_at"] == ends


async def test_the_timeline_tells_it_from_the_end(crew: Crew) -> None:
    """Page by page: stages, scores, who took him, notes, what began and ended."""
    await crew.desk.hears("Quero falar com um atendente")
    await crew.desk.answers()
    here = f"/conversations/{crew.desk.thread.conversation_id}"
    lead = f"/leads/{crew.desk.thread.lead_id}"
    seen(await crew["attendant"].ask("POST", f"{here}/take"))
    seen(await crew["manager"].ask("POST", f"{lead}/stage", {"stage_key": "won"}))
    seen(await crew["attendant"].ask("POST", f"{here}/close"))
    found: list[Any] = []
    cursor = ""
    while True:
        page = seen(await crew["manager"].ask("GET", f"{lead}/timeline?limit=2{cursor}"))
        found += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    whole = seen(await crew["manager"].ask("GET", f"{lead}/timeline"))["items"]
    assert found == whole
    assert whole == sorted(whole, key=lambda one: str(one["at"]), reverse=True)
    kinds = [one["kind"] for one in whole]
    assert kinds[-1] == "conversation_opened"
    assert {"hand_off", "taken", "given_back", "stage", "conversation_closed", "conversation_opened"} <= set(kinds)
    moved = next(one for one in whole if one["kind"] == "stage" and one["after"] == "won")
    assert moved["reason"] == "member"
    assert next(one for one in whole if one["kind"] == "taken")["member_name"] == "Ana"


async def test_what_is_known_of_a_lead_is_written_down(crew: Crew) -> None:
    """What is given takes the place of what was there, the rest stays; the log tells what it was about, never what."""
    lead = crew.desk.thread.lead_id
    facts = [{"key": "Plano", "value": "anual"}]
    edited = seen(
        await crew["attendant"].ask("PATCH", f"/leads/{lead}", {"tags": ["vip", "novo", "vip"], "facts": facts})
    )
    assert (edited["name"], edited["tags"], edited["facts"]) == ("Ana", ["vip", "novo"], facts)
    again = seen(await crew["manager"].ask("PATCH", f"/leads/{lead}", {"name": "Ana Lúcia"}))
    assert (again["name"], again["tags"], again["facts"]) == ("Ana Lúcia", ["vip", "novo"], facts)
    logged = await crew.desk.rows(
        "SELECT actor, action, subject, details FROM audit_log WHERE action = 'lead.edited' ORDER BY id"
    )
    assert [(row[0], row[2], row[3]) for row in logged] == [
        (f"member:{crew.id_of('attendant')}", str(lead), '{"parts": "tags,facts"}'),
        (f"member:{crew.id_of('manager')}", str(lead), '{"parts": "name"}'),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"tags": [""]},
        {"tags": ["x" * 41]},
        {"tags": ["x"] * 31},
        {"facts": [{"key": "", "value": "x"}]},
        {"facts": [{"key": "x", "value": "a\0"}]},
        {"score": 100},
    ],
)
async def test_what_does_not_fit_is_not_written(crew: Crew, body: object) -> None:
    """Blank, too long, too much, or none of what a member may change."""
    answered = await crew["manager"].ask("PATCH", f"/leads/{crew.desk.thread.lead_id}", body)
    assert refused(answered) == (400, "invalid_input")


async def test_tags_are_listed_by_use(crew: Crew) -> None:
    """The most used first."""
    await _lead(crew, 1, tags='["novo"]')
    await _lead(crew, 2, tags='["vip", "novo"]')
    assert seen(await crew["attendant"].ask("GET", "/tags")) == {"tags": ["novo", "vip"]}


async def test_a_lead_is_moved(crew: Crew) -> None:
    """His way is kept, the log tells who moved him, and screens are told."""
    lead = crew.desk.thread.lead_id
    moved = await crew["attendant"].ask("POST", f"/leads/{lead}/stage", {"stage_key": "won", "expected": "new"})
    assert seen(moved) == {"stage_key": "won", "before": "new"}
    assert await crew.desk.rows("SELECT before, after, reason FROM stage_changes WHERE lead_id = $1", lead) == [
        ("new", "won", "member")
    ]
    assert await crew.desk.value("SELECT actor FROM audit_log WHERE action = 'lead.moved'") == (
        f"member:{crew.id_of('attendant')}"
    )
    told = [one for _, changes in crew.desk.live.calls for one in changes if one.kind is ChangeKind.LEAD]
    assert [(one.subject_id, one.lead_id) for one in told] == [(lead, lead)]


async def test_who_was_moved_meanwhile_stays(crew: Crew) -> None:
    """The member saw him elsewhere: he looks again."""
    lead = f"/leads/{crew.desk.thread.lead_id}/stage"
    seen(await crew["manager"].ask("POST", lead, {"stage_key": "won"}))
    answered = await crew["attendant"].ask("POST", lead, {"stage_key": "qualified", "expected": "new"})
    assert refused(answered) == (409, "stage_moved")
    assert await crew.desk.value("SELECT stage_key FROM leads WHERE id = $1", crew.desk.thread.lead_id) == "won"


async def test_no_lead_goes_where_there_is_nothing(crew: Crew) -> None:
    """A stage that the pipeline does not have is none."""
    lead = f"/leads/{crew.desk.thread.lead_id}/stage"
    assert refused(await crew["manager"].ask("POST", lead, {"stage_key": "nowhere"})) == (404, "not_found")


async def test_nobody_moves_who_is_there(crew: Crew) -> None:
    """To where he is already is no move."""
    lead = f"/leads/{crew.desk.thread.lead_id}/stage"
    assert seen(await crew["manager"].ask("POST", lead, {"stage_key": "new"})) == {"stage_key": "new", "before": "new"}
    assert await crew.desk.rows("SELECT 1 FROM audit_log WHERE action = 'lead.moved'") == []


async def test_a_lead_is_left_alone_by_hand(crew: Crew) -> None:
    """An attendant writes down what he was told, and takes it back; his page and his history show it, and the log who it was."""
    lead_id = crew.desk.thread.lead_id
    left = seen(await crew["attendant"].ask("PATCH", f"/leads/{lead_id}", {"opted_out": True}))
    told = seen(await crew["attendant"].ask("GET", f"/leads/{lead_id}/timeline"))["items"]
    back = seen(await crew["attendant"].ask("PATCH", f"/leads/{lead_id}", {"opted_out": False}))
    assert (left["opted_out_at"] is not None, "opted_out" in {one["kind"] for one in told}, back["opted_out_at"]) == (
        True,
        True,
        None,
    )
    logged = await crew.desk.rows(
        "SELECT action, details ->> 'said' FROM audit_log WHERE action LIKE 'lead.opted%' ORDER BY id"
    )
    assert logged == [("lead.opted_out", "by_hand"), ("lead.opted_in", "by_hand")]
