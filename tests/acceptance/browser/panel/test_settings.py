"""What the business sets in the panel, and what comes of it."""

import re

import pytest
from playwright.sync_api import expect

from app.embedded.processes import wait_until
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN, ATTENDANT, MANAGER
from tests.acceptance.browser.panel.world import Member, World
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PLACES = {
    "company": "Empresa",
    "hours": "Horário de atendimento",
    "messages": "Mensagens automáticas",
    "ai": "IA e limites",
    "rules": "Quando chamar a equipe",
    "stages": "Etapas do funil",
    "knowledge": "Conhecimento",
    "replies": "Respostas prontas",
    "team": "Equipe",
    "channels": "Canais",
    "followUpResults": "Resultado das retomadas",
    "usage": "Uso",
    "health": "Como está",
    "failures": "Falhas",
    "incidents": "Incidentes",
    "requests": "Pedidos de dados",
    "holds": "Retenções",
    "audit": "Quem fez o quê",
    "sessions": "Onde você está conectado",
}
ATTENDANTS = ("Equipe", "Respostas prontas", "Onde você está conectado")


def test_every_page_opens_for_an_admin(opens: Opens) -> None:
    """By its line in the list; nothing is left loading, nothing has failed."""
    panel = opens(ADMIN)
    panel.go("/settings")
    for path, name in PLACES.items():
        panel.page.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()
        panel.is_at(f"/settings/{path}")
        expect(panel.page.get_by_role("heading", name=name, exact=True).last).to_be_visible()
        expect(panel.page.get_by_text("Carregando…")).to_have_count(0)
        expect(panel.page.get_by_role("alert")).to_have_count(0)


def test_attendants_have_their_own(opens: Opens) -> None:
    """No line leads them to the rest, and its address does not either."""
    panel = opens(ATTENDANT)
    panel.go("/settings")
    links = panel.page.get_by_role("main").get_by_role("link")
    expect(links).to_have_count(len(ATTENDANTS))
    for link, name in zip(links.all(), ATTENDANTS, strict=True):
        expect(link).to_contain_text(name)
    panel.go("/settings/company")
    expect(panel.page.get_by_label("Nome da empresa")).to_have_count(0)


def test_managers_read_what_admins_set(opens: Opens) -> None:
    """They are told so, and have nothing to change."""
    panel = opens(MANAGER)
    panel.go("/settings/company")
    expect(panel.page.get_by_text("Só administradores mudam isto")).to_be_visible()
    expect(panel.page.get_by_label("Nome da empresa")).to_be_disabled()


def test_what_the_business_says_of_itself_is_answered(opens: Opens, world: World, admin: Member) -> None:
    """Kept in the panel, known to the AI's next answer."""
    before = admin.ask("GET", "/settings/business")["business"]
    panel = opens(ADMIN)
    panel.go("/settings/company")
    field = panel.page.get_by_label("Sobre a empresa")
    field.fill(f"{before}\nA massagem com pedras quentes custa R$ 210,00.")
    panel.save.click()
    expect(panel.toast).to_contain_text("Salvo")
    phone = world.phone("Da massagem")
    phone.says("Quanto custa a massagem com pedras quentes?")
    phone.gets("R$ 210,00")
    field.fill(before)
    panel.save.click()
    expect(panel.page.get_by_text("Há mudanças não salvas")).to_have_count(0)
    assert admin.ask("GET", "/settings/business")["business"] == before


def test_hours_are_set_by_the_day(opens: Opens, admin: Member) -> None:
    """Switched on with a usual week, changed, kept; and off again."""
    panel = opens(ADMIN)
    panel.go("/settings/hours")
    switch = panel.page.get_by_role("switch", name="Temos horário de atendimento")
    switch.click()
    panel.page.get_by_label("Abre na segunda-feira").first.fill("07:30")
    panel.save.click()
    expect(panel.toast).to_contain_text("Salvo")
    assert admin.ask("GET", "/settings/business")["hours"]["spans"]["0"][0].startswith("07:30-")
    switch.click()
    panel.save.click()
    expect(panel.page.get_by_text("Há mudanças não salvas")).to_have_count(0)
    assert admin.ask("GET", "/settings/business")["hours"]["spans"] == {}


def test_a_stage_is_added(opens: Opens, admin: Member) -> None:
    """It is a column of the pipeline as soon as it is kept."""
    standing = admin.ask("GET", "/stages")["stages"]
    panel = opens(ADMIN)
    panel.go("/settings/stages")
    panel.button("Nova etapa").click()
    panel.in_front.get_by_label("Nome").fill("Visita marcada")
    panel.save.click()
    panel.save.click()
    expect(panel.toast).to_contain_text("Salvo")
    panel.go("/pipeline")
    expect(panel.page.get_by_role("region", name="Visita marcada")).to_be_attached()
    kept = [{name: stage[name] for name in ("key", "name", "min_score", "outcome")} for stage in standing]
    added = next(stage["key"] for stage in admin.ask("GET", "/stages")["stages"] if stage["name"] == "Visita marcada")
    admin.ask("PUT", "/settings/stages", {"stages": kept, "moves": {added: standing[0]["key"]}})


def test_what_is_added_to_the_knowledge_is_answered(opens: Opens, world: World, admin: Member) -> None:
    """By the AI, in its next answer."""
    panel = opens(ADMIN)
    panel.go("/settings/knowledge")
    panel.button("Novo texto").click()
    panel.in_front.get_by_label("Pergunta ou título").fill("Vocês têm hidroginástica?")
    panel.in_front.get_by_label("Resposta").fill("A hidroginástica é às terças, na piscina aquecida.")
    panel.save.click()
    expect(panel.page.get_by_text("A hidroginástica é às terças")).to_be_visible()
    phone = world.phone("Da piscina")
    phone.says("Vocês têm hidroginástica?")
    phone.gets("piscina aquecida")
    entry = admin.ask("GET", "/knowledge", q="hidroginástica")["items"][0]
    admin.ask("DELETE", f"/knowledge/{entry['id']}")


def test_an_invitation_is_made(opens: Opens) -> None:
    """A link to the bot, for one person, in the role that was chosen."""
    panel = opens(ADMIN)
    panel.go("/settings/team")
    panel.button("Convidar").click()
    panel.in_front.get_by_text("Gestor", exact=True).click()
    panel.button("Criar link").click()
    expect(panel.in_front).to_contain_text("https://t.me/reveza_demo_bot?start=")
    expect(panel.in_front).to_contain_text("Convite para Gestor")


def test_the_ai_is_paused_and_goes_on(opens: Opens, admin: Member) -> None:
    """By a switch, which says how it stands."""
    panel = opens(ADMIN)
    panel.go("/settings")
    switch = panel.page.get_by_role("switch", name="A IA atende")
    expect(switch).to_be_checked()
    switch.click()
    expect(panel.page.get_by_text("Pausada: todo lead espera pela equipe")).to_be_visible()
    assert wait_until(lambda: admin.ask("GET", "/settings/ai") == {"ai_paused": True}, PATIENCE)
    switch.click()
    expect(panel.page.get_by_text("Responde aos leads que chegam")).to_be_visible()
    assert wait_until(lambda: admin.ask("GET", "/settings/ai") == {"ai_paused": False}, PATIENCE)
