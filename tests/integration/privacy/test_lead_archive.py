"""What a lead is given of himself: all of his, nothing of anybody else's, from one moment."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Author, MessageStatus, Role
from core.domain.errors import Forbidden, NotFound
from core.services import lead_export
from core.services.audit import SYSTEM
from core.services.lead_export import export_lead
from tests.factories import Business, Thread
from tests.integration.privacy.archive import archived
from tests.integration.privacy.conftest import Office

DESCRIPTION = Path(__file__).parents[3] / "docs" / "lead-archive.md"
LISTS = (
    "conversations.json", "messages.json", "media.json", "hand-offs.json", "decisions.json", "model-calls.json", "incidents.json",
    "scores.json", "stages.json", "follow-ups.json", "requests.json", "deeds.json",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Written:
    """A lead whose every column of text bears one mark."""

    thread: Thread
    mark: str
    ids: frozenset[str]


async def _written(office: Office, business: Business, thread: Thread, mark: str) -> _Written:
    """Everything that is kept of a lead, twice over, under his mark; his name and number are those of all."""
    seed, run = office.seed, office.superuser.execute
    about: dict[str, Any] = {"tenant_id": thread.tenant_id, "lead_id": thread.lead_id}
    decision = await seed.insert(
        "turns", tenant_id=thread.tenant_id, conversation_id=thread.conversation_id, token=2, from_seq=1, to_seq=2, restarts=0,
        outcome="answered", decision={"intent": mark, "confidence": 90, "replies": [mark]},
        verdicts={"guard": {"verdict": "clean", "reasons": ["a.secret.rule"]}, "reply": {"verdict": "ok", "reasons": []}},
        prompt={"knowledge": {"titles": ["a secret of trade"]}},
    )  # fmt: skip
    said = await seed.message(thread, f"{mark} pergunta", external_id=f"wamid.{mark}")
    answer = await seed.message(
        thread, f"{mark} resposta", author=Author.AI, turn_id=decision, purpose="answer", ref_external_id=f"wamid.{mark}",
        status=MessageStatus.READ,
    )  # fmt: skip
    note = await seed.message(
        thread, f"{mark} nota", author=Author.ATTENDANT, member_id=business.member_id, purpose="note", status=MessageStatus.INTERNAL
    )  # fmt: skip
    media = {
        "id": f"file-{mark}",
        "mime_type": "image/jpeg",
        "filename": f"{mark}.jpg",
        "url": "https://cdn/?token=s3cret",
    }
    picture = await seed.message(thread, f"{mark} foto", type="image", media=media)
    hand_off = await seed.insert(
        "hand_offs", **about, conversation_id=thread.conversation_id, turn_id=decision, reason="intent", detail=mark, summary=mark,
        claimed_by=business.member_id,
    )  # fmt: skip
    asked = await seed.insert(
        "data_requests", **about, kind="correction", origin="member", asked_at=datetime.now(UTC),
        due_at=datetime.now(UTC) + timedelta(days=15), state="refused", reason=mark, closed_at=datetime.now(UTC),
    )  # fmt: skip
    unsaid = await seed.insert(
        "follow_ups", **about, conversation_id=thread.conversation_id, silent_since=datetime.now(UTC), step=2, kind="text",
        due_at=datetime.now(UTC), state="cancelled", reason=mark,
    )  # fmt: skip
    await seed.insert("score_changes", **about, before=0, after=10, reason=mark, turn_id=decision)
    await seed.insert("stage_changes", **about, before="new", after="qualified", reason=mark)
    await seed.insert(
        "security_incidents", tenant_id=thread.tenant_id, conversation_id=thread.conversation_id, layer="guard", verdict="suspicious",
        reasons=["a.secret.rule"],
    )  # fmt: skip
    call = await seed.insert(
        "ai_calls", tenant_id=thread.tenant_id, turn_id=decision, conversation_id=thread.conversation_id, purpose="turn", model=mark,
        latency_ms=1, outcome="ok",
    )  # fmt: skip
    await seed.insert("audit_log", tenant_id=thread.tenant_id, actor=SYSTEM, action="lead.opted_out", subject=str(thread.lead_id), details={"said": "by_lead"})  # fmt: skip
    await run(
        "UPDATE leads SET name = 'Ana', facts = $2, source = $2, tags = $3 WHERE id = $1", thread.lead_id,
        f'{{"said": "{mark}"}}', f'["{mark}"]',
    )  # fmt: skip
    ids = (decision, said, answer, note, picture, hand_off, call, asked, unsaid, thread.lead_id, thread.conversation_id)
    return _Written(thread, mark, frozenset(map(str, ids)))


@pytest.fixture
async def three(office: Office) -> tuple[_Written, _Written, _Written]:
    """Three leads of the same name: two of one business, one of another under the very same number."""
    await office.superuser.execute("UPDATE channel_accounts SET stopped_reason = NULL")
    mine = await _written(office, office.ours, office.gone, "MINE")
    near = await _written(office, office.ours, office.stays, "NEAR")
    far = await _written(office, office.theirs, office.elsewhere, "FAR")
    for table, column in (("leads", "phone"), ("contact_identities", "address"), ("contact_identities", "match_key")):
        key = "id" if table == "leads" else "lead_id"
        await office.superuser.execute(
            f"UPDATE {table} SET {column} = $2 WHERE {key} = $1", far.thread.lead_id, mine.thread.address
        )
    return mine, near, far


async def test_it_holds_everything_of_his(three: tuple[_Written, ...]) -> None:
    """Each message, file, decision, score, stage, hand-off and call, his name, his number, and what he wanted."""
    mine, *_ = three
    files = await archived(mine.thread.tenant_id, mine.thread.lead_id)
    told = str(files)
    assert [one for one in mine.ids if one not in told] == []
    of_mark = [name for name in LISTS if mine.mark in str(files[name])]
    assert set(LISTS) - set(of_mark) == {"conversations.json", "incidents.json", "deeds.json"}  # these hold no words
    assert all(len(files[name]) > 0 for name in LISTS)
    assert {"pergunta", "resposta", "nota", "foto"} <= {one["text"].split()[-1] for one in files["messages.json"]}
    assert (files["lead.json"]["name"], files["lead.json"]["phone"]) == ("Ana", mine.thread.address)
    assert [one["said"] for one in files["consents.json"]["wishes"]] == ["by_lead"]


async def test_it_holds_nothing_of_anybody_elses(three: tuple[_Written, ...]) -> None:
    """Not a word and not an id of a namesake, in the same business or under the same number in another."""
    for own in three:
        told = str(await archived(own.thread.tenant_id, own.thread.lead_id))
        for other in three:
            if other is not own:
                assert other.mark not in told
                assert [one for one in other.ids if one in told] == []


async def test_it_holds_no_secrets(office: Office, three: tuple[_Written, ...]) -> None:
    """No key of the business's, no rule of the guard, no knowledge, and nobody's number in Telegram."""
    mine, *_ = three
    told = str(await archived(mine.thread.tenant_id, mine.thread.lead_id))
    person = await office.value("SELECT telegram_user_id FROM members WHERE id = $1", office.ours.member_id)
    assert [one for one in ("s3cret", "a.secret.rule", "a secret of trade", str(person), str(office.ours.member_id)) if one in told] == []  # fmt: skip


async def test_what_a_message_answers_is_named_where_it_is_his(office: Office, three: tuple[_Written, ...]) -> None:
    """A reply to another lead's message, which a channel may bring, names nothing."""
    mine, near, _ = three
    foreign = await office.seed.message(mine.thread, "MINE citada", ref_external_id=f"wamid.{near.mark}")
    messages = (await archived(mine.thread.tenant_id, mine.thread.lead_id))["messages.json"]
    answers = {one["text"]: one["answers"] for one in messages}
    said = next(one["id"] for one in messages if one["text"] == "MINE pergunta")
    assert (answers["MINE resposta"], answers["MINE citada"]) == (said, None)
    assert str(foreign) in str(messages)


