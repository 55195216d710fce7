"""What a member says in the Mini App is seen by his colleagues in Telegram."""

from core.domain.ids import uuid7
from core.services.idempotency import Once
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, FORUM
from tests.integration.team.office import Office

WORDS = "Escrevo do painel"


async def test_in_the_leads_topic_once(office: Office) -> None:
    """With the name of who said it, in the topic that the card stands in; repeated, it is not shown again."""
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.member(BIA, "Bia", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    once = Once(uuid7(), b"the same")
    for _ in range(2):
        await office.attendance.say(ana, office.desk.ref.conversation_id, WORDS, message_id=uuid7(), once=once)
    shown = await office.shows(FORUM, WORDS)
    assert "Ana" in shown["text"]
    assert shown["message_thread_id"] == card["message_thread_id"]
    await office.quiet()
    beside = [one for one in await office.messages(FORUM) if one["message_id"] != card["message_id"]]
    assert sum(one["text"].count(WORDS) for one in beside) == 1


async def test_in_no_colleagues_private_chat(office: Office) -> None:
    """Who has the lead finds his own words in his chat with the bot; nobody else's chat is about that lead any more."""
    ana = await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    await office.shows(BIA, "espera por alguém")
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.attendance.say(ana, office.desk.ref.conversation_id, WORDS, message_id=uuid7())
    await office.shows(ANA, WORDS)
    await office.quiet()
    assert [one for one in await office.messages(BIA) if one["text"].startswith(WORDS)] == []
    assert all("Assumir" not in str(buttons(one)) for one in await office.messages(BIA))
