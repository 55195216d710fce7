"""People and the AI take turns: by buttons and by words, in topics and in private chats."""

import asyncio
from typing import Any

from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, CAIO, FORUM
from tests.integration.team.counter import Counter
from tests.integration.team.office import Office
from tests.patience import PATIENCE


async def _sent(office: Office) -> list[str]:
    """What reaches the lead of what people said."""
    return [
        row[0]
        for row in await office.desk.rows(
            "SELECT text FROM messages WHERE author = 'attendant' AND status <> 'internal' ORDER BY seq"
        )
    ]


async def test_of_two_taps_the_first_wins(office: Office, counter: Counter) -> None:
    """Ana has it; Bia is told who has it, and nothing changes hands."""
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    first = await office.shows(ANA, "espera por alguém")
    second = await office.shows(BIA, "espera por alguém")
    assert await counter.tap(ANA, ANA, first, "🙋 Assumir") == "A conversa é sua: escreva e vai para o lead."
    assert await counter.tap(BIA, BIA, second, "🙋 Assumir") == "Ana já está com esta conversa."
    await office.shows(BIA, "Com Ana")


async def test_words_in_the_topic_reach_the_lead(office: Office, counter: Counter) -> None:
    """The holder writes in the lead's topic; the provider's receipts are reactions on his own message."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await counter.tap(ANA, FORUM, card, "🙋 Assumir")
    number = await counter.write(ANA, FORUM, "Oi, sou a Ana!", thread_id=card["message_thread_id"])
    await counter.office.quiet()
    await office.desk.deliverer.run(office.desk.ref)
    await counter.reacted(FORUM, number, "🕊")
    message_id = await office.desk.value("SELECT id FROM messages WHERE text = 'Oi, sou a Ana!'")
    await office.desk.told(message_id, "delivered")
    await counter.reacted(FORUM, number, "👌")
    await office.desk.told(message_id, "read")
    await counter.reacted(FORUM, number, "👀")
    assert office.desk.channel.sent[-1] == "Oi, sou a Ana!"


async def test_who_does_not_have_it_is_stopped_kindly(office: Office, counter: Counter) -> None:
    """A colleague's words in the topic go nowhere, and he is told whose lead it is."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.member(BIA, "Bia", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await counter.write(BIA, FORUM, "Eu respondo", thread_id=card["message_thread_id"])
    told = await office.shows(FORUM, "Nada foi enviado: ninguém assumiu")
    assert buttons(told) == ["🙋 Assumir"]
    await counter.tap(ANA, FORUM, card, "🙋 Assumir")
    await counter.write(BIA, FORUM, "Eu respondo!", thread_id=card["message_thread_id"])
    await office.shows(FORUM, "Nada foi enviado: Ana está com")
    assert await _sent(office) == []


async def test_a_stranger_in_the_group_is_told_so(office: Office, counter: Counter) -> None:
    """Somebody who is in the group and not in the team says nothing to a lead."""
    await office.group()
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await counter.write(BIA, FORUM, "Oi", thread_id=card["message_thread_id"])
    await office.shows(FORUM, "you are not in the team yet")  # in the stranger's own language
    assert await counter.tap(BIA, FORUM, card, "🙋 Assumir") == "Not allowed."
    assert await office.desk.value("SELECT count(*) FROM audit_log WHERE action = 'telegram.refused'") == 1
    assert await _sent(office) == []


async def test_private_words_go_to_the_active_lead(office: Office, counter: Counter) -> None:
    """Having taken a lead, what the member writes goes to him; having given him back, it goes nowhere."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    card = await office.shows(ANA, "espera por alguém")
    await counter.tap(ANA, ANA, card, "🙋 Assumir")
    await office.shows(ANA, "O que você escrever aqui vai para o lead")
    await counter.write(ANA, ANA, "Bom dia!")
    await office.quiet()
    held = await office.shows(ANA, "Com Ana")
    assert await counter.tap(ANA, ANA, held, "↩️ Devolver à IA") == "A IA continua daqui."
    await counter.write(ANA, ANA, "Ainda está aí?")
    await office.shows(ANA, "você não está com nenhuma conversa")
    assert await _sent(office) == ["Bom dia!"]


async def test_a_reply_says_whom_it_is_for(office: Office, counter: Counter) -> None:
    """A reply to a lead's words goes to that lead, whoever is the active one."""
    ana = await office.member(ANA, "Ana")
    await office.hand_off()
    card = await office.shows(ANA, "espera por alguém")
    await counter.tap(ANA, ANA, card, "🙋 Assumir")
    await office.desk.hears("Quanto custa?")
    asked = await office.shows(ANA, lambda m: m["text"].endswith("👤 Quanto custa?"))
    await office.desk.run("UPDATE members SET active_conversation_id = NULL WHERE id = $1", ana.member_id)
    await counter.write(ANA, ANA, "R$ 120", reply_to=asked["message_id"])
    await office.quiet()
    assert await _sent(office) == ["R$ 120"]


