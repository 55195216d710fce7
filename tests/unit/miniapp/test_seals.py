"""Telegram's own signature opens the Mini App where it is asked for, and no other does."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from aiogram.utils.web_app_signature import check_webapp_signature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from miniapp.api.init_data import Launch, read_launch
from miniapp.api.seals import TELEGRAM_KEY, LaunchInvalid, TelegramSeal
from tests.launches import init_data

BOT = 7000000001
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TELEGRAM, SOMEBODY = Ed25519PrivateKey.from_private_bytes(b"t" * 32), Ed25519PrivateKey.from_private_bytes(b"s" * 32)
SEAL = TelegramSeal(BOT, TELEGRAM.public_key().public_bytes_raw())
TEST_KEY = bytes.fromhex("40055058a4ee38156a06562e52eece92a771bcd8346a8c4615cb7376eddf72ec")
"""Telegram's public key of its test environment."""
FIELDS = {
    "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
    "user": json.dumps({"id": 279058397, "first_name": "Ana", "last_name": "Souza & Filha"}),
    "auth_date": str(int(NOW.timestamp())),
}


def signed(fields: Mapping[str, str] = FIELDS, key: Ed25519PrivateKey = TELEGRAM, bot: int = BOT) -> bytes:
    """The signature of a launch."""
    told = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return key.sign(f"{bot}:WebAppData\n{told}".encode())


def query(signature: str, fields: Mapping[str, str] = FIELDS) -> str:
    """The launch as the app is given it, its hash that of any token."""
    return init_data({**fields, "signature": signature}, "1:token")


def unpadded(signature: bytes) -> str:
    """As Telegram writes it."""
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def opened(text: str, seal: TelegramSeal = SEAL) -> Launch:
    """Who opened the app."""
    return read_launch(text, seal, now=NOW)


def test_telegrams_signature_opens_it() -> None:
    """Over all fields but its own and the hash, for our bot."""
    assert opened(query(unpadded(signed()))).telegram_user_id == 279058397


def test_another_reader_agrees() -> None:
    """What is accepted is what aiogram's check accepts."""
    key = TELEGRAM.public_key().public_bytes_raw()
    assert check_webapp_signature(BOT, query(unpadded(signed())), key)


def test_one_signature_is_one_launch() -> None:
    """With its padding or without: a launch is not used twice by writing it differently."""
    padded = base64.urlsafe_b64encode(signed()).decode()
    assert padded.endswith("=")
    assert opened(query(padded)).fingerprint == opened(query(unpadded(signed()))).fingerprint


@pytest.mark.parametrize(
    "signature",
    [
        unpadded(signed(key=SOMEBODY)),
        unpadded(signed(bot=BOT + 1)),
        unpadded(signed({**FIELDS, "user": "{}"})),
        unpadded(signed())[:-4],
        unpadded(signed() + b"x"),
        "",
        "é",
        "=",
    ],
    ids=["another key", "another bot", "other words", "cut", "longer", "empty", "no letters", "padding alone"],
)
def test_no_other_signature_opens_it(signature: str) -> None:
    """Whoever made it, and for whatever."""
    with pytest.raises(LaunchInvalid):
        opened(query(signature))


def test_the_bots_token_opens_nothing_there() -> None:
    """Not even its owner makes a launch of somebody where Telegram's signature is asked for."""
    with pytest.raises(LaunchInvalid):
        opened(init_data(FIELDS, f"{BOT}:token"))


def test_the_key_is_the_production_environments() -> None:
    """It stands in the code, and is not that of Telegram's test environment."""
    assert TELEGRAM_KEY != TEST_KEY
    with pytest.raises(LaunchInvalid):
        opened(query(unpadded(signed())), TelegramSeal(BOT))


@given(st.text(max_size=100))
def test_whatever_stands_for_a_signature_is_read(text: str) -> None:
    """Nothing but the right one passes, and nothing breaks."""
    with pytest.raises(LaunchInvalid):
        opened("&".join(f"{name}={quote(value)}" for name, value in {**FIELDS, "signature": text}.items()))
