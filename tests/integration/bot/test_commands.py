"""What each member gets for each command, by his role and in his language."""

from datetime import UTC, datetime

import pytest

from core.domain.conversation import ConversationStatus, Role
from core.domain.ids import uuid7
from tests.integration.bot.stage import Stage
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA

FORBIDDEN = {"pt-BR": "Você não tem permissão", "en": "You are not allowed"}
EVERYBODYS = {
    "pt-BR": {
        "/ajuda": "Você é",
        "/status": "de plantão",
        "/offline": "Você saiu do plantão",
        "/online": "Você está de plantão",
        "/equipe": "Equipe: 2",
        "/idioma": "Em que idioma",
        "/trocar": "uma empresa só",
        "/vincular": "no grupo da equipe",
        "/nada": "Não conheço",
    },
    "en": {
        "/help": "You are",
        "/status": "on duty",
        "/offline": "You are off duty",
        "/online": "You are on duty",
        "/team": "Team: 2",
        "/language": "In which language",
        "/switch": "one business only",
        "/unlink": "in the team's group",
        "/nothing": "I do not know",
    },
}
LEADING = {
    "pt-BR": {
        "/canais": "Canais",
        "/falhas": "Nada falhou",
        "/saude": "A IA está respondendo",
        "/pausar": "A IA está pausada",
        "/retomar": "A IA voltou",
        "/uso": "plano Scale",
    },
    "en": {
        "/channels": "Channels",
        "/failures": "Nothing failed",
        "/health": "The AI answers",
        "/pause": "The AI is paused",
        "/resume": "The AI is back",
        "/usage": "plan Scale",
    },
}


@pytest.mark.parametrize("language", ["pt-BR", "en"])
@pytest.mark.parametrize("role", list(Role))
async def test_every_command_is_answered(stage: Stage, role: Role, language: str) -> None:
    """Each role gets what it may have, in its language, and is told kindly what it may not have."""
    await stage.member(ANA, role, language=language)
    for command, words in EVERYBODYS[language].items():
        assert words in (await stage.asks(ANA, command))["text"], command
    for command, words in LEADING[language].items():
        told = (await stage.asks(ANA, command))["text"]
        assert (words if role is not Role.ATTENDANT else FORBIDDEN[language]) in told, command


async def test_both_names_work_in_either_language(stage: Stage) -> None:
    """Who speaks Portuguese may use the English name."""
    await stage.member(ANA)
    assert "Equipe" in (await stage.asks(ANA, "/team"))["text"]


@pytest.mark.parametrize(("role", "told"), [(Role.ATTENDANT, False), (Role.ADMIN, True)])
async def test_help_tells_what_ones_role_may(stage: Stage, role: Role, *, told: bool) -> None:
    """An attendant is not shown what is for managers."""
    await stage.member(ANA, role)
    assert ("/canais" in (await stage.asks(ANA, "/ajuda"))["text"]) is told


async def test_status_shows_who_waits_and_who_has_whom(stage: Stage) -> None:
    """Those who wait come first, each with a button that takes him."""
    ana = await stage.member(ANA)
    await stage.desk.seed.thread(stage.desk.business, status=ConversationStatus.HUMAN, assignee_id=ana)
    await stage.desk.run(
        "UPDATE conversations SET status = 'waiting_human', waiting_since = now() - interval '95 minutes' WHERE id = $1",
        stage.desk.thread.conversation_id,
    )
    shown = await stage.asks(ANA, "/status")
    assert "Esperando: 1\n• Ana, há 1 h 35 min" in shown["text"]
    assert "Em atendimento: 1\n• Ana, com Ana" in shown["text"]
    assert buttons(shown) == ["🙋 Ana"]
    assert await stage.taps(ANA, shown, "🙋 Ana") == "A conversa é sua: escreva e vai para o lead."
    assert await stage.desk.conversation("assignee_id") == ana


