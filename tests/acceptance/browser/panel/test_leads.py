"""The list of leads: found, narrowed, sorted, handed out."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ATTENDANT, MANAGER
from tests.acceptance.browser.panel.world import Member, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_lead_is_found_as_one_types(opens: Opens, world: World, admin: Member) -> None:
    """By name, without its accents, and by what was said."""
    joao, other = world.phone("João das Dores"), world.phone("Outra pessoa")
    joao.says("Bom dia, faço pilates há anos")
    other.says("Boa tarde")
    admin.row(joao), admin.row(other)
    panel = opens()
    panel.search("joao das dores")
    expect(panel.leads).to_have_count(1)
    expect(panel.lead(joao.name)).to_be_visible()
    panel.search("faço pilates há")
    expect(panel.lead(joao.name)).to_be_visible()
    panel.search("ninguém tem este nome")
    expect(panel.page.get_by_text("Nada por aqui")).to_be_visible()
    panel.button("Limpar filtros").click()
    expect(panel.lead(other.name)).to_be_visible()


def test_views_narrow_the_list(opens: Opens, world: World, admin: Member) -> None:
    """Who waits is among those who wait, and not among the AI's."""
    waiting = admin.waits(world.phone("Espera"))
    panel = opens()
    panel.search(waiting.name)
    panel.button("Esperando").click()
    expect(panel.lead(waiting.name)).to_be_visible()
    panel.button("Com a IA").click()
    expect(panel.leads).to_have_count(0)


def test_tags_narrow_and_names_sort(opens: Opens, world: World, admin: Member) -> None:
    """By the sheet of filters, which is seen at the list at once."""
    phones = [world.phone(name) for name in ("Zilda etiquetada", "Abel etiquetado", "Sem etiqueta")]
    for phone in phones:
        phone.says("Bom dia")
    for phone in phones[:2]:
        admin.ask("PATCH", f"/leads/{admin.row(phone)['id']}", {"tags": ["convênio"]})
    admin.row(phones[2])
    panel = opens()
    panel.button("Filtrar e ordenar").click()
    panel.in_front.get_by_role("button", name="convênio").click()
    panel.in_front.get_by_text("Nome", exact=True).click()
    panel.button("Mostrar").click()
    expect(panel.leads).to_have_count(2)
    expect(panel.leads.nth(0)).to_contain_text("Abel")
    expect(panel.leads.nth(1)).to_contain_text("Zilda")


def test_who_leads_takes_the_list_along(opens: Opens, world: World, admin: Member, tmp_path: Path) -> None:
    """As a file that a spreadsheet reads, of those that are in the list."""
    phone, other = world.phone("Exportada"), world.phone("Fica de fora")
    phone.says("Bom dia")
    other.says("Bom dia")
    admin.row(phone), admin.row(other)
    panel = opens(MANAGER)
    panel.search(phone.name)
    expect(panel.leads).to_have_count(1)
    with panel.page.expect_download() as download:
        panel.button("Exportar em CSV").click()
    file = tmp_path / "leads.csv"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert phone.name in text
    assert other.name not in text


def test_attendants_take_nothing_along(opens: Opens) -> None:
    """They have the list, and no export of it."""
    panel = opens(ATTENDANT)
    expect(panel.button("Filtrar e ordenar")).to_be_visible()
    expect(panel.button("Exportar em CSV")).to_have_count(0)


def test_attendants_do_not_see_what_a_colleague_has(opens: Opens, world: World, admin: Member) -> None:
    """The admin's lead is in nobody else's list but the managers'."""
    his, free = admin.has(world.phone("Só do gerente")), world.phone("De ninguém")
    free.says("Bom dia")
    admin.row(free)
    panel = opens(ATTENDANT)
    expect(panel.lead(free.name)).to_be_visible()
    expect(panel.lead(his.name)).to_have_count(0)
    expect(opens(MANAGER).lead(his.name)).to_be_visible()