async def test_a_reply_to_nobodys_message_goes_to_nobody(office: Office, counter: Counter) -> None:
    """A reply to something that is about no lead is not taken for the active one's: he is asked."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    card = await office.shows(ANA, "espera por alguém")
    await counter.tap(ANA, ANA, card, "🙋 Assumir")
    own = await counter.write(ANA, ANA, "/nota VIP")
    await counter.write(ANA, ANA, "para quem é isto?", reply_to=own)
    asked = await office.shows(ANA, "Para quem?")
    assert buttons(asked) == ["💬 Ana"]
    assert await _sent(office) == []


async def test_notes_stay_inside(office: Office, counter: Counter) -> None:
    """By //, by /nota, and as the reply to the note button's question."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    card = await office.shows(ANA, "espera por alguém")
    await counter.tap(ANA, ANA, card, "🙋 Assumir")
    await counter.write(ANA, ANA, "// quer desconto")
    await counter.write(ANA, ANA, "/nota é amigo do dono")
    await counter.tap(ANA, ANA, await office.shows(ANA, "Com Ana"), "📝 Nota")
    question = await office.shows(ANA, "Escreva a nota")
    await counter.write(ANA, ANA, "volta na terça", reply_to=question["message_id"])
    async with asyncio.timeout(PATIENCE):
        while [message["text"] for message in await office.messages(ANA)].count("📝 Nota guardada.") < 3:
            await asyncio.sleep(0.05)
    notes = await office.desk.rows(
        "SELECT text FROM messages WHERE purpose = 'note' AND author = 'attendant' ORDER BY seq"
    )
    assert notes == [("quer desconto",), ("é amigo do dono",), ("volta na terça",)]
    assert await _sent(office) == []


async def asked(office: Office) -> dict[str, Any]:
    """The question to whom the lead is passed on, once it is known what it is about."""
    question = await office.shows(ANA, "para quem?")
    await office.settles("SELECT EXISTS (SELECT 1 FROM telegram_messages WHERE number = $1)", question["message_id"])
    return question


async def test_passed_on_to_a_colleague(office: Office, counter: Counter) -> None:
    """The colleague has the card and the news; the words of the lead are his from then on."""
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    await counter.tap(ANA, ANA, await office.shows(ANA, "Com Ana"), "🔁 Transferir")
    question = await asked(office)
    assert await counter.tap(ANA, ANA, question, "Bia") == "Passada para Bia."
    await office.shows(BIA, "foi passado para você")
    await office.desk.hears("Oi Bia")
    await office.shows(BIA, lambda m: m["text"].endswith("👤 Oi Bia"))
    card = await office.shows(BIA, "Com Bia")
    assert "↩️ Devolver à IA" in buttons(card)


async def test_nobody_is_offered_who_would_not_hear_of_it(office: Office, counter: Counter) -> None:
    """A colleague without a chat in which the bot reaches him is named, and not offered; chosen late, he is not given it."""
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.member(CAIO, "Caio", private=False)
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    await counter.tap(ANA, ANA, await office.shows(ANA, "Com Ana"), "🔁 Transferir")
    question = await asked(office)
    assert buttons(question) == ["Bia"]
    assert "Não consigo avisar: Caio" in question["text"]
    await office.desk.run("UPDATE telegram_chats SET status = 'unreachable' WHERE chat_id = $1", BIA)
    assert "Não consigo avisar Bia" in await counter.tap(ANA, ANA, question, "Bia")
    holder = "SELECT m.name FROM conversations c JOIN members m ON m.id = c.assignee_id"
    assert await office.desk.value(holder) == "Ana"


