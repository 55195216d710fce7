"""What is told of changes, and when: after the commit, once, and only of what was committed."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from core.domain.changes import Change, ChangeKind
from core.domain.errors import Conflict
from core.services.intake_changes import tell
from db.database import open_database
from db.ingest import Ingested
from db.models import Lead
from db.tenancy import tenant_scope
from tests.factories import Seeder
from tests.fakes import RecordedLive
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk

TRAP = """
CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE undefined_table; END $$;
CREATE CONSTRAINT TRIGGER trap AFTER UPDATE ON leads DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trap();
"""


@dataclass(slots=True)
class Onlooker:
    """Looks at the database, over another connection, at the very moment it is told."""

    url: str
    saw: list[str] = field(default_factory=list)

    def changed(self, tenant_id: UUID, changes: Sequence[Change]) -> None:
        """Note what everybody can see now."""
        assert tenant_id is not None
        looking = threading.Thread(target=lambda: asyncio.run(self._look(changes[0].subject_id)))
        looking.start()
        looking.join()

    async def _look(self, lead_id: UUID) -> None:
        connection = await asyncpg.connect(self.url)
        self.saw.append(await connection.fetchval("SELECT name FROM leads WHERE id = $1", lead_id))
        await connection.close()


async def test_screens_are_told_after_the_commit(database: Database, seed: Seeder) -> None:
    """Whoever is told can already see it; while the transaction is open nobody is told."""
    business = await seed.business("acme")
    lead = await seed.lead(business.tenant_id, name="Ana")
    onlooker = Onlooker(database.superuser)
    async with open_database(database.urls, onlooker), tenant_scope(business.tenant_id) as scope:
        scope.changed(ChangeKind.LEAD, lead)
        await Lead.filter(tenant_id=business.tenant_id, id=lead).update(name="Ana Maria")
        assert onlooker.saw == []
    assert onlooker.saw == ["Ana Maria"]


async def rescored(desk: Desk, error: Exception | None = None) -> None:
    """A use case that changes the lead and then, perhaps, fails."""
    async with tenant_scope(desk.ref.tenant_id) as scope:
        scope.changed(ChangeKind.LEAD, desk.thread.lead_id)
        await Lead.filter(tenant_id=desk.ref.tenant_id, id=desk.thread.lead_id).update(score=5)
        if error is not None:
            raise error


async def test_what_is_rolled_back_is_told_to_nobody(desk: Desk) -> None:
    """A use case that fails changes nothing and tells nothing."""
    with pytest.raises(Conflict):
        await rescored(desk, Conflict("no"))
    assert (desk.live.calls, await desk.lead("score")) == ([], 0)


async def test_a_commit_that_fails_is_told_to_nobody(desk: Desk) -> None:
    """What the database refuses at the very end never happened."""
    await desk.run(TRAP)
    with pytest.raises(OperationalError):
        await rescored(desk)
    assert (desk.live.calls, await desk.lead("score")) == ([], 0)


def told_of(taken: Sequence[Ingested]) -> list[Change]:
    """What screens are told of a delivery."""
    live = RecordedLive()
    tell(live, taken)
    return live.told


async def test_a_leads_words_are_told(desk: Desk) -> None:
    """Each by its id, with the conversation and the lead."""
    taken = await desk.hears()
    message = await desk.value("SELECT id FROM messages")
    assert told_of(taken) == [Change(ChangeKind.MESSAGE_IN, message, desk.ref.conversation_id, desk.thread.lead_id)]


async def test_a_new_leads_words_are_told(desk: Desk) -> None:
    """The conversation that they began is the one that is named."""
    taken = await desk.hears(thread=replace(desk.thread, address="5511999990000"))
    message, conversation, lead = (await desk.rows("SELECT id, conversation_id, lead_id FROM messages"))[0]
    assert told_of(taken) == [Change(ChangeKind.MESSAGE_IN, message, conversation, lead)]


async def test_the_owners_words_are_told(desk: Desk) -> None:
    """With them the conversation is the owner's, and what the AI had queued is cancelled."""
    await desk.queued()
    taken = await desk.phone_writes()
    message = await desk.value("SELECT id FROM messages WHERE author = 'attendant'")
    conversation, lead = desk.ref.conversation_id, desk.thread.lead_id
    assert told_of(taken) == [
        Change(ChangeKind.CONVERSATION, conversation, conversation, lead),
        Change(ChangeKind.MESSAGE_OUT, message, conversation, lead),
    ]


@pytest.mark.parametrize("known_by", ["our id", "the provider's id"])
async def test_how_far_a_message_has_come_is_told(desk: Desk, known_by: str) -> None:
    """Of the message that the status is of, whichever id names it."""
    ours = known_by == "our id"
    message = await desk.queued(status="sent", external_id=None if ours else "wamid.1", next_attempt_at=None)
    taken = await desk.told(message if ours else None, "delivered", external_id="wamid.1")
    assert told_of(taken) == [Change(ChangeKind.MESSAGE_STATUS, message, desk.ref.conversation_id)]


async def test_a_status_of_nothing_known_is_not_told(desk: Desk) -> None:
    """It waits for its message."""
    assert told_of(await desk.told(None, "delivered", external_id="wamid.early")) == []


async def test_an_echo_of_our_own_words_is_their_status(desk: Desk) -> None:
    """It settles what was sent, and is nobody's new message."""
    message = await desk.queued(status="unknown", next_attempt_at=None, attempts=1)
    taken = await desk.phone_writes("Olá", hint="untold")
    assert told_of(taken) == [Change(ChangeKind.MESSAGE_STATUS, message, desk.ref.conversation_id)]


async def test_a_delivery_is_told_tenant_by_tenant(desk: Desk) -> None:
    """One delivery may hold several tenants' events: nobody hears of another's."""
    theirs = await desk.seed.thread(await desk.seed.business("other", debounce_seconds=0.0))
    ours, other = await desk.hears(), await desk.hears(thread=theirs)
    live = RecordedLive()
    tell(live, [*ours, *other, *await desk.hears()])
    assert {tenant: len(changes) for tenant, changes in live.calls} == {desk.ref.tenant_id: 2, theirs.tenant_id: 1}


async def test_words_heard_twice_are_told_once(desk: Desk) -> None:
    """A delivery that was seen before changes nothing."""
    await desk.hears(external_id="wamid.same")
    assert told_of(await desk.hears(external_id="wamid.same")) == []
