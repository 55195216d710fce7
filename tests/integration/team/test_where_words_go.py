"""Where a member's words go when it is not clear, and what he is told of it."""

from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, FORUM, GROUP
from tests.integration.team.counter import Counter
from tests.integration.team.office import Office

SAID = "SELECT EXISTS (SELECT 1 FROM messages WHERE author = 'attendant' AND text = $1)"


async def test_who_takes_a_lead_outside_his_topic_is_told_where_to_write(office: Office, counter: Counter) -> None:
    """Taken from /status in the group's General: the topic is linked, and a reply to what is said there is for the lead."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await counter.write(ANA, FORUM, "/status")
    await counter.tap(ANA, FORUM, await office.shows(FORUM, "de plantão"), "🙋 Ana")
    told = await office.shows(FORUM, "assumiu Ana")
    assert "neste tópico" not in told["text"]
    links = [entity["url"] for entity in told["entities"] if entity["type"] == "text_link"]
    assert links == [f"https://t.me/c/{str(FORUM)[4:]}/{card['message_thread_id']}"]
    await counter.write(ANA, FORUM, "Oi, sou a Ana", reply_to=told["message_id"])
    await office.settles(SAID, "Oi, sou a Ana")


async def test_who_takes_a_lead_in_his_topic_writes_right_there(office: Office, counter: Counter) -> None:
    """As before."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    await counter.tap(ANA, FORUM, await office.shows(FORUM, "espera por alguém"), "🙋 Assumir")
    await office.shows(FORUM, "neste tópico vai para o lead")


async def _group_without_topics(office: Office, counter: Counter) -> None:
    """Ana has the lead, by the card in a group that has no topics; Bia is her colleague."""
    await office.desk.seed.insert(
        "telegram_chats", tenant_id=office.desk.ref.tenant_id, bot_id=BOT.id, chat_id=GROUP, kind="group"
    )
    await office.telegram.post(
        "members", chat_id=GROUP, person_id=BOT.id, by=ANA, action="promote", rights=["can_pin_messages"]
    )
    await office.member(ANA, "Ana", private=False)
    await office.member(BIA, "Bia", private=False)
    await office.hand_off()
    await counter.tap(ANA, GROUP, await office.shows(GROUP, "espera por alguém"), "🙋 Assumir")


async def test_without_topics_one_is_told_to_reply(office: Office, counter: Counter) -> None:
    """Who has a lead and writes into the group is told that nothing was sent; by a reply it is."""
    await _group_without_topics(office, counter)
    taken = await office.shows(GROUP, "assumiu Ana")
    assert "tópico" not in taken["text"]
    await counter.write(ANA, GROUP, "Bom dia!")
    hint = await office.shows(GROUP, "Nada foi enviado ao lead")
    assert "respondendo" in hint["text"]
    await counter.write(ANA, GROUP, "Bom dia!", reply_to=taken["message_id"])
    await office.settles(SAID, "Bom dia!")


async def test_talk_among_colleagues_is_left_alone(office: Office, counter: Counter) -> None:
    """Whoever has no lead, and who answers a colleague, is told nothing."""
    await _group_without_topics(office, counter)
    asked = await counter.write(BIA, GROUP, "Quem vai almoçar?")
    await counter.write(ANA, GROUP, "Eu", reply_to=asked)
    await office.quiet()
    assert not [one for one in await office.messages(GROUP) if "Nada foi enviado" in one["text"]]


async def test_a_file_for_nobody_is_answered_as_text_is(office: Office, counter: Counter) -> None:
    """In a private chat without an active lead: that no file reaches a lead, and to whom he would write."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    await office.desk.run("UPDATE members SET active_conversation_id = NULL")
    await counter.write(ANA, ANA, "", kind="voice")
    asked = await office.shows(ANA, "Para quem?")
    assert "só texto chega ao lead" in asked["text"]
    assert buttons(asked) == ["💬 Ana"]


async def test_a_file_of_who_has_nobody_is_answered(office: Office, counter: Counter) -> None:
    """As his words are."""
    await office.member(ANA, "Ana")
    await counter.write(ANA, ANA, "", kind="photo")
    await office.shows(ANA, "você não está com nenhuma conversa")


async def test_a_conversation_given_back_to_a_paused_ai_is_told_so(office: Office, counter: Counter) -> None:
    """Nobody believes that the lead is answered while he is not."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    await office.desk.run("UPDATE tenants SET ai_paused = true")
    told = await counter.tap(ANA, ANA, await office.shows(ANA, "Com Ana"), "↩️ Devolver à IA")
    assert "a IA está pausada" in told
    assert "/retomar" in told
