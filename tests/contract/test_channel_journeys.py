"""One suite for every registered channel: what its deliveries leave of a conversation, from parser to PostgreSQL.

``journey/`` holds deliveries of one lead at one account: ``hello`` (the lead), ``owner`` (the business, by hand),
``settled`` (what tells that a send of unknown outcome arrived), ``own_echo`` (what we sent, told back; none where
``provider.json`` says so by ``echoes_own``), and each of the ``statuses``, in the order in which they mean more and more.
``journey.json`` says which account it is, and of our one message its ``words``, our id and the provider's.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.domain.conversation import Author, MessageStatus
from core.services.accounts import Accounts, CredentialSet
from core.services.intake import Intake
from core.services.sealing import Sealer
from db.ingest import IngestStore
from tests.contract.channel_fixtures import body, channels, credentials, described, folder, provider
from tests.factories import Seeder, Thread
from tests.fakes import RecordedJobs, RecordedLive
from tests.integration.conftest import Database
from tests.watched_rows import untold_of_deliveries

_NEEDED = ("hello", "owner", "settled")


@dataclass(slots=True)
class Journey:
    """One channel's lead, before he wrote."""

    name: str
    told: dict[str, Any]
    intake: Intake
    credential_set: CredentialSet
    seed: Seeder
    superuser: asyncpg.Connection

    @property
    def message_id(self) -> UUID:
        """Our id of the one message."""
        return UUID(self.told["message_id"])

    async def comes(self, *deliveries: str) -> None:
        """These deliveries come, one after the other."""
        for delivery in deliveries:
            events = channels()[self.name].parse_inbound(body(self.name, f"journey/{delivery}"))
            await self.intake.accept(self.credential_set, events)

    async def writes(self, status: MessageStatus, *, external_id: str | None = None, **more: object) -> None:
        """The AI's one message to the lead, who wrote already, got so far."""
        row = await self.superuser.fetchrow(
            "SELECT tenant_id, channel_account_id, lead_id, id, reply_address FROM conversations"
        )
        assert row is not None
        values: dict[str, Any] = {
            "author": Author.AI,
            "purpose": "answer",
            "id": self.message_id,
            "send_token": 1,
            "attempts": 1,
            **more,
        }
        await self.seed.message(Thread(*row), self.told["words"], status=status, external_id=external_id, **values)

    async def messages(self) -> list[tuple[str, str, str]]:
        """Author, status and text of every message, in order."""
        rows = await self.superuser.fetch("SELECT author, status, text FROM messages ORDER BY seq")
        return [tuple(row) for row in rows]

    async def sent(self) -> tuple[str, str | None]:
        """How far our one message came, and under which of the provider's ids."""
        row = await self.superuser.fetchrow("SELECT status, external_id FROM messages WHERE id = $1", self.message_id)
        assert row is not None
        return row["status"], row["external_id"]

    async def stands(self) -> tuple[str, bool]:
        """Whose turn it is, and whether one of the AI's is due."""
        row = await self.superuser.fetchrow("SELECT status, turn_due_at IS NOT NULL AS due FROM conversations")
        assert row is not None
        return row["status"], row["due"]


@pytest.fixture(params=sorted(channels()))
async def journey(  # noqa: PLR0917 - what a delivery goes through
    request: pytest.FixtureRequest,
    opened: Database,
    seed: Seeder,
    sealer: Sealer,
    superuser: asyncpg.Connection,
    ingest_store: IngestStore,
) -> AsyncIterator[Journey]:
    """Each channel in turn, its account bound to a tenant; whatever a delivery changes, the screens are told of."""
    name = str(request.param)
    told, known = described(name, "journey/journey.json"), credentials(name)
    tenant = await seed.tenant(debounce_seconds=0.0)
    await seed.stages(tenant)
    set_id = await seed.credential_set(known.account_key, known.secrets)
    await superuser.execute("UPDATE credential_sets SET channel = $1", name)
    await seed.channel_account(tenant, set_id, external_id=told["account"], channel=name)
    live = RecordedLive()
    intake = Intake(Accounts(sealer, time.monotonic), ingest_store, RecordedJobs(), live)
    yield Journey(name, told, intake, CredentialSet(set_id, name, known), seed, superuser)
    assert await untold_of_deliveries(superuser, live.calls) == set()


