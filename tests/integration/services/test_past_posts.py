"""What was told to the team is forgotten in time, and not before."""

from typing import Any
from uuid import UUID

import pytest

from core.domain.ids import uuid7
from core.services import past_posts
from core.services.past_posts import purge_past_posts
from core.services.routing import meaning
from tests.integration.services.desk import Desk


class Shelf:
    """A chat and what it was shown."""

    def __init__(self, desk: Desk, chat: UUID) -> None:
        self.desk = desk
        self.chat = chat

    async def put(self, table: str, *, days: float, **row: Any) -> UUID:
        """A row of so many days ago."""
        ago = await self.desk.value("SELECT now() - make_interval(hours => $1)", round(days * 24))
        return await self.desk.seed.insert(table, tenant_id=self.desk.ref.tenant_id, created_at=ago, **row)

    async def post(self, kind: str, *, days: float, due: bool = False, subject_id: UUID | None = None) -> UUID:
        """A post of so many days ago."""
        post_id = await self.put(
            "telegram_posts", days=days, chat_ref=self.chat, kind=kind, subject_id=subject_id or uuid7()
        )
        if due:
            await self.desk.run("UPDATE telegram_posts SET due_at = created_at WHERE id = $1", post_id)
        return post_id

    async def hand_off(self, *, over: bool) -> UUID:
        """A hand-off, over or not."""
        return await self.desk.seed.insert(
            "hand_offs",
            tenant_id=self.desk.ref.tenant_id,
            conversation_id=self.desk.ref.conversation_id,
            lead_id=self.desk.thread.lead_id,
            reason="intent",
            returned_at=await self.desk.value("SELECT now()") if over else None,
        )

    async def left(self, table: str = "telegram_posts") -> set[UUID]:
        """What a purge leaves."""
        await purge_past_posts()
        return {row[0] for row in await self.desk.rows(f"SELECT id FROM {table}")}


@pytest.fixture
async def shelf(desk: Desk) -> Shelf:
    """A group that was shown nothing."""
    return Shelf(
        desk,
        await desk.seed.insert("telegram_chats", tenant_id=desk.ref.tenant_id, bot_id=1, chat_id=-1001, kind="group"),
    )


@pytest.mark.parametrize(("kind", "days"), [("notice", 2), ("reply", 2), ("relay", 2), ("tick", 7)])
async def test_what_is_shown_goes_after_its_time(shelf: Shelf, kind: str, days: float) -> None:
    """An hour before it is there, an hour after it is not; what is still to be shown stays."""
    await shelf.post(kind, days=days + 1 / 24)
    young = await shelf.post(kind, days=days - 1 / 24)
    due = await shelf.post(kind, days=days + 1, due=True)
    assert await shelf.left() == {young, due}


async def test_the_card_of_an_open_hand_off_stays(shelf: Shelf) -> None:
    """However old it is: what changes is to be shown on it. That of one that is over goes."""
    await shelf.post("card", days=3, subject_id=await shelf.hand_off(over=True))
    open_card = await shelf.post("card", days=300, subject_id=await shelf.hand_off(over=False))
    assert await shelf.left() == {open_card}


async def test_what_waits_for_a_chat_that_is_gone_is_given_up(desk: Desk, shelf: Shelf) -> None:
    """After a month, but for whoever still waits for a person; in a chat that can be reached it is shown yet."""
    await shelf.post("notice", days=31, due=True)
    await shelf.post("card", days=31, due=True, subject_id=await shelf.hand_off(over=True))
    young = await shelf.post("notice", days=29, due=True)
    card = await shelf.post("card", days=31, due=True, subject_id=await shelf.hand_off(over=False))
    await desk.run("UPDATE telegram_chats SET status = 'unreachable'")
    shelf.chat = await desk.seed.insert(
        "telegram_chats", tenant_id=desk.ref.tenant_id, bot_id=1, chat_id=-1002, kind="group"
    )
    reachable = await shelf.post("notice", days=31, due=True)
    assert await shelf.left() == {young, card, reachable}


async def test_a_reply_finds_its_conversation_for_three_months(desk: Desk, shelf: Shelf) -> None:
    """Then nobody replies to that message any more."""
    for number, days in ((1, 89), (2, 91)):
        await shelf.put(
            "telegram_messages", days=days, chat_ref=shelf.chat, number=number, purpose="card",
            conversation_id=desk.ref.conversation_id,
        )  # fmt: skip
    await purge_past_posts()
    found = [await meaning(desk.ref.tenant_id, shelf.chat, number) for number in (1, 2)]
    assert [one is not None for one in found] == [True, False]


async def test_notifications_go_when_they_are_told(desk: Desk, shelf: Shelf) -> None:
    """And those that nobody could be told, after a month; never one that is due and was not tried."""
    kind = {"kind": "dead_letter", "subject_id": uuid7()}
    await shelf.put("notifications", days=3, status="told", **kind)
    await shelf.put("notifications", days=31, attempts=9, **kind)
    fresh = await shelf.put("notifications", days=1, status="told", **kind)
    waiting = await shelf.put("notifications", days=29, attempts=9, **kind)
    untried = await shelf.put("notifications", days=31, **kind)
    await desk.run("UPDATE notifications SET told_at = created_at WHERE status = 'told'")
    assert await shelf.left("notifications") == {fresh, waiting, untried}


async def test_a_purge_ends_with_nothing_left_to_purge(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many batches that takes."""
    monkeypatch.setattr(past_posts, "_BATCH", 2)
    for _ in range(5):
        await shelf.post("notice", days=3)
    assert await purge_past_posts() == 5
    assert await purge_past_posts() == 0


async def test_a_purge_waits_for_nobody(desk: Desk, shelf: Shelf) -> None:
    """A post that somebody changes at this moment is left to the next purge."""
    locked, _ = await shelf.post("notice", days=3), await shelf.post("notice", days=3)
    async with desk.superuser.transaction():
        await desk.run("SELECT FROM telegram_posts WHERE id = $1 FOR UPDATE", locked)
        assert await purge_past_posts() == 1
    assert await shelf.left() == set()
