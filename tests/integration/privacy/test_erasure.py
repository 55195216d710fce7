"""A lead who is forgotten: what goes, what stays, and what may come between."""

import asyncio
import json
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import Role
from core.domain.errors import ConfigurationError, Forbidden, NotFound, Unavailable
from core.domain.ids import uuid7
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services import erasure, tombstones
from core.services.audit import OPERATOR
from core.services.erasure import Erasures
from core.services.holds import LeadHeld, place_hold
from core.services.tombstone_journal import TombstoneJournal
from core.services.tombstones import Applied, Healing, apply_tombstones, compare_tombstones
from tests.integration.privacy.conftest import CANARY, KEY, Office
from tests.patience import PATIENCE

REMAINS = {"audit_log", "erasures", "data_requests"}
"""Where it stands that somebody was forgotten, by his number here alone."""


async def _say_everything(office: Office) -> None:
    """His name and number wherever words are kept."""
    words = f"{CANARY} {office.gone.address}"
    tenant = office.gone.tenant_id
    for statement in (
        "UPDATE messages SET text = $2, media = jsonb_build_object('caption', $2::text) WHERE tenant_id = $1 AND lead_id = $3",
        "UPDATE leads SET facts = jsonb_build_object('said', $2::text), source = jsonb_build_object('by', $2::text), tags = jsonb_build_array($2::text) WHERE tenant_id = $1 AND id = $3",
        "UPDATE hand_offs SET summary = $2, detail = $2 WHERE tenant_id = $1 AND lead_id = $3",
        "UPDATE turns SET decision = jsonb_build_object('reply', $2::text), prompt = jsonb_build_object('p', $2::text) WHERE tenant_id = $1 AND $3::uuid IS NOT NULL",
        "UPDATE raw_events SET body = convert_to($2, 'UTF8') WHERE tenant_id = $1 AND $3::uuid IS NOT NULL",
        "UPDATE telegram_posts SET payload = jsonb_build_object('html', $2::text) WHERE tenant_id = $1 AND $3::uuid IS NOT NULL",
        "UPDATE notifications SET payload = jsonb_build_object('t', $2::text) WHERE tenant_id = $1 AND $3::uuid IS NOT NULL",
        "UPDATE dead_letters SET payload = jsonb_build_object('t', $2::text) WHERE tenant_id = $1 AND $3::uuid IS NOT NULL",
        "UPDATE conversation_digests SET sought = $2 WHERE tenant_id = $1 AND lead_id = $3",
        "UPDATE data_requests SET reason = $2 WHERE tenant_id = $1 AND lead_id = $3",
        "UPDATE score_changes SET reason = $2 WHERE tenant_id = $1 AND lead_id = $3",
    ):
        await office.superuser.execute(statement, tenant, words, office.gone.lead_id)


async def _forget(office: Office) -> UUID:
    return await office.erasures.forget(office.gone.tenant_id, office.gone.lead_id, by=OPERATOR)


async def test_no_word_of_his_is_left(office: Office) -> None:
    """His name and number stand in no column of any table."""
    await _say_everything(office)
    assert len(await office.holding(CANARY, office.gone.address)) > 10
    await _forget(office)
    assert await office.holding(CANARY, office.gone.address) == set()


@pytest.mark.parametrize("called", ["Zoraide Canarinho", "José Júnior"])
async def test_what_nobody_could_process_of_telegram_is_emptied(office: Office, called: str) -> None:
    """A member quoted him, and it was given up: another's stays, and so does what is still to be processed."""
    await office.superuser.execute("UPDATE leads SET name = $2 WHERE id = $1", office.gone.lead_id, called)
    now, bodies = datetime.now(UTC), [json.dumps({"text": f"Liga para {name}"}) for name in (called, "Fulano de Tal")]
    for number, (body, done_at) in enumerate([(bodies[0], now), (bodies[1], now), (bodies[0], None)]):
        update = {"bot_id": 1, "update_id": 100 + number, "lane": number, "body": body.encode(), "done_at": done_at}
        await office.seed.insert("telegram_updates", **update)
    await _forget(office)
    left = await office.superuser.fetch("SELECT body FROM telegram_updates WHERE update_id >= 100 ORDER BY update_id")
    assert [bytes(row["body"]).decode() for row in left] == ["", bodies[1], bodies[0]]