@pytest.mark.parametrize("name", sorted(channels()))
def test_every_channel_has_its_journey(name: str) -> None:
    """A channel without the deliveries that the suite needs fails here, by name."""
    needed = ["journey", *_NEEDED, *(["own_echo"] if provider(name, "echoes_own") else [])]
    if (folder(name) / "journey" / "journey.json").is_file():
        needed += described(name, "journey/journey.json")["statuses"]
    assert [file for file in needed if not (folder(name) / "journey" / f"{file}.json").is_file()] == []


async def test_a_lead_is_heard_once(journey: Journey) -> None:
    """However often he is told of, and the AI's turn is due."""
    await journey.comes("hello", "hello")
    assert ([author for author, _, _ in await journey.messages()], await journey.stands()) == (["lead"], ("ai", True))


async def test_the_owner_takes_over(journey: Journey) -> None:
    """His words are an attendant's, no turn is due any more, and what the AI was about to say stays unsaid."""
    await journey.comes("hello")
    now = await journey.superuser.fetchval("SELECT now()")
    await journey.writes(MessageStatus.QUEUED, next_attempt_at=now)
    await journey.comes("owner", "owner")
    assert [(author, status) for author, status, _ in await journey.messages()] == [
        ("lead", "received"), ("ai", "cancelled"), ("attendant", "sent"),
    ]  # fmt: skip
    assert await journey.stands() == ("human", False)


async def test_the_owner_is_no_send_of_ours(journey: Journey) -> None:
    """What he typed settles nothing, whatever we are waiting for."""
    await journey.comes("hello")
    await journey.writes(MessageStatus.UNKNOWN)
    await journey.comes("owner")
    assert (await journey.sent(), await journey.stands()) == (("unknown", None), ("human", False))


@pytest.mark.parametrize("status", [MessageStatus.SENDING, MessageStatus.UNKNOWN])
async def test_a_send_of_unknown_outcome_is_settled(journey: Journey, status: MessageStatus) -> None:
    """By what the provider tells: it has an id now, counts as sent, nobody waits for it, and the AI goes on."""
    await journey.comes("hello")
    await journey.writes(status, settle_by=await journey.superuser.fetchval("SELECT now() + interval '1 h'"))
    await journey.comes("settled", "settled")
    assert await journey.sent() == ("sent", journey.told["external_id"])
    assert await journey.superuser.fetchval("SELECT count(*) FROM messages WHERE settle_by IS NOT NULL") == 0
    assert (len(await journey.messages()), await journey.stands()) == (2, ("ai", True))


async def test_what_is_settled_gets_its_statuses(journey: Journey) -> None:
    """Those that come after, and those that came before anybody knew whose they were."""
    await journey.comes("hello")
    await journey.writes(MessageStatus.UNKNOWN)
    statuses = journey.told["statuses"]
    await journey.comes(statuses[-1], "settled")
    assert await journey.sent() == (statuses[-1], journey.told["external_id"])


@pytest.mark.parametrize(
    "journey", [name for name in sorted(channels()) if provider(name, "echoes_own")], indirect=True
)
@pytest.mark.parametrize("status", [MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.SENT])
async def test_our_own_echo_takes_nothing_over(journey: Journey, status: MessageStatus) -> None:
    """Before the send call returned, after it broke off, and after it returned: it is nobody's word but ours."""
    await journey.comes("hello")
    await journey.writes(status, external_id=journey.told["external_id"] if status is MessageStatus.SENT else None)
    await journey.comes("own_echo", "own_echo")
    assert (len(await journey.messages()), await journey.stands()) == (2, ("ai", True))


async def test_statuses_only_go_forward(journey: Journey) -> None:
    """In whatever order they come, the furthest stands."""
    statuses: list[str] = journey.told["statuses"]
    await journey.comes("hello")
    await journey.writes(MessageStatus.SENT, external_id=journey.told["external_id"])
    for order in permutations(statuses):
        await journey.superuser.execute("UPDATE messages SET status = 'sent' WHERE direction = 'out'")
        await journey.superuser.execute("DELETE FROM raw_events WHERE kind = 'status'")
        await journey.comes(*order)
        assert (order, await journey.sent()) == (order, (statuses[-1], journey.told["external_id"]))