async def test_health_tells_of_what_runs_by_the_clock(stage: Stage) -> None:
    """The last run of each job as it went for this business, and what went wrong beside it."""
    await stage.member(ANA, Role.ADMIN)
    tenant = stage.desk.business.tenant_id
    run = {"zone": "America/Sao_Paulo", "due_at": datetime.now(UTC), "ended_at": datetime.now(UTC)}
    await stage.desk.seed.insert("job_runs", job="decay-scores", outcome="failed", failed={str(tenant): 3}, **run)
    await stage.desk.seed.insert("job_runs", job="close-stale-conversations", outcome="done", **run)
    await stage.desk.run("UPDATE channel_accounts SET status = 'stopped'")
    told = (await stage.asks(ANA, "/saude"))["text"]
    assert "Canais: 0 conectados, 1 parados" in told
    assert "⚠️ Pontos de leads em silêncio: falhou" in told
    assert "✅ Encerramento de conversas paradas" in told
    assert "🆕 Novo mês na contagem de leads" in told
    assert "Registro de quem fez o quê: ainda não conferido" in told


async def test_the_log_is_told_whole_or_broken(stage: Stage) -> None:
    """With when it was looked through, by the business's own clocks, and the first entry that does not fit."""
    await stage.member(ANA, Role.ADMIN)
    await stage.desk.run("UPDATE tenants SET audit_looked_at = '2026-03-10 15:00+00'")
    assert "íntegro (conferido em 10/03 12:00)" in (await stage.asks(ANA, "/saude"))["text"]
    await stage.desk.run("UPDATE tenants SET audit_fault = 7")
    assert "rompido a partir da entrada 7 (conferido em 10/03 12:00)" in (await stage.asks(ANA, "/saude"))["text"]


async def test_duty_is_kept_and_written_down(stage: Stage) -> None:
    """Who goes off duty is off duty, and the audit log knows."""
    ana = await stage.member(ANA)
    await stage.asks(ANA, "/offline")
    assert await stage.desk.value("SELECT on_duty FROM members WHERE id = $1", ana) is False
    assert await stage.audited() == [(f"member:{ana}", "member.off_duty")]


async def test_the_language_is_each_members_own(stage: Stage) -> None:
    """Chosen by a button, and spoken from the next word on."""
    await stage.member(ANA)
    asked = await stage.asks(ANA, "/idioma")
    assert await stage.taps(ANA, asked, "🇬🇧 English") == "Done, in English."
    assert "on duty" in (await stage.asks(ANA, "/status"))["text"]


async def test_the_ai_pauses_and_goes_on_with_what_waited(stage: Stage) -> None:
    """What the lead wrote during the pause is due afterwards, and both are in the audit log."""
    ana = await stage.member(ANA, Role.MANAGER)
    paused = await stage.asks(ANA, "/pausar")
    await stage.desk.hears("Ainda tem vaga?")
    assert await stage.desk.conversation("turn_due_at") is None
    await stage.taps(ANA, paused, "▶️ Retomar a IA")
    assert "Conversas com mensagens à espera: 1" in (await stage.next(ANA))["text"]
    assert await stage.desk.conversation("turn_due_at IS NOT NULL")
    assert await stage.audited() == [(f"member:{ana}", "ai.paused"), (f"member:{ana}", "ai.resumed")]


async def test_a_failure_is_tried_again_or_dropped(stage: Stage) -> None:
    """Each has its buttons; dropping it changes it once."""
    ana = await stage.member(ANA, Role.MANAGER)
    await stage.desk.seed.insert(
        "dead_letters",
        tenant_id=stage.tenant_id,
        kind="turn",
        subject_id=stage.desk.thread.conversation_id,
        error="<x>",
    )
    shown = await stage.asks(ANA, "/falhas")
    assert "Uma resposta da IA: <x>" in shown["text"]
    assert await stage.taps(ANA, shown, "🗑 1") == "Descartado."
    assert await stage.taps(ANA, shown, "🗑 1") == "Isso não existe mais."
    assert await stage.desk.letters() == [("turn", "dropped")]
    assert (f"member:{ana}", "dead_letter.dropped") in await stage.audited()


async def test_all_failures_of_a_kind_are_tried_again_or_dropped(stage: Stage) -> None:
    """One tap tries all of them, and says how it went; dropping all asks first."""
    ana = await stage.member(ANA, Role.MANAGER)
    for _ in range(2):
        await stage.desk.seed.insert(
            "dead_letters", tenant_id=stage.tenant_id, kind="send", subject_id=uuid7(), error="refused"
        )
    shown = await stage.asks(ANA, "/falhas")
    assert "O envio de uma mensagem: 2" in shown["text"]
    await stage.taps(ANA, shown, "🔁 Todas: O envio de uma mensagem")
    tried = (await stage.next(ANA))["text"]
    assert "tentando 0 de novo" in tried
    assert "2 não puderam ser" in tried
    await stage.taps(ANA, shown, "🗑 Todas: O envio de uma mensagem")
    asked = await stage.next(ANA)
    assert await stage.desk.letters() == [("send", "open"), ("send", "open")]
    await stage.taps(ANA, asked, "🗑 Sim, descartar")
    assert "2 descartadas" in (await stage.next(ANA))["text"]
    assert await stage.desk.letters() == [("send", "dropped"), ("send", "dropped")]
    assert (f"member:{ana}", "dead_letter.dropped") in await stage.audited()