async def test_nothing_leads_to_him(office: Office) -> None:
    """His number here, and those of his conversations and messages, stand where it is told that he was forgotten and nowhere else."""
    messages = await office.superuser.fetch("SELECT id FROM messages WHERE lead_id = $1", office.gone.lead_id)
    ids = [office.gone.lead_id, office.gone.conversation_id, *(row["id"] for row in messages)]
    await _forget(office)
    assert await office.holding(*map(str, ids)) == REMAINS


async def test_nobody_else_loses_anything(office: Office) -> None:
    """Not a row of the other business, and all that a colleague of his has."""
    before = await office.counts(office.theirs.tenant_id)
    await _forget(office)
    assert await office.counts(office.theirs.tenant_id) == before
    assert await office.value("SELECT text FROM messages WHERE lead_id = $1", office.stays.lead_id) == "Fico"


async def test_counts_stay(office: Office) -> None:
    """What the month was billed by, and what the AI cost, is as it was."""
    tenant = office.gone.tenant_id
    await office.superuser.execute("UPDATE usage_months SET leads = 7 WHERE tenant_id = $1", tenant)
    calls = await office.value("SELECT count(*) FROM ai_calls WHERE tenant_id = $1", tenant)
    await _forget(office)
    assert await office.value("SELECT leads FROM usage_months WHERE tenant_id = $1", tenant) == 7
    assert await office.value("SELECT count(*) FROM ai_calls WHERE tenant_id = $1", tenant) == calls


async def test_an_event_of_his_is_not_let_in_again(office: Office) -> None:
    """Its body is empty, its key stays."""
    tenant = office.gone.tenant_id
    await office.superuser.execute(
        "UPDATE raw_events SET body = convert_to($2, 'UTF8') WHERE tenant_id = $1", tenant, office.gone.address
    )
    await _forget(office)
    rows = await office.superuser.fetch("SELECT external_id, body FROM raw_events WHERE tenant_id = $1", tenant)
    assert [tuple(row) for row in rows] == [("wamid.raw", b"")]


async def test_a_key_that_names_him_goes(office: Office) -> None:
    """An event whose own key holds his number is not kept at all."""
    tenant = office.gone.tenant_id
    await office.superuser.execute(
        "UPDATE raw_events SET variant = $2 WHERE tenant_id = $1", tenant, office.gone.address
    )
    await _forget(office)
    assert await office.value("SELECT count(*) FROM raw_events WHERE tenant_id = $1", tenant) == 0


async def test_screens_close_him(office: Office) -> None:
    """Whoever has him or his conversation open is told."""
    await _forget(office)
    told = {(change.kind, change.subject_id) for _, changes in office.live.calls for change in changes}
    assert {(ChangeKind.LEAD, office.gone.lead_id), (ChangeKind.CONVERSATION, office.gone.conversation_id)} <= told


async def test_the_log_names_no_one(office: Office) -> None:
    """Who erased, and ids and numbers of what."""
    erasure = await _forget(office)
    row = await office.superuser.fetchrow(
        "SELECT actor, subject, details::text FROM audit_log WHERE action = 'lead.erased'"
    )
    assert row is not None
    assert (row["actor"], row["subject"]) == (OPERATOR, str(office.gone.lead_id))
    assert str(erasure) in row["details"]


async def test_only_admins_may(office: Office) -> None:
    """A manager is refused, and no tombstone is put up."""
    manager = Actor(office.ours.tenant_id, office.ours.member_id, Role.MANAGER)
    with pytest.raises(Forbidden):
        await office.erasures.forget(office.ours.tenant_id, office.gone.lead_id, by=manager)
    assert office.journal.read().stones == []


