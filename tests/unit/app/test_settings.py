"""Settings: read once, complained about in words that help."""

import base64
import hashlib
import hmac
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import running
from app.embedded.processes import Identity
from app.settings import Settings, load_settings
from core.domain.errors import ConfigurationError

_KEY = base64.b64encode(bytes(range(32))).decode()
_DATABASE = "postgresql://owner:p%40ss@db.example:5433/shop?sslmode=require"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A complete environment, and no run of ``up`` beside it."""
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
    monkeypatch.setenv("REVEZA_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", _DATABASE)
    monkeypatch.setenv("REDIS_URL", "redis://:secret@cache.example:6379/0")
    monkeypatch.setenv("REVEZA_SECRET_KEY", _KEY)
    monkeypatch.delenv("REVEZA_ENV", raising=False)
    monkeypatch.delenv("REVEZA_ROLE_PREFIX", raising=False)
    return monkeypatch


def _settings() -> Settings:
    return load_settings(env_file=None)


@pytest.mark.usefixtures("environment")
def test_a_role_connects_where_the_owner_does() -> None:
    """Only the user part of the URL differs between the roles."""
    url = urlsplit(_settings().database_url_for("ingest"))

    assert (
        url.username,
        url.hostname,
        url.port,
        url.path,
        url.query,
    ) == ("shop_ingest", "db.example", 5433, "/shop", "sslmode=require")


@pytest.mark.usefixtures("environment")
def test_a_roles_password_follows_from_the_secret_key() -> None:
    """Every process computes the same password, from the key and the role's whole name."""
    digest = hmac.new(bytes(range(32)), b"role:shop_app", hashlib.sha256).digest()

    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == _settings().role_password("app")


def test_a_prefix_of_ones_own_keeps_installations_apart(environment: pytest.MonkeyPatch) -> None:
    """Roles belong to the whole server: REVEZA_ROLE_PREFIX goes before their names."""
    environment.setenv("REVEZA_ROLE_PREFIX", "staging")

    assert _settings().role_name("platform") == "staging_platform"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "REVEZA_SECRET_KEY"])
