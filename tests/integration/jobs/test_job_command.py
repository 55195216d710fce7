"""``reveza job`` as an operator types it, on an installation of its own."""

from app.commands.job import job
from core.domain.errors import NotFound
from tests.integration.services.installation import Installation


def _told(installed: Installation, *words: str) -> str:
    """The last line: what runs logs on its way."""
    return installed.call(job, *words).output.splitlines()[-1]


def test_a_job_by_hand(installed: Installation) -> None:
    """Counted first, then done and recorded, then there is nothing left; a tenant or a job that is not there is said."""
    dry = _told(installed, "reset-monthly-leads", "--dry-run")
    assert (dry, installed.value("SELECT count(*) FROM job_runs")) == ("would be: periods 1", 0)
    assert _told(installed, "reset-monthly-leads") == "periods 1"
    runs = "SELECT count(*) FROM job_runs WHERE by_hand AND outcome = 'done' AND counts ->> 'periods' = '1'"
    assert installed.value(runs) == 1
    slug = installed.value("SELECT slug FROM tenants")
    assert _told(installed, "reset-monthly-leads", "--tenant", slug) == "periods 0"
    assert installed.value("SELECT count(*) FROM job_runs WHERE only_tenant IS NOT NULL") == 1
    assert _told(installed, "decay-scores", "--tenant", slug, "--dry-run") == "would be: nothing"
    assert isinstance(installed.call(job, "decay-scores", "--tenant", "nobody").exception, NotFound)
    assert isinstance(installed.call(job, "no-such-job").exception, NotFound)
    listed = installed.call(job, "--list").output
    assert "reset-monthly-leads: monthly, day 1 00:00" in listed
    assert "America/Sao_Paulo: next" in listed
    assert "done; periods 0" in listed
    assert "has not run yet" in listed