async def test_another_business_has_no_such_lead(office: Office) -> None:
    """Nor is a tombstone put up for what one does not have."""
    admin = Actor(office.theirs.tenant_id, office.theirs.member_id, Role.ADMIN)
    with pytest.raises(NotFound):
        await office.erasures.forget(office.theirs.tenant_id, office.gone.lead_id, by=admin)
    assert office.journal.read().stones == []


async def test_without_a_tombstone_nothing_is_erased(office: Office, tmp_path: Path) -> None:
    """Where nothing can be written outside the database, its rows stay, and the error names the setting."""
    (tmp_path / "file").write_text("")
    blocked = Erasures(TombstoneJournal(tmp_path / "file" / "folder", [KEY]))
    with pytest.raises(ConfigurationError, match="TOMBSTONES"):
        await blocked.forget(office.gone.tenant_id, office.gone.lead_id, by=OPERATOR)
    assert await office.value("SELECT name FROM leads WHERE id = $1", office.gone.lead_id) == CANARY


async def test_a_tombstone_names_no_one(office: Office, tmp_path: Path) -> None:
    """No number and no name stands in the file."""
    await _forget(office)
    kept = (tmp_path / "tombstones" / "tombstones.jsonl").read_text()
    assert office.gone.address not in kept
    assert CANARY not in kept


async def _tombstone(office: Office) -> Tombstone:
    """One whose erasure has not come to be: the process ended behind it."""
    stone = Tombstone(
        uuid7(), TombstoneKind.LEAD, office.gone.tenant_id, office.gone.lead_id, datetime(2026, 3, 1, tzinfo=UTC)
    )
    office.journal.append(stone)
    return stone


async def test_what_was_cut_short_is_finished(office: Office) -> None:
    """A tombstone without its erasure is made true, once."""
    await _tombstone(office)
    assert await apply_tombstones(office.journal) == Applied(applied=1)
    assert await office.holding(CANARY, office.gone.address) == set()
    assert await apply_tombstones(office.journal) == Applied(known=1)


async def test_a_restored_past_forgets_him_again(office: Office) -> None:
    """With his rows back, and the erasure unknown, he goes again, and nobody else."""
    await _forget(office)
    await office.superuser.execute("DELETE FROM erasures")
    lead = await office.seed.lead(office.gone.tenant_id, id=office.gone.lead_id, name=CANARY, address="5511987650000")
    assert lead == office.gone.lead_id
    assert await apply_tombstones(office.journal) == Applied(applied=1)
    assert await office.holding(CANARY, "5511987650000") == set()


async def test_tombstones_of_other_installations_are_let_be(office: Office) -> None:
    """A tenant that this database has not is counted and passed over."""
    office.journal.append(replace(await _tombstone(office), id=uuid7(), tenant_id=uuid7()))
    assert await apply_tombstones(office.journal) == Applied(applied=1, elsewhere=1)


async def test_a_forged_tombstone_erases_nobody(office: Office, tmp_path: Path) -> None:
    """One under another key is a fault, and nothing is done."""
    forger = TombstoneJournal(tmp_path / "tombstones", [bytes(32)])
    forger.append(
        Tombstone(
            uuid7(), TombstoneKind.LEAD, office.gone.tenant_id, office.gone.lead_id, datetime(2026, 3, 1, tzinfo=UTC)
        )
    )
    assert await apply_tombstones(office.journal) == Applied(faults=1)
    assert await office.value("SELECT name FROM leads WHERE id = $1", office.gone.lead_id) == CANARY


