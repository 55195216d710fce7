"""Hand-off cards in real chats: what they show, as it changes."""

from core.services.summaries import Summaries
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, FORUM
from tests.integration.team.office import Office


async def test_a_card_in_every_private_chat(office: Office) -> None:
    """Who is on duty sees who waits, why, and the last words, with the buttons to act."""
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    for who in (ANA, BIA):
        card = await office.shows(who, "Quero falar com um atendente")
        assert "pediu para falar com uma pessoa" in card["text"]
        assert buttons(card) == ["🙋 Assumir", "👁 Ver conversa", "✅ Encerrar"]


async def test_the_summary_comes_onto_the_card(office: Office) -> None:
    """It takes a while to write: the card that stands there already shows it, and stays one card."""
    await office.member(ANA, "Ana")
    hand_off_id = await office.hand_off()
    first = await office.shows(ANA, "espera por alguém")
    summaries = Summaries()
    material = await summaries.material(office.desk.ref.tenant_id, hand_off_id)
    assert material is not None
    await summaries.keep(material, "Quer marcar uma avaliação.", ())
    card = await office.shows(ANA, "Quer marcar uma avaliação.")
    assert card["message_id"] == first["message_id"]


async def test_every_copy_shows_who_took_it(office: Office) -> None:
    """One takes it; both cards say so, by an edit of what stands there."""
    ana = await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    before = [(await office.shows(who, "espera por alguém"))["message_id"] for who in (ANA, BIA)]
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    after = [await office.shows(who, "Com Ana") for who in (ANA, BIA)]
    assert [card["message_id"] for card in after] == before
    assert "↩️ Devolver à IA" in buttons(after[0])
    assert buttons(after[1]) == ["👁 Ver conversa"]


async def test_the_card_stands_in_the_leads_topic(office: Office) -> None:
    """In a group each lead has one topic, named for him; his second hand-off stands there too."""
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    topics = (await office.chat(FORUM))["topics"]
    assert [topic["name"] for topic in topics if topic["message_thread_id"] == card["message_thread_id"]] == ["Ana"]
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.assignments.give_back(ana, office.desk.ref.conversation_id)
    await office.shows(FORUM, "voltou para a IA")
    await office.hand_off("Preciso de um humano")
    second = await office.shows(FORUM, lambda message: "Preciso de um humano" in message["text"])
    assert second["message_thread_id"] == card["message_thread_id"]
    assert second["message_id"] != card["message_id"]


async def test_the_leads_words_follow_the_card(office: Office) -> None:
    """What the lead writes while he waits, and to whoever has him, is shown in order in his topic."""
    await office.group()
    await office.hand_off()
    await office.shows(FORUM, "espera por alguém")
    await office.desk.hears("Oi?")
    await office.desk.hears("Alguém aí?")
    await office.shows(FORUM, lambda message: message["text"].endswith("👤 Alguém aí?"))
    relayed = [m["text"] for m in await office.messages(FORUM) if m["text"].startswith("👤")]
    assert "\n".join(relayed) == "👤 Oi?\n👤 Alguém aí?"


async def test_words_of_a_burst_travel_together(office: Office) -> None:
    """Twenty messages that wait for the group's pace take one of Telegram's, in order: the group's quota is everybody's."""
    await office.group()
    await office.hand_off()
    await office.shows(FORUM, "espera por alguém")
    await office.quiet()
    await office.settles("SELECT bool_and(lease_until IS NULL) FROM telegram_chats")
    await office.desk.run("UPDATE telegram_chats SET next_at = now() + interval '1 hour'")
    for number in range(20):
        await office.desk.hears(f"mensagem {number:02d}")
    await office.desk.run("UPDATE telegram_chats SET next_at = NULL")
    await office.shows(FORUM, "mensagem 19")
    await office.quiet()
    relays = [m["text"] for m in await office.messages(FORUM) if m["text"].startswith("👤")]
    assert "\n".join(relays).splitlines() == [f"👤 mensagem {number:02d}" for number in range(20)]
    assert len(relays) == 1


async def test_who_has_the_conversation_hears_the_lead(office: Office) -> None:
    """In private work only the holder is shown what the lead says, with the lead's name above it."""
    ana = await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    await office.shows(BIA, "espera por alguém")
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.desk.hears("Qual o valor?")
    await office.shows(ANA, lambda message: message["text"].endswith("👤 Qual o valor?"))
    await office.quiet()
    assert not [m for m in await office.messages(BIA) if m["text"].startswith("👤")]


async def test_a_card_waits_for_the_ais_last_word(office: Office) -> None:
    """While a message of the AI is on its way nobody is told that the conversation is his."""
    ana = await office.member(ANA, "Ana")
    await office.hand_off()
    await office.shows(ANA, "espera por alguém")
    await office.desk.run(
        "UPDATE messages SET status = 'sending', next_attempt_at = NULL, send_lease_until = now() + interval '30 s'"
        " WHERE author = 'ai' AND purpose = 'answer'"
    )
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.shows(ANA, "está assumindo")
    await office.desk.run("UPDATE messages SET status = 'sent' WHERE author = 'ai' AND status = 'sending'")
    await office.shows(ANA, "Com Ana")
