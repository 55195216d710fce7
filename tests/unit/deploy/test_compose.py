"""docker-compose.yml names only what there is, and runs each process as the process wants it."""

import re
import tomllib

import pytest

from app.cli import COMMANDS
from app.settings import Settings, load_settings, variable
from app.web import _STOP_SECONDS
from app.worker import GRACE_SECONDS
from tests.unit.deploy import image
from tests.unit.deploy.compose import PROJECT, Service, asked_for, document, filled, ours, services

_SETTINGS = {variable(name) for name in Settings.model_fields}
_EVERY = sorted(services())
_OURS = sorted(service.name for service in ours())
_LASTING = sorted(set(_EVERY) - {"migrate"})
_WORKER_SECONDS = re.compile(r"Give it (\d+) seconds before you kill it")


def _service(name: str) -> Service:
    return services()[name]


def _health_port(service: Service) -> str:
    return service.environment["WEB_PORT" if service.name == "web" else "METRICS_PORT"]


def _internal(network: str) -> bool:
    return bool(document()["networks"][network].get("internal"))


def test_every_process_is_there() -> None:
    """The processes of Reveza, its two servers, and what ends TLS."""
    assert _EVERY == ["bot", "migrate", "postgres", "proxy", "scheduler", "valkey", "web", "worker"]


@pytest.mark.parametrize("name", _OURS)
def test_each_process_is_a_command(name: str) -> None:
    """A service of our image is called as its command is."""
    assert _service(name).command == [name]
    assert name in COMMANDS


def test_only_settings_are_set() -> None:
    """Whatever the file sets for a process of ours is read by it."""
    assert {name for service in ours() for name in service.environment} - _SETTINGS == set()