async def test_what_fails_with_one_keeps_nobody_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are forgotten; whoever begins to answer is told that some are left, and they come again."""
    first, second = (
        Tombstone(uuid7(), TombstoneKind.LEAD, office.ours.tenant_id, lead, datetime(2026, 3, 1, tzinfo=UTC))
        for lead in (office.stays.lead_id, office.gone.lead_id)
    )
    for stone in (first, second):
        office.journal.append(stone)

    async def clings(stone: Tombstone, by: Actor | str) -> None:
        if stone == first:
            message = "something points to him"
            raise IntegrityError(message)
        await erasure.erase(stone, by)

    healing = Healing(office.journal)
    with monkeypatch.context() as patch:
        patch.setattr(tombstones, "erase", clings)
        assert await healing.heal() == Applied(applied=1, left=1)
        with pytest.raises(Unavailable):
            await apply_tombstones(office.journal)
    assert await office.holding(CANARY) == set()
    assert await healing.heal() == Applied(applied=1, known=1)


async def test_a_journal_that_has_not_grown_is_not_read_again(office: Office) -> None:
    """Once all that it tells is true; a line more, and it is."""
    healing = Healing(office.journal)
    await _tombstone(office)
    assert [await healing.heal() for _ in range(2)] == [Applied(applied=1), Applied()]
    office.journal.append(replace(office.journal.read().stones[0], id=uuid7(), subject_id=office.stays.lead_id))
    assert await healing.heal() == Applied(applied=1, known=1)


class _Interrupted(Erasures):
    """Somebody puts him on hold after it was looked whether he is."""

    async def check(self, tenant_id: UUID, lead_id: UUID, *, by: Actor | str) -> None:
        """See ``Erasures``."""
        await super().check(tenant_id, lead_id, by=by)
        await place_hold(tenant_id, lead_id=lead_id, reason="processo 123")


async def test_a_hold_that_comes_first_is_heard(office: Office) -> None:
    """However late it comes: there is no tombstone yet, and none is put up."""
    with pytest.raises(LeadHeld):
        await _Interrupted(office.journal).forget(office.gone.tenant_id, office.gone.lead_id, by=OPERATOR)
    assert office.journal.read().stones == []
    assert await office.value("SELECT name FROM leads WHERE id = $1", office.gone.lead_id) == CANARY


WAITS_TO_HOLD = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"""


class _Deciding(TombstoneJournal):
    """Somebody wants all of the business kept while a tombstone is being written."""

    def __init__(self, office: Office, folder: Path) -> None:
        super().__init__(folder, [KEY])
        self.loop = asyncio.get_running_loop()
        self.office = office
        self.placed: asyncio.Task[UUID] | None = None

    def append(self, stone: Tombstone) -> None:
        """See ``TombstoneJournal``."""
        asyncio.run_coroutine_threadsafe(self._held_up(stone.tenant_id), self.loop).result(PATIENCE)
        super().append(stone)

    async def _held_up(self, tenant_id: UUID) -> None:
        self.placed = asyncio.create_task(place_hold(tenant_id, lead_id=None, reason="processo 123"), context=Context())
        while not await self.office.value(WAITS_TO_HOLD):
            await asyncio.sleep(0.01)


async def test_a_hold_of_the_whole_business_waits_for_what_is_decided(office: Office, tmp_path: Path) -> None:
    """It is placed once he has his tombstone, and tells nobody before that he would be kept."""
    journal = _Deciding(office, tmp_path / "deciding")
    await Erasures(journal).forget(office.gone.tenant_id, office.gone.lead_id, by=OPERATOR)
    assert journal.placed is not None
    await journal.placed
    assert len(journal.read().stones) == 1
    with pytest.raises(LeadHeld):
        await Erasures(journal).forget(office.stays.tenant_id, office.stays.lead_id, by=OPERATOR)


async def test_two_at_once_are_one(office: Office) -> None:
    """Both come to an end, and he is gone."""
    both = await asyncio.gather(_forget(office), _forget(office), return_exceptions=True)
    assert [one for one in both if not isinstance(one, UUID | NotFound)] == []
    assert await office.holding(str(office.gone.conversation_id)) == set()


async def test_lines_taken_from_the_end_are_missed(office: Office, tmp_path: Path) -> None:
    """What the database knows to be erased and the journal does not tell."""
    erasure = await _forget(office)
    (tmp_path / "tombstones" / "tombstones.jsonl").unlink()
    faults = await compare_tombstones(office.journal)
    assert f"erasure {erasure} of tenant {office.gone.tenant_id} has no tombstone" in faults
