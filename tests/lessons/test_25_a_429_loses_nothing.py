"""Telegram says "too many requests": what it refused arrives when it may, in order, once; and we seldom make it say so."""

import asyncio

from aiogram import Bot

from tests.factories import Thread
from tests.integration.chats import buttons
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, FORUM
from tests.integration.services.desk import Desk
from tests.integration.team.counter import Counter
from tests.integration.team.office import Office, notifier_of
from tests.patience import PATIENCE


async def _refused(office: Office) -> int:
    return len(await office.telegram.events("telegram_refused"))


async def _cards(office: Office, chat_id: int) -> list[str]:
    return [message["text"] for message in await office.messages(chat_id) if "Motivo" in message["text"]]


async def test_card_words_and_changes_all_arrive(office: Office) -> None:
    """Refused three times in a row: the card is there once, in its latest state, and the words follow in order."""
    desk = office.desk
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.telegram.post("faults", action="status", http=429, retry_after=1, times=3)
    await office.hand_off()
    for words in ("um", "dois", "três"):
        await desk.hears(words)
    await office.assignments.take(ana, desk.ref.conversation_id)
    await office.shows(FORUM, "Com Ana")
    await office.shows(FORUM, "três")
    await office.quiet()
    assert len(await _cards(office, FORUM)) == 1
    shown = "\n".join(message["text"] for message in await office.messages(FORUM) if message["text"].startswith("👤"))
    assert shown.splitlines() == ["👤 um", "👤 dois", "👤 três"]
    assert await _refused(office) == 3


async def test_a_restart_while_it_waits_changes_nothing(desk: Desk, bot: Bot, telegram: Control) -> None:
    """The wait is on disk too: the next process keeps it, and then tells it once."""
    office = Office(desk, bot, telegram, notifier_of(bot))
    await office.member(ANA, "Ana")
    await telegram.post("faults", action="status", http=429, retry_after=2, times=1)
    await office.hand_off()
    for still_waiting in (True, False):
        finish = asyncio.Event()
        running = asyncio.create_task(notifier_of(bot).run(finish))
        if still_waiting:
            async with asyncio.timeout(PATIENCE):
                while not await _refused(office):
                    await asyncio.sleep(0.02)
        else:
            await office.shows(ANA, "espera por alguém")
            await office.quiet()
        finish.set()
        await running
    assert (len(await _cards(office, ANA)), await _refused(office)) == (1, 1)
    refused = (await telegram.events("telegram_refused"))[0]["at"]
    accepted = [one["at"] for one in await telegram.events("telegram_accepted") if one.get("method") == "sendMessage"]
    assert min(accepted) - refused >= 2.0


async def test_with_telegrams_limits_on_nothing_is_refused_and_nothing_lost(office: Office) -> None:
    """Four leads at once in one group, and two members' own chats: the pace is ours before it is Telegram's."""
    await office.telegram.post("settings", quotas=True)
    await office.group()
    for user, name in ((ANA, "Ana"), (BIA, "Bia")):
        await office.member(user, name)
    await office.desk.run('UPDATE tenants SET settings = settings || \'{"inbox": "both"}\'')
    for thread in [office.desk.thread, *[await office.desk.seed.thread(office.desk.business) for _ in range(3)]]:
        await _asks_for_a_person(office.desk, thread)
    async with asyncio.timeout(30):
        while [len(await _cards(office, chat)) for chat in (FORUM, ANA, BIA)] != [4, 4, 4]:
            await asyncio.sleep(0.1)
    assert await _refused(office) == 0


async def test_a_members_words_pass_while_the_bot_may_say_nothing(office: Office, counter: Counter) -> None:
    """His words reach the lead once; what he is to see of it comes when Telegram takes it."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    card = await office.shows(ANA, "espera por alguém")
    assert "🙋 Assumir" in buttons(card)
    await counter.tap(ANA, ANA, card, "🙋 Assumir")
    await office.quiet()
    await office.telegram.post("faults", action="status", http=429, retry_after=1, match={"chat_id": str(ANA)}, times=2)
    number = await counter.write(ANA, ANA, "Oi, sou a Ana")
    async with asyncio.timeout(PATIENCE):
        while not await office.desk.value("SELECT count(*) FROM messages WHERE author = 'attendant'"):
            await asyncio.sleep(0.02)
    await office.desk.deliverer.run(office.desk.ref)
    await counter.reacted(ANA, number, "🕊")
    assert office.desk.channel.sent.count("Oi, sou a Ana") == 1


async def _asks_for_a_person(desk: Desk, thread: Thread) -> None:
    await desk.hears("Quero falar com um atendente", thread)
    desk.thread = thread
    await desk.answers()
