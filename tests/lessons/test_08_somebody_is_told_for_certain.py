"""When a lead needs a person, somebody is told: through a crash, by one of several processes, or when the first one comes."""

import asyncio

from core.services import members
from core.services.team_chats import open_private
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT
from tests.integration.team.office import Office, notifier_of, telling
from tests.patience import PATIENCE


async def _cards(office: Office, chat_id: int) -> int:
    return sum("Motivo" in message["text"] for message in await office.messages(chat_id))


async def test_what_was_decided_is_told_whoever_dies_in_between(quiet_office: Office) -> None:
    """The hand-off is on disk with its news: a process that starts much later tells it."""
    office = quiet_office
    await office.member(ANA, "Ana")
    await office.hand_off()
    assert await office.desk.rows("SELECT kind, status FROM notifications") == [("hand_off_card", "queued")]
    async with telling(office):
        await office.shows(ANA, "espera por alguém")


async def test_several_processes_tell_it_once(quiet_office: Office) -> None:
    """Three of them at the same time: one card in each chat."""
    office = quiet_office
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    async with telling(office), telling(office), telling(office):
        for who in (ANA, BIA):
            await office.shows(who, "espera por alguém")
        await office.quiet()
    assert [await _cards(office, who) for who in (ANA, BIA)] == [1, 1]


async def test_a_process_that_dies_while_it_tells_leaves_it_to_the_next(quiet_office: Office) -> None:
    """Killed in the middle of the call, before Telegram took it: the chat's lease ends and another process tells it."""
    office = quiet_office
    await office.member(ANA, "Ana")
    held = await office.telegram.post("faults", action="hold_before", match={"method": "sendMessage"}, times=1)
    await office.hand_off()
    process = notifier_of(office.bot)
    dying = asyncio.create_task(process.run(asyncio.Event()))
    async with asyncio.timeout(PATIENCE):
        while not await office.desk.value("SELECT bool_or(lease_until > now()) FROM telegram_chats"):
            await asyncio.sleep(0.02)
    parts = [dying, *process._showing]
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
    await office.telegram.delete(f"faults?id={held['id']}")
    await office.desk.run("UPDATE telegram_chats SET lease_until = now()")
    async with telling(office):
        await office.shows(ANA, "espera por alguém")
        await office.quiet()
    assert await _cards(office, ANA) == 1


async def test_with_nobody_to_tell_the_first_who_comes_is_told(office: Office) -> None:
    """No chat at all when the lead asks: whoever opens the bot next has the card at once."""
    ana = await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    async with asyncio.timeout(PATIENCE):
        while not await office.desk.value("SELECT sum(attempts) FROM notifications"):
            await asyncio.sleep(0.02)
    await office.telegram.post("start", user_id=ANA, bot_id=BOT.id)
    (membership,) = await members.memberships(ANA)
    assert membership.member_id == ana.member_id
    await open_private(BOT.id, membership, ANA, "Ana")
    await office.shows(ANA, "espera por alguém")


async def test_a_lead_who_waits_is_seen_by_each_who_comes_later(office: Office) -> None:
    """A colleague who opens the bot while the lead still waits has the card too."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    await office.shows(ANA, "espera por alguém")
    await office.member(BIA, "Bia", private=False)
    await office.telegram.post("start", user_id=BIA, bot_id=BOT.id)
    (membership,) = await members.memberships(BIA)
    await open_private(BOT.id, membership, BIA, "Bia")
    await office.shows(BIA, "espera por alguém")
    await office.quiet()
    assert await _cards(office, ANA) == 1
