"""Every setting, typed and checked once at the start; errors name the variable and the mend."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from app import running
from core.domain.errors import ConfigurationError

Role = Literal["app", "platform", "ingest", "backup"]
_SECRET_BYTES = 32
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}
_PROVIDERS = ("meta_graph_url", "instagram_graph_url", "zapi_url", "anthropic_base_url", "telegram_api_url")
"""Fields with the address of somebody who is sent tokens."""
_BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_ORIGINS = re.compile(r"https?://[\w.\-\[\]:]+( https?://[\w.\-\[\]:]+)*")
_MENDS = {
    "DATABASE_URL": "set it in .env (postgresql://owner:password@host/database), or leave it out and start `./reveza up`",
    "REDIS_URL": "set it in .env (redis://:password@host:6379/0), or leave it out and start `./reveza up`",
    "REVEZA_SECRET_KEY": (
        "set it to 32 random bytes in base64 (`head -c 32 /dev/urandom | base64`), "
        "or several separated by commas, the current one first"
    ),
}
_NAMES = {"env": "REVEZA_ENV", "secret_key": "REVEZA_SECRET_KEY", "chosen_role_prefix": "REVEZA_ROLE_PREFIX"}
"""Fields whose variable is not simply their name in capitals."""


class Settings(BaseSettings):
    """The settings of one process. Secrets and URLs with passwords do not appear in its ``repr``."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    env: Literal["development", "production"] = Field("development", validation_alias="REVEZA_ENV")
    secret_key: str = Field(validation_alias="REVEZA_SECRET_KEY", repr=False)
    """Base64 of 32 bytes; several, separated by commas, while keys are rotated: the first is current."""
    database_url: str = Field(repr=False)
    """Where the owner connects; the roles' URLs follow from it."""
    redis_url: str = Field(repr=False)
    chosen_role_prefix: str = Field("", validation_alias="REVEZA_ROLE_PREFIX", pattern=r"^[a-z0-9_]{0,48}$")

    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    web_trusted_proxies: int = Field(0, ge=0, le=10)
    """How many proxies of ours stand in front of the web process: whom failures are counted against depends on it."""
    public_url: str = ""
    """The web process's address as people's browsers reach it: the panel is below it. TELEGRAM_WEBHOOK_URL by default."""
    miniapp_framed_by: str = ""
    """The pages that may show the panel in a frame besides Telegram's clients: the sandbox's, which ``up`` names."""
    metrics_token: str = Field("", repr=False)
    """Who knows it may read the web process's /metrics; with none, only this machine may."""
    metrics_port: int | None = Field(None, ge=0, le=65535)
    """Where a process without web routes serves its metrics; nowhere by default."""
    backup_dir: Path | None = None
    """Where backups go when nobody says otherwise; beside the embedded servers' data by default."""
    tombstones: Path | None = None
    """Where it is kept who was forgotten, outside the database; beside the embedded servers' data by default."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    meta_graph_url: str = "https://graph.facebook.com"
    meta_graph_version: str = Field("v26.0", pattern=r"^v\d+\.\d+$")
    instagram_graph_url: str = "https://graph.instagram.com"
    zapi_url: str = "https://api.z-api.io"
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_api_key: str = Field("", repr=False)

    telegram_bot_token: str = Field("", repr=False)
    """The installation's bot; with none nothing of Telegram runs."""
    telegram_launch_proof: Literal["token", "telegram"] = "token"
    """What proves who opened the panel: the bot's token, or Telegram's own signature, which no thief of the token can make."""
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    """The web process's address as Telegram reaches it; with none a process of its own asks for updates."""

    operators: str = Field("", pattern=r"^\s*(\d+(\s*[,\s]\s*\d+)*)?\s*$")
    """Telegram user ids of those who operate the installation, separated by commas: the bot's /tenants is theirs."""

    turn_lease_seconds: float = Field(15, gt=0)
    turn_attempts: int = Field(5, ge=1)
    send_lease_seconds: float = Field(50, gt=0)
    """A send begins within its half and is cut at four fifths: with less than this, slow answers are given up for unknown."""
    send_attempts: int = Field(10, ge=1)
    send_settle_seconds: float = Field(120, gt=0)
    """How long an unknown send may wait for the provider to settle it before a human looks."""
    worker_turns: int = Field(500, ge=1)
    """Turns one worker has under way at the same time."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _small(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _a_postgres_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            message = "is not of the form postgresql://owner:password@host:5432/database"
            raise ValueError(message)
        return urlunsplit(parts._replace(scheme="postgresql"))

    @field_validator("redis_url")
    @classmethod
    def _a_redis_url(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            message = "is not of the form redis://:password@host:6379/0"
            raise ValueError(message)
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _a_bots_token(cls, value: str) -> str:
        if value and not _BOT_TOKEN.fullmatch(value):
            message = "is not of the form 123456789:AA…, as BotFather gives it"
            raise ValueError(message)
        return value

    @field_validator("miniapp_framed_by")
    @classmethod
    def _origins(cls, value: str) -> str:
        if value and not _ORIGINS.fullmatch(value):
            message = "names no origins: each is http://host:port and nothing behind it, a space between two"
            raise ValueError(message)
        return value

    @field_validator(*_PROVIDERS, "public_url", "telegram_webhook_url")
    @classmethod
    def _an_http_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            message = "is not an http(s) URL"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _keys_of_32_bytes(cls, value: str) -> str:
        for part in value.split(","):
            _key(part)
        return value

    @model_validator(mode="after")
    def _no_plain_http_in_production(self) -> Self:
        for name in (*_PROVIDERS, "public_url", "telegram_webhook_url"):
            parts = urlsplit(getattr(self, name))
            if self.env == "production" and parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
                message = f"{variable(name)} must be https in production: tokens go there"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _no_foreign_frame_in_production(self) -> Self:
        if self.env == "production" and self.miniapp_framed_by:
            message = "MINIAPP_FRAMED_BY is for the sandbox: in production Telegram alone shows the panel"
            raise ValueError(message)
        return self

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The keys, the current one first."""
        return tuple(_key(part) for part in self.secret_key.split(","))

    @property
    def key_fingerprints(self) -> tuple[str, ...]:
        """By what each key is known where it must not stand itself, the current one first."""
        return tuple(hashlib.sha256(b"reveza secret key " + key).hexdigest()[:16] for key in self.secret_keys)

    @property
    def channel_settings(self) -> dict[str, str]:
        """What channels are built from, under the names of the variables."""
        return {
            "META_GRAPH_URL": self.meta_graph_url,
            "META_GRAPH_VERSION": self.meta_graph_version,
            "INSTAGRAM_GRAPH_URL": self.instagram_graph_url,
            "ZAPI_URL": self.zapi_url,
        }

    @property
    def tombstones_folder(self) -> Path:
        """The folder of the tombstones, one for all processes of the installation."""
        return self.tombstones or running.folder() / "tombstones"

    @property
    def role_prefix(self) -> str:
        """Roles belong to a whole server: the prefix keeps two installations apart. The database's name by default."""
        return self.chosen_role_prefix or unquote(urlsplit(self.database_url).path.strip("/"))

    def role_name(self, role: Role) -> str:
        """The database role's name on the server."""
        return f"{self.role_prefix}_{role}"

    def role_password(self, role: Role) -> str:
        """Derived, so that ``migrate`` and every process agree on it without keeping it anywhere."""
        digest = hmac.new(self.secret_keys[0], f"role:{self.role_name(role)}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def telegram_bot_id(self) -> int:
        """The bot's own id, which its token begins with; 0 with no bot."""
        return int(self.telegram_bot_token.partition(":")[0] or 0)

    @property
    def operator_ids(self) -> frozenset[int]:
        """Who operates the installation, as Telegram knows them."""
        return frozenset(int(one) for one in self.operators.replace(",", " ").split())

    @property
    def miniapp_url(self) -> str:
        """Where the panel is; nowhere when nobody told how browsers reach the web process."""
        base = self.public_url or self.telegram_webhook_url
        return f"{base}/miniapp/" if base else ""

    @property
    def telegram_webhook_secrets(self) -> tuple[str, ...]:
        """What Telegram sends with each update, derived like the roles' passwords: of each key one, the current first."""
        told = f"telegram:{self.telegram_bot_id}".encode()
        digests = [hmac.new(key, told, hashlib.sha256).digest() for key in self.secret_keys]
        return tuple(base64.urlsafe_b64encode(digest).decode().rstrip("=") for digest in digests)

    def database_url_for(self, role: Role) -> str:
        """Where that role connects: the owner's host, port and database."""
        parts = urlsplit(self.database_url)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{quote(self.role_name(role))}:{self.role_password(role)}@{place}"))


def load_settings(
    *, env_file: Path | None = running.PROJECT / ".env", made: Mapping[str, str] | None = None
) -> Settings:
    """Read the environment, then ``.env``, then what was ``made`` up: by default by a running ``reveza up``.

    Raises ConfigurationError that names every variable at fault and its mend.
    """
    beside = running.current() if made is None else None
    source = _with_fallback(made or (beside.environment if beside else {}))
    try:
        return source(_env_file=env_file)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_complaints(error))) from None
    except SettingsError as error:
        message = f"the settings cannot be read: {error}"
        raise ConfigurationError(message) from None


def variable(field: str) -> str:
    """The environment variable of a field."""
    return _NAMES.get(field, field.upper())


def _with_fallback(known: Mapping[str, str]) -> type[Settings]:
    """Settings that, after every other source, take what is given here by variable name."""
    fields = {name: known[variable(name)] for name in Settings.model_fields if variable(name) in known}

    class WithFallback(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            *sources: PydanticBaseSettingsSource,
            **named: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (*sources, *named.values(), InitSettingsSource(settings_cls, init_kwargs=fields))

    return WithFallback


def _complaints(error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors():
        place = str(fault["loc"][0]) if fault["loc"] else ""
        name = variable(place) if place else "settings"
        what = "is not set" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
        lines.append(": ".join(filter(None, (f"{name} {what}", _MENDS.get(name)))))
    return lines


def _key(text: str) -> bytes:
    """One key of the list; both base64 alphabets are read."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/") + "==", validate=False)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _SECRET_BYTES:
        message = f"is not base64 of {_SECRET_BYTES} bytes"
        raise ValueError(message)
    return key
