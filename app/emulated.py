"""The demo business at the emulators: its accounts, its team and their secrets, made once and kept beside the data."""

import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from app.embedded.keeping import read_json, write_json, write_private
from core.domain.conversation import Role
from core.domain.errors import ConfigurationError

BUSINESS = "Clínica Exemplo"
TENANT_SLUG = "clinica-exemplo"
"""The demo business's short name."""
META, ZAPI, INSTAGRAM = "meta_whatsapp", "zapi", "instagram"
CHANNELS: Mapping[str, str] = {META: "meta", ZAPI: "zapi", INSTAGRAM: "instagram"}
"""By channel the emulator behind it."""
ACCOUNT_KEYS: Mapping[str, str] = {META: "demo-meta", ZAPI: "demo-zapi", INSTAGRAM: "demo-instagram"}
"""The accounts' names in the webhook route."""
PHONE_NUMBER_ID = "100000000000001"
WABA_ID = "200000000000001"
APP_ID = "300000000000001"
DISPLAY_PHONE_NUMBER = "551140000001"
LINKED_PHONE = "551140000002"
INSTAGRAM_ACCOUNT = "17841400000000001"
INSTAGRAM_APP_ID = "300000000000002"
INSTAGRAM_NAME = "clinica.exemplo"
BOT_ID = 7_000_000_001
BOT_NAME = "reveza_demo_bot"
GROUP_ID = -1_002_000_000_001
GROUP_TITLE = f"Equipe · {BUSINESS}"
FILE_VARIABLE = "REVEZA_EMULATED_FILE"
"""The variable in which ``up`` names the file below to ``demo-data``."""
EMULATORS_VARIABLE = "REVEZA_EMULATORS"
"""The variable in which ``up`` tells ``demo-data`` which emulators there are."""
_FILE = "emulated.json"
REPLACED_BY: Mapping[str, str] = {
    "meta": "META_GRAPH_URL",
    "instagram": "INSTAGRAM_GRAPH_URL",
    "zapi": "ZAPI_URL",
    "claude": "ANTHROPIC_API_KEY",
    "telegram": "TELEGRAM_BOT_TOKEN",
}
"""By emulator the setting that, given, means the real one."""
_SENT_MS, _DELIVERED_MS, _READ_MS, _MODEL_MS = 200, 700, 2000, 600
"""How soon a message is sent, delivered and read, and how long the model thinks: as people would see it."""
_EPOCH = 1_760_000_000


@dataclass(frozen=True, slots=True)
class EmulatedMember:
    """Somebody of the demo team, as the emulated Telegram knows him."""

    telegram_user_id: int
    name: str
    role: Role


TEAM = (
    EmulatedMember(5_000_000_001, "Atendente 1", Role.ATTENDANT),
    EmulatedMember(5_000_000_002, "Atendente 2", Role.ATTENDANT),
    EmulatedMember(5_000_000_003, "Gerente", Role.ADMIN),
)


@dataclass(frozen=True, slots=True)
class EmulatedAccount:
    """Secrets of the emulated accounts: good on this machine alone."""

    app_secret: str
    verify_token: str
    access_token: str
    claude_api_key: str
    zapi_instance_id: str
    zapi_instance_token: str
    zapi_client_token: str
    instagram_app_secret: str
    instagram_token: str
    telegram_bot_secret: str

    @property
    def bot_token(self) -> str:
        """The bot's token, as BotFather would give it."""
        return f"{BOT_ID}:AA{self.telegram_bot_secret}"

    @classmethod
    def kept(cls, folder: Path) -> "EmulatedAccount":
        """The one kept in ``folder``; what it lacks (all of it, the first time) is made there."""
        path = folder / _FILE
        known = read_json(path)
        made = {field.name: known.get(field.name) or _secret(field.name) for field in fields(cls)}
        if made != known:
            write_json(path, made)
        return cls(**made)

    @classmethod
    def named_by_environment(cls) -> "EmulatedAccount":
        """The one in the file that ``REVEZA_EMULATED_FILE`` names; ConfigurationError when there is none."""
        named = os.environ.get(FILE_VARIABLE)
        if not named or not Path(named).exists():
            message = f"{FILE_VARIABLE} names no file of an emulated account: `./reveza up` makes and names one"
            raise ConfigurationError(message)
        return cls.kept(Path(named).parent)


def _secret(name: str) -> str:
    made = secrets.token_hex(16)
    # Instagram Login's tokens are known by how they begin.
    return f"IGAA{made}" if name == "instagram_token" else made


def file_of(folder: Path) -> Path:
    """Where the account of the state folder is kept."""
    return folder / _FILE


