"""What the team keeps: knowledge, quick replies, channel accounts; and what it looks at: use, incidents, failures, deeds."""

from typing import Any
from uuid import uuid4

import pytest

from core.domain.errors import SendRefused
from core.domain.schedule import SCHEDULE
from tests.fakes import ScriptedChannel
from tests.integration.miniapp.crew import Crew, refused, seen


async def test_knowledge_is_kept_for_the_ai(crew: Crew) -> None:
    """Added, put in other words, taken away: each is what the next turn knows."""
    made = seen(await crew["admin"].ask("POST", "/knowledge", {"title": "Estacionamento?", "content": "Sim, grátis."}))
    await crew.desk.hears("Oi")
    await crew.desk.answers()
    assert "Sim, grátis." in str(crew.desk.model.prompts[-1])
    own = f"/knowledge/{made['id']}"
    changed = seen(await crew["admin"].ask("PUT", own, {"title": "Vagas?", "content": "Não há."}))
    assert (changed["id"], changed["title"], changed["content"]) == (made["id"], "Vagas?", "Não há.")
    assert (await crew["admin"].ask("DELETE", own)).status == 204
    assert seen(await crew["manager"].ask("GET", "/knowledge")) == {"items": [], "next_cursor": None, "total": 0}


async def test_knowledge_is_found_however_it_is_accented(crew: Crew) -> None:
    """In the title or in the text; signs of patterns are signs."""
    for title, content in (("Horário", "Abrimos às 9h"), ("Preço", "100% à vista"), ("Endereço", "Rua A, 1_0")):
        seen(await crew["admin"].ask("POST", "/knowledge", {"title": title, "content": content}))

    async def found(sought: str) -> list[str]:
        page = seen(await crew["admin"].ask("GET", "/knowledge", params={"q": sought}))
        assert page["total"] == len(page["items"])
        return [one["title"] for one in page["items"]]

    assert await found("HORARIO") == ["Horário"]
    assert await found("as 9h") == ["Horário"]
    assert await found("%") == ["Preço"]
    assert await found("_") == ["Endereço"]
    assert await found("") == ["Endereço", "Preço", "Horário"]


async def test_lists_are_read_page_by_page(crew: Crew) -> None:
    """Nothing twice and nothing left out, also when something is added meanwhile."""
    for number in range(5):
        seen(await crew["admin"].ask("POST", "/knowledge", {"title": str(number), "content": "x"}))
    read: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = seen(await crew["admin"].ask("GET", "/knowledge", params=query))
        read += [one["title"] for one in page["items"]]
        seen(await crew["admin"].ask("POST", "/knowledge", {"title": "new", "content": "x"}))
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert read == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize("cursor", ["", "x", "%00", "AAAA", "_" * 23, "🙂", "-" * 7000])
async def test_a_cursor_of_rubbish_is_no_cursor(crew: Crew, cursor: str) -> None:
    """It is told so, and never an error of ours."""
    for path in ("/knowledge", "/audit", "/incidents"):
        answered = await crew["admin"].ask("GET", path, params={"cursor": cursor})
        assert refused(answered) in {(400, "invalid_input"), (400, "bad_request")}, path


async def test_quick_replies_are_everybodys_to_use(crew: Crew) -> None:
    """And kept by who leads the team; a short name is for one of them, whatever its capitals."""
    made = seen(await crew["manager"].ask("POST", "/quick-replies", {"shortcut": "Oi", "text": "Olá, {nome}!"}))
    assert seen(await crew["attendant"].ask("GET", "/quick-replies"))["items"] == [made]
    taken = await crew["admin"].ask("POST", "/quick-replies", {"shortcut": "oi", "text": "x"})
    assert refused(taken) == (409, "shortcut_taken")
    own = f"/quick-replies/{made['id']}"
    assert seen(await crew["manager"].ask("PUT", own, {"shortcut": "oi", "text": "Oi!"}))["text"] == "Oi!"
    assert (await crew["manager"].ask("DELETE", own)).status == 204
    assert refused(await crew["manager"].ask("DELETE", own)) == (404, "not_found")


async def test_a_short_name_has_no_blanks(crew: Crew) -> None:
    """It is typed in one go."""
    answered = await crew["manager"].ask("POST", "/quick-replies", {"shortcut": "bom dia", "text": "x"})
    assert refused(answered) == (400, "invalid_input")


async def test_channel_accounts_are_seen_without_their_secrets(crew: Crew) -> None:
    """And given up by admins; one that was is not there any more."""
    told = seen(await crew["manager"].ask("GET", "/channels"))
    account = str(crew.desk.business.account_id)
    assert [(one["id"], one["channel"], one["status"]) for one in told["accounts"]] == [
        (account, "meta_whatsapp", "active")
    ]
    assert "access-token" not in str(told)
    assert seen(await crew["admin"].ask("POST", f"/channels/{account}/check")) == {"sends": None, "reason": None}
    assert (await crew["admin"].ask("DELETE", f"/channels/{account}")).status == 204
    assert seen(await crew["manager"].ask("GET", "/channels"))["accounts"] == []