async def test_it_says_which_files_are_not_there(three: tuple[_Written, ...]) -> None:
    """A picture is named with its kind and its provider's id, its bytes are not kept, and the folder is there."""
    mine, *_ = three
    files = await archived(mine.thread.tenant_id, mine.thread.lead_id)
    (picture,) = files["media.json"]
    assert (picture["provider_id"], picture["mime_type"], picture["file"]) == ("file-MINE", "image/jpeg", None)
    assert (files["manifest.json"]["media"], files["media/"]) == ({"named": 1, "stored": 0}, "")


async def test_it_counts_what_it_holds(three: tuple[_Written, ...]) -> None:
    """The manifest's numbers are those of the lists, and it says of which version it is."""
    mine, *_ = three
    files = await archived(mine.thread.tenant_id, mine.thread.lead_id)
    told = files["manifest.json"]
    assert (told["format"], told["version"], told["lead_id"]) == ("reveza.lead", 1, str(mine.thread.lead_id))
    assert {one["file"]: one["entries"] for one in told["files"]} == {name: len(files[name]) for name in LISTS}


async def test_every_field_is_described(three: tuple[_Written, ...]) -> None:
    """Each file has its line in the description, with exactly its fields."""
    mine, *_ = three
    files = await archived(mine.thread.tenant_id, mine.thread.lead_id)
    rows = dict(re.findall(r"^\| `([\w-]+\.json)` \| [^|]+ \| (.+) \|$", DESCRIPTION.read_text(), re.MULTILINE))
    assert rows.keys() == {name for name in files if name.endswith(".json")}
    for name in LISTS:
        described = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", rows[name]))
        assert files[name] != [], name
        assert {key for entry in files[name] for key in entry} == set(described), name