def emulators_by_environment() -> frozenset[str]:
    """The emulators that ``up`` told of; all of them when it told nothing."""
    told = os.environ.get(EMULATORS_VARIABLE)
    return frozenset(REPLACED_BY if told is None else filter(None, told.split(",")))


def child_settings(account: EmulatedAccount, urls: Mapping[str, str]) -> dict[str, str]:
    """What leads the product to these emulators, by variable."""
    places = {"meta": "META_GRAPH_URL", "instagram": "INSTAGRAM_GRAPH_URL", "zapi": "ZAPI_URL"}
    places |= {"claude": "ANTHROPIC_BASE_URL", "telegram": "TELEGRAM_API_URL"}
    keys = {
        "claude": {"ANTHROPIC_API_KEY": account.claude_api_key},
        "telegram": {"TELEGRAM_BOT_TOKEN": account.bot_token},
    }
    made = {places[name]: url for name, url in urls.items()}
    for name in urls:
        made |= keys.get(name, {})
    return made


def write_sandbox_config(account: EmulatedAccount, path: Path, web_url: str) -> None:
    """The emulators' configuration file: webhooks go to the demo accounts' routes."""
    callbacks = {channel: f"{web_url}/webhooks/{channel}/{key}" for channel, key in ACCOUNT_KEYS.items()}
    config = {
        "meta": _meta(account, callbacks[META]),
        "zapi": _zapi(account, callbacks[ZAPI]),
        "instagram": _instagram(account, callbacks[INSTAGRAM]),
        "claude": {"api_keys": [account.claude_api_key], "model_delay_ms": _MODEL_MS},
        "telegram": _telegram(account, f"{web_url}/miniapp/"),
    }
    write_private(path, json.dumps(config, indent=1).encode())


def _meta(account: EmulatedAccount, callback: str) -> dict[str, Any]:
    app = {
        "app_id": APP_ID,
        "app_secret": account.app_secret,
        "verify_token": account.verify_token,
        "callback_urls": [callback],
    }
    number = {
        "phone_number_id": PHONE_NUMBER_ID,
        "display_phone_number": DISPLAY_PHONE_NUMBER,
        "waba_id": WABA_ID,
        "access_token": account.access_token,
        "app_id": APP_ID,
        "verified_name": BUSINESS,
    }
    pace = {"sent_ms": _SENT_MS, "delivered_ms": _DELIVERED_MS, "read_ms": _READ_MS}
    return {"apps": [app], "numbers": [number], "settings": pace}


def _zapi(account: EmulatedAccount, callback: str) -> dict[str, Any]:
    instance = {
        "instance_id": account.zapi_instance_id,
        "token": account.zapi_instance_token,
        "client_token": account.zapi_client_token,
        "phone": LINKED_PHONE,
        "name": BUSINESS,
        "callback_url": callback,
    }
    pace = {"sent_ms": _SENT_MS, "received_ms": _DELIVERED_MS, "read_ms": _READ_MS}
    return {"instances": [instance], "settings": pace}


def _instagram(account: EmulatedAccount, callback: str) -> dict[str, Any]:
    app = {
        "app_id": INSTAGRAM_APP_ID,
        "app_secret": account.app_secret,
        "instagram_app_secret": account.instagram_app_secret,
        "verify_token": account.verify_token,
        "callback_urls": [callback],
    }
    business = {
        "account": INSTAGRAM_ACCOUNT,
        "app_id": INSTAGRAM_APP_ID,
        "username": INSTAGRAM_NAME,
        "instagram_token": account.instagram_token,
    }
    return {"apps": [app], "accounts": [business], "settings": {"read_ms": _READ_MS}}


def _telegram(account: EmulatedAccount, panel: str) -> dict[str, Any]:
    people = [member.telegram_user_id for member in TEAM]
    # The first of a group owns it: the admin. The bot helps, with the usual rights, to which topics belong.
    group = {"id": GROUP_ID, "title": GROUP_TITLE, "is_forum": True, "members": people[::-1], "admins": [BOT_ID]}
    bot: dict[str, Any] = {"token": account.bot_token, "first_name": "Reveza", "username": BOT_NAME}
    bot |= {"has_main_web_app": True, "main_web_app_url": panel}
    return {
        "bots": [bot],
        "users": [{"id": one.telegram_user_id, "first_name": one.name, "language_code": "pt-br"} for one in TEAM],
        "groups": [group],
        # The emulator forgets its chats, the product does not: numbers that came before must not come again.
        "settings": {"first_message_id": int(time.time()) - _EPOCH},
    }
