"""Proof that Telegram gave a launch to our bot's app: by the bot's token, or by a key that Telegram alone has.

Source: core.telegram.org/bots/webapps, "Validating data received via the Mini App" and "Validating data for third-party
use". Whoever has the bot's token can seal launches of anybody as Telegram does; nobody but Telegram can sign one.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.domain.errors import Unauthorized

TELEGRAM_KEY: Final = bytes.fromhex("e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d")
"""Telegram's public key of its production environment; its test environment has another, which opens nothing here."""
_TOLD: Final = b"WebAppData"
_LENGTH: Final = 64


class LaunchInvalid(Unauthorized):
    """Not what Telegram gave to our bot's app; which of all reasons is not told."""

    code = "launch_invalid"


class Seal(Protocol):
    """What a launch is proved by."""

    def proof(self, fields: Mapping[str, str]) -> bytes:
        """What proves that these fields are Telegram's, and is no other launch's. Raises ``LaunchInvalid``."""


class TokenSeal:
    """The bot's token sealed every field but ``hash``; ``signature`` is a field like the others."""

    def __init__(self, token: str) -> None:
        self._secret = hmac.new(_TOLD, token.encode(), hashlib.sha256).digest()

    def proof(self, fields: Mapping[str, str]) -> bytes:
        """See ``Seal``."""
        given = fields.get("hash", "").encode()
        if not hmac.compare_digest(self._over(fields), given):
            raise LaunchInvalid
        return given

    def _over(self, fields: Mapping[str, str]) -> bytes:
        return hmac.new(self._secret, _lines(fields, without={"hash"}), hashlib.sha256).hexdigest().encode()


class TelegramSeal:
    """Telegram signed every field but ``hash`` and ``signature``, for this bot, with Ed25519."""

    def __init__(self, bot_id: int, key: bytes = TELEGRAM_KEY) -> None:
        self._opening = b"%d:%b\n" % (bot_id, _TOLD)
        self._key = Ed25519PublicKey.from_public_bytes(key)

    def proof(self, fields: Mapping[str, str]) -> bytes:
        """See ``Seal``."""
        given = _signature(fields.get("signature", ""))
        try:
            self._key.verify(given, self._opening + _lines(fields, without={"hash", "signature"}))
        except InvalidSignature:
            raise LaunchInvalid from None
        return given


def _signature(text: str) -> bytes:
    """Of base64url, with or without its padding: as bytes, for one signature can be written in several ways."""
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise LaunchInvalid from None
    if len(found) != _LENGTH:
        raise LaunchInvalid
    return found


def _lines(fields: Mapping[str, str], *, without: set[str]) -> bytes:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields.keys() - without)).encode()
