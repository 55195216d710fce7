"""Who may deliver in Meta's name: the handshake and the signature that all its products share."""

import hashlib
import hmac
from collections.abc import Mapping

from channels.base import Credentials


def answer_challenge(credentials: Credentials, query: Mapping[str, str]) -> str | None:
    """Meta's GET: the challenge comes back as it was when the token is the one we gave Meta."""
    ours = credentials.secrets.get("verify_token", "")
    given = query.get("hub.verify_token", "")
    known = bool(ours) and hmac.compare_digest(ours.encode(), given.encode(errors="replace"))
    return query.get("hub.challenge") if known and query.get("hub.mode") == "subscribe" else None


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Over the raw bytes: Meta escapes letters with accents, and writing them again would not."""
    given = headers.get("x-hub-signature-256", "")
    expected = f"sha256={hmac.digest(secret.encode(), body, hashlib.sha256).hex()}"
    return bool(secret) and hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
