"""Where there is nothing to show, and why: nothing yet, nothing reached, nothing answered."""

import re

import pytest
from playwright.sync_api import expect

from app.embedded.processes import wait_until
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN, NEWCOMER, OWNER, comes_in, enter
from tests.acceptance.browser.panel.world import World
from tests.acceptance.project import Project
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
REFUSAL = '{"type": "about:blank", "title": "Unavailable", "status": 503, "code": "unavailable"}'
PAGES = (
    "/leads",
    "/pipeline",
    "/dashboard",
    "/settings/team",
    "/settings/knowledge",
    "/settings/company",
    "/settings/followUpResults",
)


@pytest.fixture(scope="module")
def newcomer(installation: Project, world: World) -> int:
    """The admin of a business in which nobody has written yet."""
    installation.told("tenants", "create", "salao-novo", "--name", "Salão Novo")
    enter(world, installation.told("tenants", "invite", "salao-novo").split()[0], NEWCOMER)
    return NEWCOMER


def test_a_new_business_is_told_how_it_begins(opens: Opens, newcomer: int, world: World) -> None:
    """Every page says what will be there, and none is left loading."""
    panel = opens(newcomer)
    expect(panel.page.get_by_text("Ninguém escreveu ainda")).to_be_visible()
    for path, words in (
        ("/pipeline", "O funil está vazio"),
        ("/dashboard", "Nada neste período ainda"),
        ("/settings/knowledge", "Nada aqui ainda"),
        ("/settings/replies", "Nenhuma resposta pronta"),
        ("/settings/channels", "Nenhum canal conectado"),
        ("/settings/failures", "Nenhuma falha"),
        ("/settings/incidents", "Nenhum incidente"),
        ("/settings/holds", "Nada retido"),
        ("/settings/followUpResults", "Ninguém na fila"),
    ):
        panel.go(path)
        expect(panel.page.get_by_text(words).first).to_be_visible()
        expect(panel.page.get_by_text("Carregando…")).to_have_count(0)


def test_whose_business_is_to_be_deleted_reads_the_day(opens: Opens, installation: Project, world: World) -> None:
    """He is let in no more, and told until when it may come back."""
    installation.told("tenants", "create", "salao-que-sai", "--name", "Salão que sai")
    enter(world, installation.told("tenants", "invite", "salao-que-sai").split()[0], OWNER)
    assert wait_until(lambda: comes_in(world, OWNER), PATIENCE)
    installation.told("tenants", "delete", "salao-que-sai", "--type-name", "salao-que-sai")
    panel = opens(OWNER)
    panel.may_be_refused(403)
    expect(panel.page.get_by_text("Sua empresa está suspensa")).to_be_visible()
    expect(panel.page.get_by_text("tudo o que é dela é apagado de vez")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_what_cannot_be_loaded_says_so(opens: Opens, path: str) -> None:
    """With a way to try again, which then works."""
    panel = opens(ADMIN)
    expect(panel.page.get_by_role("navigation")).to_be_visible()
    panel.may_be_refused(503)
    panel.page.route(
        re.compile(r"/api/v1/(?!events|session|me)"),
        lambda route: route.fulfill(status=503, content_type="application/problem+json", body=REFUSAL),
    )
    panel.page.reload()
    panel.go(path)
    alert = panel.page.get_by_role("alert").filter(has_text="Não deu para carregar").last
    expect(alert).to_be_visible()
    panel.page.unroute_all()
    alert.get_by_role("button", name="Tentar de novo").click()
    expect(alert).to_have_count(0)
    expect(panel.page.get_by_text("Carregando…")).to_have_count(0)
