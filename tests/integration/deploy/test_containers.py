"""What docker-compose.yml starts, started: servers made as it says, processes from the image's tree alone."""

import json
import signal
import urllib.request
from collections.abc import Iterator

import asyncpg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.embedded.keeping import free_port
from app.embedded.places import scratch_dir, state_dir
from app.embedded.processes import stop_child, tail
from app.settings import load_settings
from app.web import open_application
from tests.integration.deploy.containers import Containers
from tests.unit.deploy import image
from tests.unit.deploy.compose import PROJECT, services
from tests.unit.deploy.proxy import let_through, passes

# The servers are made once, for the tests of one process.
pytestmark = [pytest.mark.xdist_group("containers"), pytest.mark.slow]


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """The servers, and a database that ``migrate`` has brought up to date from the image's tree."""
    tree = image.copy_image(tmp_path_factory.mktemp("image"))
    with scratch_dir("reveza-test-") as folder:
        made = Containers(folder, tree)
        try:
            made.start_servers(state_dir(PROJECT) / "programs")
            migration = made.process("migrate", 0)
            assert migration.wait(60) == 0, tail(folder / "migrate.log")
            yield made
        finally:
            made.stop()


def _roles(containers: Containers) -> dict[str, tuple[bool, bool]]:
    """By name: superuser, may make roles."""
    rows = containers.as_superuser("psql", "-At", "-c", "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles")
    parts = [row.split("|") for row in rows.decode().splitlines()]
    return {name: (above == "t", makes == "t") for name, above, makes in parts}


def test_the_owner_is_no_superuser(containers: Containers) -> None:
    """He makes Reveza's roles, and row-level security holds for him."""
    roles = _roles(containers)
    assert roles["reveza"] == (False, True)
    assert [roles[f"reveza_{role}"] for role in ("app", "platform", "ingest")] == [(False, False)] * 3


async def test_the_superuser_does_not_come_over_the_network(containers: Containers) -> None:
    """Not even with the password that the image was given for him."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host="127.0.0.1", port=containers.postgres_port, user="postgres", password="0wner", database="reveza"
        )


def test_the_queue_keeps_everything(containers: Containers) -> None:
    """A real Valkey, started by the file's own command, has understood it."""
    with redis.Redis(port=containers.valkey_port, password="qu3ue") as client:
        asked = client.config_get("maxmemory-policy", "appendonly", "maxmemory")
    assert asked == {"maxmemory-policy": "noeviction", "appendonly": "yes", "maxmemory": str(384 * 1024 * 1024)}


def test_the_queue_wants_its_password(containers: Containers) -> None:
    """Nobody else's container reads it."""
    once = Retry(NoBackoff(), 0)
    with redis.Redis(port=containers.valkey_port, retry=once) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "bot"])
def test_a_process_lives_and_ends(containers: Containers, name: str) -> None:
    """From the image's tree it becomes healthy by its own check, and ends well, in time, when it is told to."""
    port = free_port()
    process = containers.process(name, port)
    try:
        containers.until_healthy(name, port)
        process.send_signal(signal.SIGTERM)
        assert process.wait(services()[name].grace_seconds) == 0
    finally:
        stop_child(process, ((signal.SIGKILL, 5.0),))


def test_the_health_check_tells_of_a_process_that_is_gone(containers: Containers) -> None:
    """Where nobody listens, nobody is healthy."""
    with pytest.raises(AssertionError, match="no answer"):
        containers.run(containers.health_words("web", free_port()))


def test_the_web_process_is_ready(containers: Containers) -> None:
    """It reaches both servers by the addresses that the file gives it."""
    port = free_port()
    process = containers.process("web", port)
    try:
        containers.until_healthy("web", port)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            assert json.load(answer) == {"ready": True, "database": "ok", "redis": "ok"}
    finally:
        stop_child(process, ((signal.SIGTERM, 20.0),))


@pytest.fixture
async def served(containers: Containers, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every path of the web process, with the team's bot."""
    telegram = {"TELEGRAM_BOT_TOKEN": "7001:AAE", "TELEGRAM_WEBHOOK_URL": "https://reveza.example.com"}
    for name, value in {**containers.environment("web", 0), **telegram}.items():
        monkeypatch.setenv(name, value)
    async with open_application(load_settings(env_file=None)) as application:
        return {resource.canonical for resource in application.router.resources()}


async def test_what_is_served_is_let_through(served: set[str]) -> None:
    """By the proxy, but for what is for whoever is inside."""
    assert {path for path in served if not passes(path)} == {"/readyz", "/metrics"}


async def test_what_is_let_through_is_served(served: set[str]) -> None:
    """No way leads to where nobody is."""
    assert [one for one in let_through() if not any(path.startswith(one.rstrip("*")) for path in served)] == []


def test_a_backup_is_restored(containers: Containers) -> None:
    """As docs/operate.md says: over a migrated database, with every owner and right."""
    containers.command("tenants", "create", "clinica", "--name", "Clínica")
    rights = _rights(containers)
    dump = containers.as_superuser("pg_dump", "-Fc", "reveza")
    containers.as_superuser("psql", "-d", "reveza", "-c", "TRUNCATE tenants CASCADE")
    containers.as_superuser("pg_restore", "-d", "reveza", "--clean", "--if-exists", "--exit-on-error", given=dump)
    assert _rights(containers) == rights
    assert "clinica" in containers.command("tenants", "list")


def _rights(containers: Containers) -> list[str]:
    """Every table: its owner, its rights, whether row-level security is forced."""
    asked = (
        "SELECT relname, relowner::regrole, relacl, relforcerowsecurity FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return containers.as_superuser("psql", "-At", "-d", "reveza", "-c", asked).decode().splitlines()