async def test_failures_are_looked_at_by_kind_and_in_pages(stage: Stage) -> None:
    """A kind by itself, and what does not fit into one message in the next."""
    await stage.member(ANA, Role.MANAGER)
    for kind, count in (("send", 9), ("fetch", 1)):
        for number in range(count):
            await stage.desk.seed.insert(
                "dead_letters", tenant_id=stage.tenant_id, kind=kind, subject_id=uuid7(), error=f"<{kind} {number}>"
            )
    shown = await stage.asks(ANA, "/falhas")
    assert "&lt;" not in shown["text"]
    await stage.taps(ANA, shown, "🔎 O envio de uma mensagem (9)")
    sends = await stage.next(ANA)
    assert "<send 7>" in sends["text"]
    assert "<send 8>" not in sends["text"]
    await stage.taps(ANA, sends, "▶️ Mais")
    rest = (await stage.next(ANA))["text"]
    assert ("<send 8>" in rest, "<fetch" in rest) == (True, False)


async def test_a_channel_is_disconnected_after_a_question(stage: Stage) -> None:
    """Its secrets are nowhere to be seen; nothing changes before the second tap."""
    ana = await stage.member(ANA, Role.ADMIN)
    account = f"WhatsApp {stage.desk.business.external_id}"
    shown = await stage.asks(ANA, "/canais")
    await stage.taps(ANA, shown, account)
    card = await stage.next(ANA)
    await stage.taps(ANA, card, "⛔️ Desconectar")
    asked = await stage.next(ANA)
    status = "SELECT status FROM channel_accounts WHERE id = $1"
    assert await stage.desk.value(status, stage.desk.business.account_id) == "active"
    await stage.taps(ANA, asked, "⛔️ Sim, desconectar")
    assert (await stage.next(ANA))["text"] == f"⚪️ {account} foi desconectado."
    assert await stage.desk.value(status, stage.desk.business.account_id) == "disconnected"
    assert (f"member:{ana}", "account.disconnected") in await stage.audited()
    assert not any("access-token" in text for text in await stage.said(ANA))


async def test_a_manager_sees_channels_and_has_no_buttons(stage: Stage) -> None:
    """Only admins change them."""
    await stage.member(ANA, Role.MANAGER)
    assert buttons(await stage.asks(ANA, "/canais")) == []


async def test_roles_are_changed_and_members_removed(stage: Stage) -> None:
    """Two taps each, and a question before somebody goes; both are in the audit log."""
    ana, bia = await stage.member(ANA, Role.ADMIN), await stage.member(BIA)
    await stage.taps(ANA, await stage.asks(ANA, "/equipe"), "Bia")
    await stage.taps(ANA, await stage.next(ANA), "Tornar gerente")
    assert (await stage.next(ANA))["text"] == "Bia agora é gerente."
    assert await stage.desk.value("SELECT role FROM members WHERE id = $1", bia) == "manager"
    await stage.taps(ANA, await stage.asks(ANA, "/equipe"), "Bia")
    await stage.taps(ANA, await stage.next(ANA), "🚪 Remover")
    await stage.taps(ANA, await stage.next(ANA), "🚪 Sim, remover")
    assert (await stage.next(ANA))["text"] == "Bia saiu da equipe."
    audited = await stage.audited()
    assert {(f"member:{ana}", "member.role_changed"), (f"member:{ana}", "member.removed")} <= set(audited)


async def test_the_last_admin_stays(stage: Stage) -> None:
    """He can neither go nor become less."""
    await stage.desk.run("UPDATE members SET removed_at = now()")
    await stage.member(ANA, Role.ADMIN)
    await stage.taps(ANA, await stage.asks(ANA, "/equipe"), "Ana")
    card = await stage.next(ANA)
    told = await stage.taps(ANA, card, "Tornar atendente")
    assert told == "Alguém precisa administrar: torne outra pessoa admin primeiro."
