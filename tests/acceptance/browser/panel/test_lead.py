"""A lead's page: what is known of him, put right by people."""

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.world import Member, Phone, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def phone(world: World) -> Phone:
    """A lead who has written."""
    phone = world.phone("Da ficha")
    phone.says("Bom dia")
    return phone


@pytest.fixture
def panel(opens: Opens, admin: Member, phone: Phone) -> Panel:
    """His page, in front of the manager."""
    panel = opens()
    panel.go(f"/leads/{admin.row(phone)['id']}")
    expect(panel.page.get_by_role("heading", name=phone.name)).to_be_visible()
    return panel


def test_he_gets_another_name(panel: Panel, phone: Phone) -> None:
    """It is in the list, too, as soon as it is kept."""
    panel.page.get_by_role("button", name="Nome", exact=True).click()
    panel.in_front.get_by_label("Como o lead se chama").fill(f"Dona {phone.name}")
    panel.save.click()
    expect(panel.page.get_by_role("heading", name=f"Dona {phone.name}")).to_be_visible()
    expect(panel.lead(f"Dona {phone.name}")).to_be_visible()


def test_he_gets_tags_and_facts(panel: Panel) -> None:
    """By hand; they are there after a reload."""
    panel.button("Mudar etiquetas").click()
    panel.in_front.get_by_label("Nova etiqueta").fill("urgente")
    panel.in_front.get_by_label("Nova etiqueta").press("Enter")
    panel.save.click()
    expect(panel.page.locator("dialog")).to_have_count(0)
    panel.button("Corrigir o que sabemos").click()
    panel.button("Adicionar").click()
    panel.in_front.get_by_label("O quê").last.fill("plano")
    panel.in_front.get_by_label("Valor").last.fill("particular")
    panel.save.click()
    expect(panel.page.get_by_role("definition").filter(has_text="particular")).to_be_visible()
    panel.page.reload()
    expect(panel.page.get_by_role("definition").filter(has_text="particular")).to_be_visible()
    expect(panel.page.get_by_role("region", name="Etiquetas").get_by_text("urgente")).to_be_visible()


def test_a_note_stands_in_his_story_and_stays_inside(panel: Panel, phone: Phone) -> None:
    """The team reads it, the lead never does."""
    panel.page.get_by_role("button", name="Nota", exact=True).click()
    panel.in_front.get_by_role("textbox").fill("Prefere de manhã")
    panel.save.click()
    expect(panel.page.get_by_role("region", name="Histórico").get_by_text("Prefere de manhã")).to_be_visible()
    assert not any("Prefere de manhã" in text for text in phone.got())


def test_a_move_is_taken_back_by_a_tap(panel: Panel, admin: Member, phone: Phone) -> None:
    """The stage changes at once, and the word about it has the way back."""
    standing = panel.page.locator("button[aria-haspopup=dialog]", has_text="Etapa")
    before = admin.row(phone)["stage_key"]
    standing.click()
    panel.in_front.get_by_role("button", name="Convertido").click()
    expect(standing).to_contain_text("Convertido")
    expect(panel.toast).to_contain_text("Movido para Convertido")
    panel.toast.get_by_role("button", name="Desfazer").click()
    expect(standing).not_to_contain_text("Convertido")
    expect(panel.page.get_by_role("region", name="Histórico").get_by_text("De Convertido para")).to_be_visible()
    assert admin.row(phone)["stage_key"] == before


def test_who_wants_to_be_left_alone_is_marked(panel: Panel, phone: Phone) -> None:
    """His own word marks him at once, in his story too, and a member takes it back by a tap."""
    phone.says("PARAR")
    marked = panel.page.get_by_text("Não quer retomadas", exact=True)
    expect(marked).to_be_visible()
    expect(
        panel.page.get_by_role("region", name="Histórico").get_by_text("Pediu para não receber retomadas")
    ).to_be_visible()
    panel.button("Permitir retomar").click()
    expect(panel.toast).to_contain_text("Podemos escrever de novo")
    expect(marked).to_have_count(0)
    expect(panel.button("Não retomar")).to_be_visible()
