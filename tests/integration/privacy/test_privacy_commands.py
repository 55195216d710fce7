"""``reveza lead`` and ``reveza tombstones``, typed by an operator."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands.breach import breach
from app.commands.holds import hold
from app.commands.lead import lead
from app.commands.rotate_key import rotate_key
from app.commands.tombstones import tombstones
from core.domain.errors import Conflict, NotFound
from core.domain.ids import uuid7
from tests.conftest import Databases
from tests.integration.privacy.archive import opened
from tests.integration.services.installation import Installation, open_installation


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the installation keeps what it keeps."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def installation(databases: Databases, valkey_url: str, folder: Path) -> Iterator[Installation]:
    """The demo tenant."""
    with pytest.MonkeyPatch.context() as patch, open_installation(databases, valkey_url, patch, folder) as made:
        yield made


def test_a_lead_is_forgotten_and_told_of(installation: Installation, folder: Path) -> None:
    """From the command to the journal, and from there to a database that does not know it."""
    tenant = installation.value("SELECT id FROM tenants LIMIT 1")
    slug = installation.value("SELECT slug FROM tenants LIMIT 1")
    lead_id = uuid7()
    installation.run("INSERT INTO leads (id, tenant_id, name) VALUES ($1, $2, 'Rita')", lead_id, tenant)

    done = installation.call(lead, "forget", slug, lead_id, "--yes")
    assert (done.exit_code, installation.value("SELECT count(*) FROM leads WHERE id = $1", lead_id)) == (0, 0), (
        done.output
    )
    assert (folder / "tombstones" / "tombstones.jsonl").exists()
    assert str(lead_id) in installation.call(tombstones, "list").output
    assert installation.call(tombstones, "check").exit_code == 0

    installation.run("DELETE FROM erasures")
    installation.run("INSERT INTO leads (id, tenant_id, name) VALUES ($1, $2, 'Rita')", lead_id, tenant)
    assert isinstance(installation.call(tombstones, "check").exception, Conflict)
    assert "1 applied, 0 known" in installation.call(tombstones, "apply").output
    assert installation.value("SELECT count(*) FROM leads WHERE id = $1", lead_id) == 0


def test_a_lead_is_given_what_is_kept(installation: Installation, tmp_path: Path) -> None:
    """One file that nobody else may read, and never over one that is there."""
    tenant = installation.value("SELECT id FROM tenants LIMIT 1")
    slug = installation.value("SELECT slug FROM tenants LIMIT 1")
    lead_id, target = uuid7(), tmp_path / "lead.zip"
    installation.run("INSERT INTO leads (id, tenant_id, name) VALUES ($1, $2, 'Rita')", lead_id, tenant)

    done = installation.call(lead, "export", slug, lead_id, "--to", target)
    assert done.exit_code == 0, done.output
    assert opened(target.read_bytes())["lead.json"]["name"] == "Rita"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    again = installation.call(lead, "export", slug, lead_id, "--to", target)
    assert (again.exit_code, "lead.zip" in again.output) == (1, True)
    nobody = installation.call(lead, "export", slug, uuid7(), "--to", tmp_path / "nobody.zip")
    assert isinstance(nobody.exception, NotFound)
    assert not (tmp_path / "nobody.zip").exists()


def test_nobody_is_forgotten_by_mistake(installation: Installation) -> None:
    """Without a yes it is asked, and no is no."""
    slug = installation.value("SELECT slug FROM tenants LIMIT 1")
    assert installation.call(lead, "forget", slug, uuid7()).exit_code == 1


def test_a_breach_is_listed_into_a_file_of_ones_own(installation: Installation, folder: Path) -> None:
    """On the side it says until when everybody has to be told."""
    slug = installation.value("SELECT slug FROM tenants LIMIT 1")
    file = folder / "affected.csv"
    done = installation.call(breach, "affected", slug, "--known", "2026-11-26", "--to", file)
    assert (done.exit_code, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600), done.output
    assert "told by 2026-12-01, 3 working days" in done.output


def test_a_hold_is_placed_listed_and_lifted(installation: Installation) -> None:
    """By its number."""
    slug = installation.value("SELECT slug FROM tenants LIMIT 1")
    placed = installation.call(hold, "place", slug, "--reason", "processo 1", "--until", "2999-01-01")
    number = placed.output.split()[-1]
    assert "the whole business" in installation.call(hold, "list", slug).output
    assert installation.call(hold, "lift", slug, number).exit_code == 0
    assert installation.call(hold, "list", slug).output == "no holds\n"


def test_the_key_is_changed(installation: Installation) -> None:
    """All of it is under the current one, and a second time there is nothing to do."""
    done = installation.call(rotate_key)
    assert (done.exit_code, "no other is needed" in done.output) == (0, True), done.output
    assert "sealed anew: 0 credential sets" in installation.call(rotate_key).output