async def test_in_a_group_everybody_can_be_passed_to(office: Office, counter: Counter) -> None:
    """The card in the lead's topic tells him."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.member(CAIO, "Caio", private=False)
    await office.hand_off()
    await counter.tap(ANA, FORUM, await office.shows(FORUM, "espera por alguém"), "🙋 Assumir")
    await counter.tap(ANA, FORUM, await office.shows(FORUM, "Com Ana"), "🔁 Transferir")
    assert buttons(await office.shows(FORUM, "para quem?"))[0] == "Caio"


async def test_closed_by_a_tap(office: Office, counter: Counter) -> None:
    """The card says so and can only be looked into; words afterwards go nowhere."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await counter.tap(ANA, FORUM, card, "🙋 Assumir")
    assert await counter.tap(ANA, FORUM, await office.shows(FORUM, "Com Ana"), "✅ Encerrar") == "Conversa encerrada."
    closed = await office.shows(FORUM, "conversa encerrada")
    assert buttons(closed) == ["👁 Ver conversa"]
    await counter.write(ANA, FORUM, "Mais uma coisa", thread_id=card["message_thread_id"])
    await office.shows(FORUM, "está encerrada")
    assert await _sent(office) == []


async def test_the_whole_conversation_to_be_looked_into(office: Office, counter: Counter) -> None:
    """Everything that was said, with its time, notes too."""
    ana = await office.member(ANA, "Ana")
    await office.hand_off()
    await office.attendance.note(ana, office.desk.ref.conversation_id, "VIP", message_id=office.desk.thread.lead_id)
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "👁 Ver conversa")
    seen = await office.shows(ANA, "📝 Ana: VIP")
    assert "👤 Quero falar com um atendente" in seen["text"]
    assert "🤖 Claro!" in seen["text"]


async def test_words_that_fail_are_told_with_a_way_to_try_again(office: Office, counter: Counter) -> None:
    """The reason stands under his message with a button; tried again, they arrive."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    number = await counter.write(ANA, ANA, "Segue o endereço")
    await office.quiet()
    await office.desk.run(
        "UPDATE messages SET status = 'failed', error_detail = 'not on WhatsApp', next_attempt_at = NULL WHERE text = 'Segue o endereço'"
    )
    failed = await office.shows(ANA, "não foi entregue: not on WhatsApp")
    await counter.reacted(ANA, number, "💔")
    assert await counter.tap(ANA, ANA, failed, "🔁 Tentar de novo") == "Tentando de novo."
    await office.desk.deliverer.run(office.desk.ref)
    await counter.reacted(ANA, number, "🕊")


async def test_an_edit_is_told_not_to_reach_the_lead(office: Office, counter: Counter) -> None:
    """Whoever mends a word in Telegram learns that the lead still reads the old one."""
    await office.member(ANA, "Ana")
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    number = await counter.write(ANA, ANA, "Rua A, 10")
    await office.quiet()
    await office.telegram.post(
        "edit", user_id=ANA, chat_id=ANA, bot_id=office.bot.id, message_id=number, text="Rua B, 10"
    )
    await office.shows(ANA, "A edição não chega ao lead")


async def test_a_closed_window_is_told_before_anything_is_queued(office: Office, counter: Counter) -> None:
    """A lead silent for longer than the channel allows: nothing is sent, and the member knows why."""
    office.desk.channel.window_hours = 24
    await office.member(ANA, "Ana")
    await office.hand_off()
    await counter.tap(ANA, ANA, await office.shows(ANA, "espera por alguém"), "🙋 Assumir")
    await office.desk.run("UPDATE conversations SET last_inbound_at = now() - interval '25 hours'")
    await counter.write(ANA, ANA, "Ainda tem interesse?")
    await office.shows(ANA, "não escreve há mais de 24 horas")
    assert await _sent(office) == []


async def test_another_tenants_card_is_nobodys_business(office: Office, counter: Counter) -> None:
    """A member of another business taps a button about this one's conversation: nothing changes, and it is on record."""
    await office.group()
    other = await office.desk.seed.business("other")
    await office.desk.seed.member(other.tenant_id, telegram_user_id=CAIO, name="Caio")
    await office.telegram.post("members", chat_id=FORUM, person_id=CAIO, by=ANA, action="join")
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    assert await counter.tap(CAIO, FORUM, card, "🙋 Assumir") == "Sem permissão."
    assert await office.desk.conversation("status") == "waiting_human"
    actors = await office.desk.rows("SELECT actor FROM audit_log WHERE action = 'telegram.refused'")
    assert actors == [(f"telegram:{CAIO}",)]
