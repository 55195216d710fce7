"""Telegram in trouble: every card arrives, with one outcome to be seen."""

import asyncio
from typing import Any

from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, FORUM
from tests.integration.team.office import Office
from tests.patience import PATIENCE


async def _cards(office: Office, chat_id: int) -> list[dict[str, Any]]:
    return [message for message in await office.messages(chat_id) if "Motivo" in message["text"]]


async def test_a_429_holds_up_that_chat_alone_and_for_as_long_as_it_says(office: Office) -> None:
    """Ana's chat waits for the hour that it was told, while Bia's has its card; then it has its own, once."""
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    hour = {"action": "status", "http": 429, "retry_after": 3600}
    await office.telegram.post("faults", **hour, match={"chat_id": str(ANA)}, times=1)
    await office.hand_off()
    await office.shows(BIA, "espera por alguém")
    refused = (await office.telegram.wait_for("telegram_refused", chat_id=ANA))["at"]
    await office.settles("SELECT next_at > now() + interval '50 minutes' FROM telegram_chats WHERE chat_id = $1", ANA)
    waits = "SELECT EXTRACT(epoch FROM next_at)::float8 FROM telegram_chats WHERE chat_id = $1"
    assert await office.desk.value(waits, ANA) >= refused + 3600
    assert await _cards(office, ANA) == []
    await office.desk.run("UPDATE telegram_chats SET next_at = next_at - interval '1 hour'")
    await office.desk.run("UPDATE telegram_posts SET due_at = due_at - interval '1 hour'")
    await office.shows(ANA, "espera por alguém")
    await office.quiet()
    assert len(await _cards(office, ANA)) == 1


async def test_telegram_down_loses_nothing(office: Office) -> None:
    """A card that falls into an outage, and its change meanwhile, are seen afterwards: one card, its latest state."""
    ana = await office.member(ANA, "Ana")
    fault = await office.telegram.post("faults", action="down")
    await office.hand_off()
    await office.telegram.wait_for("telegram_cut", method="sendMessage")
    await office.desk.hears("Alô?")
    before = len(await office.telegram.events("telegram_cut"))
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    async with asyncio.timeout(PATIENCE):
        while len(await office.telegram.events("telegram_cut")) == before:
            await asyncio.sleep(0.02)
    await office.telegram.delete(f"faults?id={fault['id']}")
    card = await office.shows(ANA, "Com Ana")
    assert "↩️ Devolver à IA" in buttons(card)
    await office.quiet()
    assert len(await _cards(office, ANA)) == 1


async def test_an_answer_lost_after_acceptance_leaves_every_card_working(office: Office) -> None:
    """Telegram took the card and its answer was lost: another is sent, each works, and the one we know shows every change."""
    ana = await office.member(ANA, "Ana")
    await office.telegram.post("faults", action="accept_then_cut", match={"method": "sendMessage"}, times=1)
    await office.hand_off()
    await office.quiet()
    cards = await _cards(office, ANA)
    assert ["🙋 Assumir" in buttons(card) for card in cards] == [True, True]
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.shows(ANA, "Com Ana")


async def test_an_edit_whose_answer_was_lost_is_no_trouble(office: Office) -> None:
    """The edit was made; made again it changes nothing, and Telegram's saying so counts as done."""
    ana = await office.member(ANA, "Ana")
    await office.hand_off()
    await office.shows(ANA, "espera por alguém")
    await office.telegram.post("faults", action="accept_then_cut", match={"method": "editMessageText"}, times=1)
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.quiet()
    assert ["Com Ana" in card["text"] for card in await _cards(office, ANA)] == [True]


async def test_a_deleted_topic_is_made_anew(office: Office) -> None:
    """Somebody deletes the lead's topic: he gets another, with his card as it stands now and what he says next."""
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    old = card["message_thread_id"]
    await office.telegram.post("topics", chat_id=FORUM, user_id=ANA, action="delete", thread_id=old)
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.desk.hears("Ainda aí?")
    anew = await office.shows(FORUM, lambda m: "Com Ana" in m["text"] and m["message_thread_id"] != old)
    await office.shows(
        FORUM, lambda m: "Ainda aí?" in m["text"] and m["message_thread_id"] == anew["message_thread_id"]
    )
    await office.quiet()
    assert len(await _cards(office, FORUM)) == 1


async def test_a_member_who_blocks_the_bot_is_not_waited_for(office: Office) -> None:
    """The only one on duty has blocked the bot: a colleague who is off duty is told instead."""
    await office.member(ANA, "Ana")
    bia = await office.member(BIA, "Bia")
    await office.desk.run("UPDATE members SET on_duty = false WHERE id = $1", bia.member_id)
    await office.telegram.post("block", user_id=ANA, bot_id=BOT.id, blocked=True)
    await office.hand_off()
    await office.shows(BIA, "espera por alguém")
    reached = "SELECT status FROM telegram_chats WHERE chat_id = $1"
    assert await office.desk.value(reached, ANA) == "unreachable"


async def test_a_group_that_is_upgraded_keeps_its_cards(office: Office) -> None:
    """The basic group the team works in becomes a supergroup in mid-flight: the card arrives where the team is now."""
    group = -4_077  # the basic group of the cast
    await office._chat(chat_id=group, kind="group", title="Turma")
    moved = await office.telegram.post("upgrade", chat_id=group, user_id=ANA, is_forum=True)
    await office.hand_off()
    new = int(moved["id"])
    await office.shows(new, "espera por alguém")
    assert await office.desk.value("SELECT chat_id FROM telegram_chats WHERE kind = 'group'") == new


async def test_a_group_without_topics_has_its_cards_too(office: Office) -> None:
    """Where the bot cannot make topics the card and the words stand in the group itself, with the lead's name."""
    await office._chat(chat_id=-4_077, kind="group", title="Turma")
    await office.hand_off()
    await office.shows(-4_077, "espera por alguém")
    await office.desk.hears("Oi?")
    await office.shows(-4_077, lambda m: m["text"] == "Ana\n👤 Oi?")
