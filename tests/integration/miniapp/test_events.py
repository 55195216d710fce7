"""What changes reaches the screens that may see it, without a gap and without a double, however often the line is cut."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import aiohttp
import pytest

from core.domain.changes import Change, ChangeKind
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.services import members
from core.services.members import Person
from pipeline.live import LivePublisher
from tests.integration.miniapp.conftest import App, joined
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

ANA = Person(5_000_000_401, "Ana")
BIA = Person(5_000_000_402, "Bia")
RESET: Final = "reset"
_TURNS: Final = 20


@dataclass(slots=True)
class Stream:
    """A client that reads events as browsers do; ``last_id`` is where it comes back from."""

    content: aiohttp.StreamReader
    last_id: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    async def next(self) -> tuple[str, Any]:
        """The next event's name and data."""
        while True:
            line = (await self.content.readline()).decode()
            if not line:
                raise EOFError
            if line == "\n" and self.fields:
                fields, self.fields = self.fields, {}
                self.last_id = fields["id"]
                return fields["event"], json.loads(fields["data"])
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                self.fields[name] = value

    async def subject(self) -> UUID:
        """What the next event is about; it is about one thing."""
        name, data = await self.next()
        assert name == "changes"
        (change,) = data["changes"]
        return UUID(change["subject"])

    async def ended(self) -> bool:
        """Whether nothing more comes, once what was on its way has come."""
        async for _ in self.content:
            pass
        return self.content.at_eof()


@asynccontextmanager
async def streaming(app: App, last_id: str = "") -> AsyncIterator[Stream]:
    """The app's stream, from that event on."""
    headers = {"Authorization": f"Bearer {app.access}"} | ({"Last-Event-ID": last_id} if last_id else {})
    async with asyncio.timeout(PATIENCE), app.http.get(f"{app.url}/events", headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        yield Stream(response.content)
        response.close()


@asynccontextmanager
async def looking(app: App) -> AsyncIterator[Stream]:
    """A stream that has loaded everything."""
    async with streaming(app) as stream:
        assert (await stream.next())[0] == RESET
        yield stream


def said(kind: ChangeKind = ChangeKind.MESSAGE_IN) -> Change:
    """Something of this kind."""
    return Change(kind, uuid7(), uuid7(), uuid7())


async def test_a_change_is_told(desk: Desk, app: App, teller: LivePublisher) -> None:
    """By its kind and ids, to who looks at the tenant."""
    await joined(desk, ANA)
    async with looking(await app.come_in(ANA)) as stream:
        one = said()
        teller.changed(desk.business.tenant_id, [one])
        name, data = await stream.next()
    assert (name, data["changes"][0]["kind"], data["changes"][0]["subject"]) == (
        "changes",
        "message_in",
        str(one.subject_id),
    )


async def test_another_tenants_changes_are_not(desk: Desk, app: App, teller: LivePublisher) -> None:
    """What is told next is one's own."""
    await joined(desk, ANA)
    async with looking(await app.come_in(ANA)) as stream:
        mine = said()
        teller.changed(uuid7(), [said()])
        teller.changed(desk.business.tenant_id, [mine])
        assert await stream.subject() == mine.subject_id


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ATTENDANT, ["message_in", "settings"]),
        (Role.MANAGER, ["message_in", "dead_letter", "settings"]),
        (Role.ADMIN, ["message_in", "dead_letter", "settings", "invitation"]),
    ],
)
async def test_a_role_sees_its_own(desk: Desk, app: App, teller: LivePublisher, role: Role, seen: list[str]) -> None:
    """Of several changes told together those that its screens show."""
    await joined(desk, ANA, role)
    async with looking(await app.come_in(ANA)) as stream:
        kinds = (ChangeKind.MESSAGE_IN, ChangeKind.DEAD_LETTER, ChangeKind.SETTINGS, ChangeKind.INVITATION)
        teller.changed(desk.business.tenant_id, [said(kind) for kind in kinds])
        _, data = await stream.next()
    assert [one["kind"] for one in data["changes"]] == seen


async def test_a_line_that_is_cut_fifty_times(desk: Desk, app: App, teller: LivePublisher) -> None:
    """Two hundred changes, told while the client is there, on its way, or away: each is read once, in order."""
    await joined(desk, ANA)
    mine = await app.come_in(ANA)
    told = [said() for _ in range(200)]
    read: list[UUID] = []

    async def tell() -> None:
        for one in told:
            teller.changed(desk.business.tenant_id, [one])
            await teller.drained()

    async with looking(mine) as stream:
        last_id = stream.last_id
    telling = asyncio.create_task(tell())
    for cut in range(50):
        async with streaming(mine, last_id) as stream:
            left = 4 if cut < 49 else len(told) - len(read)
            read += [await stream.subject() for _ in range(left)]
            last_id = stream.last_id
    await telling
    assert read == [one.subject_id for one in told]


async def test_a_new_stream_of_a_session_ends_the_old(desk: Desk, app: App) -> None:
    """An app that comes back is not there twice."""
    await joined(desk, ANA)
    mine = await app.come_in(ANA)
    async with looking(mine) as old, looking(mine):
        assert await old.ended()


async def test_a_member_who_is_removed_hears_nothing_more(desk: Desk, app: App, teller: LivePublisher) -> None:
    """His stream ends with the news of it."""
    boss, member = await joined(desk, BIA, Role.ADMIN), await joined(desk, ANA)
    async with looking(await app.come_in(ANA)) as stream:
        await members.remove(boss.actor, member.member_id)
        teller.changed(desk.business.tenant_id, [Change(ChangeKind.MEMBER, member.member_id)])
        assert await stream.ended()


async def test_nobody_listens_without_a_session(app: App) -> None:
    """A stream is as closed as everything else."""
    async with app.http.get(f"{app.url}/events") as response:
        assert (response.status, (await response.json(content_type=None))["code"]) == (401, "token_invalid")


async def test_a_role_given_and_taken_back_at_once_is_told(desk: Desk, app: App, teller: LivePublisher) -> None:
    """However quickly one change follows another, whoever looks anew at each telling ends with the role he has."""
    chief, changed = await joined(desk, ANA, Role.ADMIN), await joined(desk, BIA, Role.ATTENDANT)
    shown: asyncio.Queue[Role] = asyncio.Queue()

    async def look(stream: Stream) -> None:
        while True:
            await stream.next()
            (standing,) = await members.memberships(BIA.telegram_user_id)
            shown.put_nowait(standing.role)

    async with looking(await app.come_in(BIA)) as stream:
        watching = asyncio.create_task(look(stream))
        for turn in range(_TURNS):
            before, after = (Role.ATTENDANT, Role.MANAGER) if turn % 2 == 0 else (Role.MANAGER, Role.ATTENDANT)
            for role in (after, before, after):
                await members.change_role(chief.actor, changed.member_id, role)
                teller.changed(desk.business.tenant_id, [Change(ChangeKind.MEMBER, changed.member_id)])
            while await shown.get() != after:
                pass
        watching.cancel()