@pytest.mark.parametrize("name", _OURS)
def test_a_filled_form_starts_every_process(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the passwords and a key in .env, the settings of each service are those of an installation in production."""
    for given, value in _service(name).environment.items():
        monkeypatch.setenv(given, filled(value, lambda asked: f"{asked}-value"))
    monkeypatch.setenv("REVEZA_SECRET_KEY", "A" * 43 + "=")
    settings = load_settings(env_file=PROJECT / ".env.example")
    assert (settings.env, settings.log_format, settings.web_host) == ("production", "json", "0.0.0.0")
    assert settings.database_url == "postgresql://reveza:POSTGRES_PASSWORD-value@postgres:5432/reveza"
    assert settings.redis_url == "redis://:VALKEY_PASSWORD-value@valkey:6379/0"


def test_secrets_come_from_the_form_alone() -> None:
    """Every process of ours reads .env; no password stands in the file."""
    assert {str(service.raw["env_file"]) for service in ours()} == {".env"}
    assert asked_for() == {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "PUBLIC_HOST", "ACME_EMAIL"}


@pytest.mark.parametrize("name", _EVERY)
def test_whom_a_service_speaks_to_it_can_reach(name: str) -> None:
    """The hosts in its URLs are services on a network of its own, at the port they listen on."""
    listening = {"postgres": 5432, "valkey": 6379}
    reachable = {(host, port) for host, port in listening.items() if _service(host).networks & _service(name).networks}
    outside = {("127.0.0.1", 2019)} if name == "proxy" else set()
    assert _service(name).hosts() - outside <= reachable


def test_the_servers_are_on_closed_networks() -> None:
    """No way leads out of a database, and none in."""
    assert all(_internal(network) for name in ("postgres", "valkey") for network in _service(name).networks)


@pytest.mark.parametrize("name", ["web", "worker", "bot"])
def test_who_calls_providers_has_a_way_out(name: str) -> None:
    """A network that is not closed."""
    assert not all(_internal(network) for network in _service(name).networks)


def test_networks_and_volumes_are_declared() -> None:
    """And every declared one is used."""
    used = {network for service in services().values() for network in service.networks}
    kept = {source for service in services().values() for source in service.mounts.values() if source[0] != "."}
    assert (used, kept) == (set(document()["networks"]), set(document()["volumes"]))


def test_mounted_files_exist() -> None:
    """Each file of the project that is mounted is there, and is mounted to be read alone."""
    volumes = [
        volume for service in services().values() for volume in service.raw.get("volumes", []) if volume[0] == "."
    ]
    assert [volume for volume in volumes if not (PROJECT / volume.split(":")[0]).is_file()] == []
    assert all(volume.endswith(":ro") for volume in volumes)


def test_the_data_is_where_the_servers_keep_it() -> None:
    """PostgreSQL's image keeps a cluster of 18 below another folder than older ones."""
    places = {name: set(_service(name).mounts) for name in ("postgres", "valkey", "proxy")}
    assert "/var/lib/postgresql" in places["postgres"]
    assert "/data" in places["valkey"] & places["proxy"]
    assert int(_service("postgres").raw["image"].split(":")[1].split(".")[0]) >= 18


@pytest.mark.parametrize("name", sorted(set(_EVERY) - set(_OURS)))
def test_foreign_images_are_pinned(name: str) -> None:
    """To a version, never to what is newest today."""
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?", _service(name).raw["image"])


def test_our_image_has_our_version() -> None:
    """One image for every process, built here."""
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert {(service.raw["image"], service.raw["build"]) for service in ours()} == {(f"reveza:{version}", ".")}


@pytest.mark.parametrize("name", _LASTING)
def test_what_ends_is_started_again(name: str) -> None:
    """Unless somebody stopped it."""
    assert _service(name).raw["restart"] == "unless-stopped"


def test_a_migration_is_not_repeated_for_ever() -> None:
    """What failed is to be looked at."""
    assert _service("migrate").raw["restart"] == "no"


@pytest.mark.parametrize("name", sorted(set(_OURS) - {"migrate"}))
def test_processes_wait_for_the_migration(name: str) -> None:
    """And for the queue."""
    expected = {"migrate": "service_completed_successfully", "valkey": "service_healthy"}
    assert _service(name).waits_for == expected


def test_a_condition_of_health_has_a_check() -> None:
    """Whoever is waited for until healthy says when."""
    awaited = {name for service in services().values() for name, when in service.waits_for.items() if "healthy" in when}
    assert sorted(name for name in awaited if not _service(name).health) == []
    assert _service("migrate").waits_for == {"postgres": "service_healthy"}


def test_every_process_can_be_many() -> None:
    """No fixed name, and no port of the host but the proxy's."""
    fixed = [service.name for service in services().values() if "container_name" in service.raw]
    published = [service.name for service in services().values() if "ports" in service.raw]
    assert (fixed, published) == ([], ["proxy"])


def test_the_proxy_has_the_ports_of_the_web() -> None:
    """HTTP for the certificate and the way to HTTPS, which both protocols speak."""
    assert _service("proxy").raw["ports"] == ["80:80", "443:443", "443:443/udp"]


@pytest.mark.parametrize("name", _OURS)
def test_a_process_can_change_nothing(name: str) -> None:
    """Neither its root file system nor its rights; what has to be reaped is."""
    raw = _service(name).raw
    assert (raw["read_only"], raw["cap_drop"], raw["init"]) == (True, ["ALL"], True)
    assert not raw.keys() & {"privileged", "cap_add", "user"}


@pytest.mark.parametrize("name", _EVERY)
def test_nobody_gains_rights(name: str) -> None:
    """Whatever it starts."""
    assert _service(name).raw["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", _EVERY)
def test_logs_have_an_end(name: str) -> None:
    """A disk is not filled by what nobody reads."""
    logging = _service(name).raw["logging"]
    assert set(logging["options"]) == {"max-size", "max-file"}


@pytest.mark.parametrize("name", _LASTING)
def test_memory_has_an_end(name: str) -> None:
    """A service that grows is ended, and not the machine."""
    assert re.fullmatch(r"\d+[mg]", _service(name).raw["deploy"]["resources"]["limits"]["memory"])


@pytest.mark.parametrize("name", _LASTING)
def test_a_start_is_noticed_soon(name: str) -> None:
    """Others wait for it: until it is healthy it is asked every other second, and its start has time."""
    check = _service(name).raw["healthcheck"]
    assert check["start_interval"] in {"1s", "2s"}
    assert int(check["start_period"].removesuffix("s")) >= 10


@pytest.mark.parametrize("name", sorted(set(_OURS) - {"migrate"}))
def test_health_is_asked_where_it_is_told(name: str) -> None:
    """At the port the process is given, by a module that is in the image."""
    service = _service(name)
    assert service.health == ["CMD", "python", "-m", "app.healthy", _health_port(service)]
    assert image.is_sent("app/healthy.py")


def test_the_images_own_check_asks_the_web_process() -> None:
    """An image that is run by itself is the web process, at the port it exposes."""
    port = image.environment()["WEB_PORT"]
    assert image.last_list("HEALTHCHECK") == ["python", "-m", "app.healthy", port]
    assert (image.last("EXPOSE"), _service("web").environment["WEB_PORT"]) == (port, port)


def test_the_time_to_stop_is_the_processes_own() -> None:
    """No container is killed while its process still finishes what is under way."""
    told = _WORKER_SECONDS.search((PROJECT / "docs" / "operate.md").read_text())
    assert told is not None
    assert _service("worker").grace_seconds > int(told[1]) > GRACE_SECONDS
    assert _service("web").grace_seconds > _STOP_SECONDS + 10
    assert _service("proxy").grace_seconds >= _service("web").grace_seconds


def test_the_queue_is_kept_and_never_thinned() -> None:
    """An append-only file, and no entry dropped to make room; the password is on no command line."""
    script = _service("valkey").command[-1]
    line = next(line for line in script.splitlines() if "valkey-server" in line)
    assert "--maxmemory-policy noeviction" in line
    assert "--appendonly yes" in line
    assert ("VALKEY_PASSWORD" in line, "requirepass $$VALKEY_PASSWORD" in script) == (False, True)


def test_polling_is_chosen() -> None:
    """Only the process that asks Telegram for updates is left out until it is wanted."""
    chosen = {service.name: service.raw["profiles"] for service in services().values() if "profiles" in service.raw}
    assert chosen == {"bot": ["polling"]}


def test_the_proxys_word_is_taken() -> None:
    """One proxy stands before the web process; whom failures are counted against depends on it."""
    assert _service("web").environment["WEB_TRUSTED_PROXIES"] == "1"