async def test_a_privacy_notice_that_he_was_sent_is_told(office: Office, three: tuple[_Written, ...]) -> None:
    """Also one under a link that the business has changed since."""
    mine, *_ = three
    sent = await office.seed.message(
        mine.thread, "Olá!\n\nComo cuidamos dos seus dados: https://old.example", author=Author.AI,
        status=MessageStatus.SENT,
    )  # fmt: skip
    notices = (await archived(mine.thread.tenant_id, mine.thread.lead_id))["consents.json"]["privacy_notices_sent"]
    assert [one["message_id"] for one in notices] == [str(sent)]


async def test_it_is_of_one_moment(
    office: Office, three: tuple[_Written, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said while it is put together is either in all of it or in none."""
    mine, *_ = three
    reached, let_on = asyncio.Event(), asyncio.Event()
    first = lead_export._about

    async def slow(*values: Any) -> Any:
        about = await first(*values)
        reached.set()
        await let_on.wait()
        return about

    monkeypatch.setattr(lead_export, "_about", slow)
    composing = asyncio.create_task(archived(mine.thread.tenant_id, mine.thread.lead_id))
    await reached.wait()
    await office.seed.message(mine.thread, "MINE depois")
    let_on.set()
    assert "MINE depois" not in str(await composing)


async def test_a_long_conversation_is_whole(office: Office, three: tuple[_Written, ...]) -> None:
    """More messages than are fetched or kept in memory at once, in their order."""
    mine, *_ = three
    await office.superuser.execute(
        "INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, seq, direction, author, status, text)"
        " SELECT uuid_v7(), $1, $2, $3, $4, 1000 + g, 'in', 'lead', 'received', md5(g::text) || md5((g + 7)::text) FROM generate_series(1, 3000) g",
        mine.thread.tenant_id, mine.thread.conversation_id, mine.thread.lead_id, mine.thread.account_id,
    )  # fmt: skip
    numbers = [one["number"] for one in (await archived(mine.thread.tenant_id, mine.thread.lead_id))["messages.json"]]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers) > 3000


async def test_each_export_is_on_record(office: Office) -> None:
    """Who had it, and whose it was."""
    admin = Actor(office.ours.tenant_id, office.ours.member_id, Role.ADMIN)
    archive = await export_lead(office.ours.tenant_id, office.gone.lead_id, by=admin)
    archive.file.discard()
    row = await office.superuser.fetchrow(
        "SELECT actor, subject FROM audit_log WHERE action = 'lead.data_exported' AND tenant_id = $1",
        office.ours.tenant_id,
    )
    assert row is not None
    assert tuple(row) == (f"member:{office.ours.member_id}", str(office.gone.lead_id))


@pytest.mark.parametrize("role", [Role.ATTENDANT, Role.MANAGER])
async def test_only_admins_may(office: Office, role: Role) -> None:
    """It is all that is known of somebody, in one file."""
    with pytest.raises(Forbidden):
        await export_lead(
            office.ours.tenant_id, office.gone.lead_id, by=Actor(office.ours.tenant_id, office.ours.member_id, role)
        )


async def test_another_business_has_no_such_lead(office: Office) -> None:
    """Under another tenant the same number names nobody."""
    admin = Actor(office.theirs.tenant_id, office.theirs.member_id, Role.ADMIN)
    with pytest.raises(NotFound):
        await export_lead(office.theirs.tenant_id, office.gone.lead_id, by=admin)