def test_a_missing_setting_is_named_with_its_mend(environment: pytest.MonkeyPatch, name: str) -> None:
    """The error names the variable and says what to do."""
    environment.delenv(name)

    with pytest.raises(ConfigurationError, match=rf"^{name} is not set: set it"):
        _settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://owner:hidden-value@host/db"),
        ("DATABASE_URL", "postgresql://owner:hidden-value@host"),
        ("REDIS_URL", "http://hidden-value"),
        ("REVEZA_SECRET_KEY", "hidden-value"),
        ("WEB_PORT", "hidden-value"),
        ("TURN_ATTEMPTS", "0"),
        ("META_GRAPH_URL", "graph.example"),
        ("INSTAGRAM_GRAPH_URL", "graph.example"),
        ("ZAPI_URL", "zapi.example"),
        ("TELEGRAM_BOT_TOKEN", "hidden-value"),
        ("TELEGRAM_API_URL", "telegram.example"),
        ("TELEGRAM_WEBHOOK_URL", "reveza.example"),
        ("REVEZA_ROLE_PREFIX", "Robert'); --"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A value may be a secret that slipped into the wrong line."""
    environment.setenv(name, value)

    with pytest.raises(ConfigurationError, match=f"^{name} ") as caught:
        _settings()
    assert "hidden-value" not in str(caught.value)


def test_every_fault_is_told_at_once(environment: pytest.MonkeyPatch) -> None:
    """Nobody mends settings one start at a time."""
    environment.delenv("DATABASE_URL")
    environment.setenv("WEB_PORT", "70000")

    with pytest.raises(ConfigurationError) as caught:
        _settings()
    assert {line.split()[0] for line in str(caught.value).splitlines()} == {"DATABASE_URL", "WEB_PORT"}


def test_channels_are_told_where_their_providers_are(environment: pytest.MonkeyPatch) -> None:
    """Under the variables' own names, which is how channels ask for them."""
    environment.setenv("ZAPI_URL", "http://127.0.0.1:9/")

    told = _settings().channel_settings
    assert (told["ZAPI_URL"], told["META_GRAPH_URL"]) == ("http://127.0.0.1:9", "https://graph.facebook.com")


@pytest.mark.parametrize("name", ["META_GRAPH_URL", "ZAPI_URL", "TELEGRAM_API_URL", "TELEGRAM_WEBHOOK_URL"])
@pytest.mark.parametrize(("url", "accepted"), [("http://graph.example", False), ("http://127.0.0.1:9", True)])
def test_production_sends_tokens_over_https_alone(
    environment: pytest.MonkeyPatch, name: str, url: str, *, accepted: bool
) -> None:
    """Plain http is for this machine."""
    environment.setenv("REVEZA_ENV", "production")
    environment.setenv(name, url)

    try:
        assert getattr(_settings(), name.lower()) == url
    except ConfigurationError:
        assert not accepted
    else:
        assert accepted


def test_each_key_has_a_secret_for_the_bots_webhook(environment: pytest.MonkeyPatch) -> None:
    """While keys are rotated what Telegram was told under the old one is known too."""
    environment.setenv("TELEGRAM_BOT_TOKEN", "7001:AAE-token")
    digest = hmac.new(bytes(range(32)), b"telegram:7001", hashlib.sha256).digest()
    old = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    environment.setenv("REVEZA_SECRET_KEY", f"{base64.b64encode(bytes(32)).decode()},{_KEY}")

    new, kept = _settings().telegram_webhook_secrets
    assert (kept, new != old) == (old, True)


@pytest.mark.usefixtures("environment")
def test_secrets_are_not_in_the_repr() -> None:
    """Settings may be printed by a debugger or an error report."""
    assert not any(secret in repr(_settings()) for secret in (_KEY, "p%40ss", "secret@"))


def test_the_environment_wins_over_the_env_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is set for one process is stronger than what is set for all."""
    file = tmp_path / ".env"
    file.write_text("WEB_PORT=1111\nTURN_ATTEMPTS=7\n")
    environment.setenv("WEB_PORT", "2222")

    settings = load_settings(env_file=file)

    assert (settings.web_port, settings.turn_attempts) == (2222, 7)


def test_a_running_up_lends_what_is_not_set(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A command in a second terminal works on the servers that `up` started."""
    environment.delenv("DATABASE_URL")
    environment.setenv("REDIS_URL", "redis://own")
    lent = {"DATABASE_URL": "postgresql://owner:x@127.0.0.1:1/lent", "REDIS_URL": "redis://lent"}
    running.save(running.Running(_ourselves(), environment=lent), tmp_path)

    settings = _settings()

    assert (settings.database_url, settings.redis_url) == (lent["DATABASE_URL"], "redis://own")


def _ourselves() -> Identity:
    identity = Identity.of(os.getpid())
    assert identity is not None
    return identity


@given(keys=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4), urlsafe=st.booleans())
def test_any_list_of_keys_is_read_in_order(keys: list[bytes], *, urlsafe: bool) -> None:
    """Both base64 alphabets, any number of keys, the current one first."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    written = ", ".join(encode(key).decode() for key in keys)

    settings = Settings(secret_key=written, database_url=_DATABASE, redis_url="redis://x")

    assert settings.secret_keys == tuple(keys)


@pytest.mark.parametrize(
    ("given", "panel"),
    [
        ({"PUBLIC_URL": "https://reveza.example.com/"}, "https://reveza.example.com/miniapp/"),
        ({"TELEGRAM_WEBHOOK_URL": "https://hooks.example.com"}, "https://hooks.example.com/miniapp/"),
        (
            {"PUBLIC_URL": "https://reveza.example.com", "TELEGRAM_WEBHOOK_URL": "https://hooks.example.com"},
            "https://reveza.example.com/miniapp/",
        ),
        ({}, ""),
    ],
)
def test_the_panel_is_where_browsers_reach_the_web_process(
    environment: pytest.MonkeyPatch, given: dict[str, str], panel: str
) -> None:
    """Told for itself, or where Telegram brings updates; nowhere when nobody told."""
    for name, value in given.items():
        environment.setenv(name, value)
    assert _settings().miniapp_url == panel


@pytest.mark.parametrize("value", ["*", "https://a.example/path", "https://a.example; script-src *", "a.example"])
def test_a_frame_is_an_origin(environment: pytest.MonkeyPatch, value: str) -> None:
    """It becomes a part of a policy: nothing else gets in there."""
    environment.setenv("MINIAPP_FRAMED_BY", value)
    with pytest.raises(ConfigurationError, match="MINIAPP_FRAMED_BY names no origins"):
        _settings()


def test_in_production_only_telegram_frames_the_panel(environment: pytest.MonkeyPatch) -> None:
    """The sandbox's page is no place for it."""
    environment.setenv("REVEZA_ENV", "production")
    environment.setenv("MINIAPP_FRAMED_BY", "http://127.0.0.1:8099")
    with pytest.raises(ConfigurationError, match="MINIAPP_FRAMED_BY is for the sandbox"):
        _settings()