class _Checked(ScriptedChannel):
    """A channel whose provider says that an account would not send."""

    __slots__ = ()

    async def check_account(self, _account: object) -> None:
        """See ``channels.base.ChecksAccounts``."""
        raise SendRefused("Invalid token", provider_code="190")


async def test_what_the_provider_says_of_an_account_is_told(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it would not send, with its own words."""
    monkeypatch.setattr(crew.desk.channel, "__class__", _Checked)
    told = seen(await crew["admin"].ask("POST", f"/channels/{crew.desk.business.account_id}/check"))
    assert told == {"sends": False, "reason": "190: Invalid token"}


async def test_what_was_used_is_told(crew: Crew) -> None:
    """This month of the business's own clock, with what the plan and the budget hold."""
    await crew.desk.hears("Oi")
    used = seen(await crew["manager"].ask("GET", "/usage"))
    assert (used["leads"], used["limit"], used["budget_usd"]) == (1, 3000, 50.0)
    assert [one["month"] for one in used["months"]] == [used["month"]]


async def test_how_the_business_stands_is_told(crew: Crew) -> None:
    """What it has, and each of its jobs with how it went."""
    found = seen(await crew["manager"].ask("GET", "/health"))
    assert (found["ai_paused"], found["channels"], found["stopped"], found["failures"]) == (False, 1, 0, 0)
    assert found["log"] == {"looked_at": None, "broken_at": None}
    assert {(one["job"], one["state"]) for one in found["jobs"]} == {(line.name, "new") for line in SCHEDULE}


async def test_incidents_are_seen_and_judged(crew: Crew) -> None:
    """By admins: one that was none is marked as such."""
    made = await crew.desk.seed.insert(
        "security_incidents",
        tenant_id=crew.desk.business.tenant_id,
        layer="guard",
        verdict="attack",
        reasons=["override"],
    )
    assert (await crew["admin"].ask("PATCH", f"/incidents/{made}", {"false_positive": True})).status == 204
    (one,) = seen(await crew["admin"].ask("GET", "/incidents"))["items"]
    assert (one["id"], one["layer"], one["reasons"], one["false_positive"]) == (str(made), "guard", ["override"], True)


async def test_dead_letters_are_dealt_with(crew: Crew) -> None:
    """Tried again, or let be; each once."""
    for how in ("retry", "drop"):
        message = await crew.desk.queued(status="failed", next_attempt_at=None)
        letter = await crew.desk.seed.insert(
            "dead_letters", tenant_id=crew.desk.business.tenant_id, kind="send", subject_id=message, error="refused"
        )
        listed = seen(await crew["manager"].ask("GET", "/dead-letters"))["items"]
        assert [(one["id"], one["kind"], one["error"]) for one in listed] == [(str(letter), "send", "refused")]
        assert (await crew["manager"].ask("POST", f"/dead-letters/{letter}/{how}")).status == 204
        assert refused(await crew["manager"].ask("POST", f"/dead-letters/{letter}/{how}")) == (404, "not_found")


async def test_all_dead_letters_of_a_kind_are_dealt_with(crew: Crew) -> None:
    """Counted by kind, listed in pages, tried again or let be; what could not be is told."""
    tenant_id = crew.desk.business.tenant_id
    for _ in range(2):
        message = await crew.desk.queued(status="failed", next_attempt_at=None)
        await crew.desk.seed.insert("dead_letters", tenant_id=tenant_id, kind="send", subject_id=message, error="x")
    await crew.desk.seed.insert("dead_letters", tenant_id=tenant_id, kind="fetch", subject_id=uuid4(), error="x")
    page = seen(await crew["manager"].ask("GET", "/dead-letters?kind=send&limit=1"))
    following = seen(await crew["manager"].ask("GET", f"/dead-letters?kind=send&limit=1&cursor={page['next_cursor']}"))
    assert page["kinds"] == [{"kind": "fetch", "count": 1}, {"kind": "send", "count": 2}]
    assert ([len(one["items"]) for one in (page, following)], following["next_cursor"]) == ([1, 1], None)
    tried = seen(await crew["manager"].ask("POST", "/dead-letters/retry", {"kind": "send"}))
    refused_one = seen(await crew["manager"].ask("POST", "/dead-letters/retry", {"kind": "fetch"}))
    dropped = seen(await crew["manager"].ask("POST", "/dead-letters/drop", {"kind": "fetch"}))
    assert [(one["done"], one["refused"]) for one in (tried, refused_one, dropped)] == [(2, 0), (0, 1), (1, 0)]
    assert seen(await crew["manager"].ask("GET", "/dead-letters"))["kinds"] == []


async def test_who_did_what_is_told_to_admins(crew: Crew) -> None:
    """By name, the latest first."""
    seen(await crew["manager"].ask("POST", "/quick-replies", {"shortcut": "oi", "text": "Olá!"}))
    latest = seen(await crew["admin"].ask("GET", "/audit", params={"limit": 1}))
    (deed,) = latest["items"]
    assert (deed["actor_name"], deed["action"]) == ("Mel", "quick_reply.added")
    assert latest["next_cursor"] is not None
