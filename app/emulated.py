"""The demo tenant's account at the emulators: made once, kept beside the data, read by ``demo-data`` and ``say``."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from app.embedded.keeping import read_json, write_json, write_private
from core.domain.errors import ConfigurationError

CHANNEL = "meta_whatsapp"
ACCOUNT_KEY = "demo-meta"
"""The account's name in the webhook route."""
PHONE_NUMBER_ID = "100000000000001"
WABA_ID = "200000000000001"
APP_ID = "300000000000001"
DISPLAY_PHONE_NUMBER = "551140000001"
FILE_VARIABLE = "REVEZA_EMULATED_FILE"
"""The variable in which ``up`` names the file below to ``demo-data``."""
_FILE = "emulated.json"


@dataclass(frozen=True, slots=True)
class EmulatedAccount:
    """Secrets of the emulated WhatsApp account and the emulated Claude: good on this machine alone."""

    app_secret: str
    verify_token: str
    access_token: str
    claude_api_key: str

    @classmethod
    def kept(cls, folder: Path) -> "EmulatedAccount":
        """The one kept in ``folder``, made there the first time."""
        path = folder / _FILE
        known = read_json(path)
        if not known:
            known = asdict(cls(*(secrets.token_hex(16) for _ in range(4))))
            write_json(path, known)
        return cls(**known)

    @classmethod
    def named_by_environment(cls) -> "EmulatedAccount":
        """The one in the file that ``REVEZA_EMULATED_FILE`` names; ConfigurationError when there is none."""
        named = os.environ.get(FILE_VARIABLE)
        known = read_json(Path(named)) if named else {}
        if not known:
            message = f"{FILE_VARIABLE} names no file of an emulated account: `./reveza up` makes and names one"
            raise ConfigurationError(message)
        return cls(**known)


def file_of(folder: Path) -> Path:
    """Where the account of the state folder is kept."""
    return folder / _FILE


def write_sandbox_config(account: EmulatedAccount, path: Path, web_url: str) -> None:
    """The emulators' configuration file: one app whose webhooks go to the demo account's route, one number."""
    app = {
        "app_id": APP_ID,
        "app_secret": account.app_secret,
        "verify_token": account.verify_token,
        "callback_urls": [f"{web_url}/webhooks/{CHANNEL}/{ACCOUNT_KEY}"],
    }
    number = {
        "phone_number_id": PHONE_NUMBER_ID,
        "display_phone_number": DISPLAY_PHONE_NUMBER,
        "waba_id": WABA_ID,
        "access_token": account.access_token,
        "app_id": APP_ID,
    }
    config = {"meta": {"apps": [app], "numbers": [number]}, "claude": {"api_keys": [account.claude_api_key]}}
    write_private(path, json.dumps(config, indent=1).encode())
