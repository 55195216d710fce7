"""Words longer than a message of Telegram: shown whole, in order, whatever happens between their parts."""

from core.domain.team import MessagePurpose
from core.services import routing
from tests.integration.sandbox.telegram_cast import ANA, FORUM
from tests.integration.team.counter import Counter
from tests.integration.team.office import Office, telling

LONG = " ".join(f"palavra{number:04d}" for number in range(600))
"""Of two messages' length."""


async def _relayed(office: Office, chat_id: int) -> list[str]:
    messages = await office.messages(chat_id)
    return [one["text"].removeprefix("👤 ") for one in messages if one["text"].startswith("👤")]


async def _card_in_the_forum(office: Office) -> None:
    await office.group()
    await office.hand_off()
    await office.shows(FORUM, "espera por alguém")


async def test_long_words_in_a_burst_are_shown_whole(office: Office) -> None:
    """No message of the lead's is cut for being the second, or for its length; the order is theirs."""
    await _card_in_the_forum(office)
    for words in ("Oi", "d'água " * 400, LONG, "Fim"):
        await office.desk.hears(words.strip())
    await office.shows(FORUM, "Fim")
    await office.quiet()
    shown = " ".join(await _relayed(office, FORUM)).replace("👤 ", "").split()
    assert shown == f"Oi {'d’água ' * 400}{LONG} Fim".replace("’", "'").split()


async def test_what_telegram_counts_double_reaches_the_team(office: Office) -> None:
    """2,100 emoji are more than a message holds."""
    await _card_in_the_forum(office)
    await office.desk.hears("😀" * 2100)
    await office.settles("SELECT EXISTS (SELECT 1 FROM telegram_messages WHERE message_id IS NOT NULL)")
    assert "".join(await _relayed(office, FORUM)) == "😀" * 2100


async def test_a_reply_to_any_part_is_about_the_lead(office: Office) -> None:
    """The first part means the conversation as the last does."""
    group = await office.group()
    await office.hand_off()
    await office.shows(FORUM, "espera por alguém")
    await office.desk.hears(LONG)
    await office.shows(FORUM, "palavra0599")
    await office.quiet()
    parts = [one["message_id"] for one in await office.messages(FORUM) if one["text"].startswith("👤")]
    meant = [await routing.meaning(office.desk.ref.tenant_id, group, number) for number in parts]
    about = (office.desk.ref.conversation_id, MessagePurpose.RELAY)
    assert [(one.conversation_id, one.purpose) for one in meant if one] == [about] * 2


async def test_the_newest_message_is_seen_whole_and_any_part_of_the_view_answers(
    office: Office, counter: Counter
) -> None:
    """Who looks into a conversation reads all of what the lead said last; a reply to each part is for that lead."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    card = await office.shows(ANA, "espera por alguém")
    await office.desk.hears(LONG)
    await office.quiet()
    await counter.tap(ANA, ANA, card, "👁 Ver conversa")
    await office.shows(ANA, "palavra0599")
    parts = [one for one in await office.messages(ANA) if "palavra" in one["text"] and "Motivo" not in one["text"]]
    assert " ".join(one["text"] for one in parts).count("palavra") == LONG.count("palavra")
    await counter.tap(ANA, ANA, card, "🙋 Assumir")
    await office.desk.run("UPDATE members SET active_conversation_id = NULL")
    await counter.write(ANA, ANA, "Respondo já", reply_to=parts[0]["message_id"])
    await office.settles("SELECT EXISTS (SELECT 1 FROM messages WHERE text = 'Respondo já')")


async def test_a_process_that_ends_between_two_parts_leaves_the_rest_to_the_next(quiet_office: Office) -> None:
    """What one has shown the other does not show again, and nothing is left out."""
    office = quiet_office
    async with telling(office):
        await _card_in_the_forum(office)
        hold = await office.telegram.post("faults", action="down", match={"text_contains": "palavra0599"})
        await office.desk.hears(LONG)
        await office.shows(FORUM, "palavra0000")
        await office.telegram.wait_for("telegram_cut", method="sendMessage")
    await office.telegram.delete(f"faults?id={hold['id']}")
    await office.desk.run("UPDATE telegram_posts SET due_at = now() WHERE due_at IS NOT NULL")
    await office.desk.run("UPDATE telegram_chats SET next_at = NULL, lease_until = NULL")
    async with telling(office):
        await office.shows(FORUM, "palavra0599")
        await office.quiet()
    assert " ".join(await _relayed(office, FORUM)) == LONG


async def test_a_message_that_is_refused_for_good_takes_no_other_with_it(office: Office) -> None:
    """What Telegram will never take is passed over alone; what the lead said with it and after it is shown."""
    await _card_in_the_forum(office)
    never = {"http": 400, "description": "Bad Request: can't be shown", "match": {"text_contains": "recusada"}}
    await office.telegram.post("faults", action="status", times=None, **never)
    for words in ("antes", "recusada", "depois"):
        await office.desk.hears(words)
    await office.shows(FORUM, "depois")
    await office.quiet()
    assert " ".join(await _relayed(office, FORUM)).replace("👤 ", "").split() == ["antes", "depois"]
