"""A conversation in the panel: the lead, the AI and the team take turns."""

import re

import pytest
from playwright.sync_api import expect

from app.embedded.processes import wait_until
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN, ATTENDANT
from tests.acceptance.browser.panel.world import Member, World
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PRICE = re.compile(r"R\$ 120,00")


def test_they_take_turns(opens: Opens, world: World, admin: Member) -> None:
    """Taken over, answered with its ticks, given back to the AI, closed; all of it at the lead's phone."""
    phone = admin.waits(world.phone("Da vez"))
    panel = opens(ATTENDANT)
    panel.open_chat(admin.chat(phone))
    panel.button("Assumir a conversa").click()
    panel.writes("Oi! Aqui é da equipe.")
    phone.gets("Oi! Aqui é da equipe.")
    tick = panel.message("Oi! Aqui é da equipe.").get_by_role("img")
    expect(tick).to_have_attribute("aria-label", "Lida")

    phone.says("Obrigado! Quanto custa a avaliação?")
    expect(panel.message("Quanto custa a avaliação?")).to_be_visible()
    panel.does("Devolver à IA")
    expect(panel.toast).to_contain_text("A IA voltou a atender")
    expect(panel.message("R$ 120,00")).to_be_visible()
    phone.gets("R$ 120,00")

    panel.does("Encerrar")
    expect(panel.toast).to_contain_text("Conversa encerrada")
    assert wait_until(lambda: admin.status(phone) == "closed", PATIENCE)


def test_a_slash_offers_what_is_written_often(opens: Opens, world: World, admin: Member, attendant: Member) -> None:
    """Chosen by key, it stands in the field, and goes out when it is sent."""
    made = admin.ask("POST", "/quick-replies", {"shortcut": "pixpanel", "text": "Nossa chave PIX é o CNPJ."})
    phone = attendant.has(world.phone("Do atalho"))
    panel = opens(ATTENDANT)
    panel.open_chat(admin.chat(phone))
    panel.composer.press_sequentially("/pixp")
    expect(panel.page.get_by_role("option").filter(has_text="/pixpanel")).to_be_visible()
    panel.composer.press("Enter")
    expect(panel.composer).to_have_value("Nossa chave PIX é o CNPJ.")
    panel.composer.press("Enter")
    phone.gets("Nossa chave PIX é o CNPJ.")
    admin.ask("DELETE", f"/quick-replies/{made['id']}")


def test_a_note_is_the_teams(opens: Opens, world: World, admin: Member, attendant: Member) -> None:
    """It stands in the thread under its author's name; the words after it go to the lead again."""
    phone = attendant.has(world.phone("Da nota"))
    panel = opens(ATTENDANT)
    panel.open_chat(admin.chat(phone))
    panel.button("Escrever nota interna").click()
    panel.page.get_by_role("textbox", name="Nota interna: só a equipe vê").fill("Cliente antigo")
    panel.button("Enviar").click()
    expect(panel.message("Cliente antigo")).to_contain_text("Nota de Atendente 1")
    panel.writes("Bom dia!")
    phone.gets("Bom dia!")
    assert not any("Cliente antigo" in text for text in phone.got())


def test_what_a_colleague_has_is_his(opens: Opens, world: World, admin: Member) -> None:
    """Whoever takes it a moment later is told who was first, and has nothing to write in."""
    phone = admin.waits(world.phone("Disputada"))
    chat = admin.chat(phone)
    panel = opens(ATTENDANT)
    panel.open_chat(chat)
    expect(panel.button("Assumir a conversa")).to_be_visible()
    for refused in (404, 409):
        panel.may_be_refused(refused)
    panel.page.route(re.compile(r"/api/v1/events"), lambda route: route.abort())
    admin.ask("POST", f"/conversations/{chat}/take")
    panel.button("Assumir a conversa").click()
    expect(panel.toast).to_contain_text(re.compile("já está com Gerente|não existe mais, ou não está com você"))
    expect(panel.composer).to_have_count(0)
    assert admin.row(phone)["assignee_name"] == "Gerente"


def test_a_message_that_failed_goes_out_by_another_try(
    opens: Opens, world: World, admin: Member, attendant: Member
) -> None:
    """Its reason stands at it; the lead has it once."""
    phone = attendant.has(world.phone("Da falha"))
    panel = opens(ATTENDANT)
    panel.open_chat(admin.chat(phone))
    words = "Isto falha uma vez."
    with world.fault("meta", action="status", http=400, code=131009, match={"text_contains": words}):
        panel.writes(words)
        failed = panel.message(words)
        expect(failed).to_contain_text("Não foi enviada")
    failed.get_by_role("button", name="Tentar de novo").click()
    phone.gets(words)
    expect(failed.get_by_role("button", name="Tentar de novo")).to_have_count(0)


def test_what_the_ai_was_about_to_say_is_at_hand(opens: Opens, world: World, admin: Member) -> None:
    """Taken over while it thinks, its words are offered; used, they go out as the person's, once."""
    phone = world.phone("Da sugestão")
    phone.says("Bom dia")
    phone.gets("Como posso ajudar?")
    with world.fault("claude", action="hold", match={"lead_text_contains": "Bom. E"}):
        phone.says("Bom. E quanto custa a avaliação?")
        assert wait_until(lambda: world.held("claude"), PATIENCE)
        panel = opens(ADMIN)
        panel.open_chat(admin.chat(phone))
        panel.button("Assumir a conversa").click()
        expect(panel.composer).to_be_visible()
        world.control("claude", "release", {})
    offered = panel.page.get_by_role("region", name="A IA ia responder")
    expect(offered).to_contain_text(PRICE)
    offered.get_by_role("button", name="Usar").click()
    expect(panel.composer).to_have_value(PRICE)
    panel.composer.press("Enter")
    phone.gets("R$ 120,00")
    expect(panel.message("R$ 120,00")).to_contain_text("Gerente")
