"""The two tokens of a session in the Mini App: a short one that is shown at each request, and one that renews both.

Neither is kept anywhere. The access token is a JWT (RFC 8725: one algorithm, one key by its ``kid``, its issuer and
audience checked). The refresh token names the session and how often it was renewed, with the HMAC of both: the database holds the number that
is good now, so a copy of it opens nothing, and whoever shows an older number shows a token that was used.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import jwt

from core.domain.errors import Unauthorized

ACCESS_TIME: Final = timedelta(minutes=5)
_ALGORITHM: Final = "HS256"
_ISSUER: Final = "reveza"
_AUDIENCE: Final = "reveza-miniapp"
_CLAIMS: Final = ("exp", "nbf", "iat", "iss", "aud", "sub", "tenant")
_LEEWAY: Final = timedelta(seconds=5)
_KEY_ID: Final = 8
_BODY: Final = 16 + 16 + 4
"""Bytes before the code: the tenant's id, the session's, and how often it was renewed."""
_LONGEST: Final = 1024


class TokenInvalid(Unauthorized):
    """No token of ours, or one whose time is over; which of these is not told."""

    code = "token_invalid"


@dataclass(frozen=True, slots=True)
class SessionRef:
    """Which session, and whose tenant it is in."""

    tenant_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a refresh token says: the session, and the how-manieth renewal it is for."""

    ref: SessionRef
    number: int


class SessionTokens:
    """Made with the first of the installation's keys, read with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        derived = [(_derived(key, "access"), _derived(key, "refresh")) for key in keys]
        self._access = {_key_id(access): access for access, _ in derived}
        self._refresh = [refresh for _, refresh in derived]
        self._current = _key_id(derived[0][0])

    def access(self, ref: SessionRef, *, now: datetime) -> str:
        """Good from ``now`` for ``ACCESS_TIME``."""
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(ref.session_id),
            "tenant": str(ref.tenant_id),
            "iat": now,
            "nbf": now,
            "exp": now + ACCESS_TIME,
        }
        return jwt.encode(claims, self._access[self._current], _ALGORITHM, headers={"kid": self._current})

    def read_access(self, token: str) -> SessionRef:
        """Whose session it is; raises ``TokenInvalid``."""
        try:
            claims = jwt.decode(
                token,
                self._key_of(token),
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                audience=_AUDIENCE,
                leeway=_LEEWAY,
                options={"require": list(_CLAIMS), "enforce_minimum_key_length": True},
            )
            return SessionRef(UUID(claims["tenant"]), UUID(claims["sub"]))
        except (jwt.InvalidTokenError, ValueError, AttributeError, TypeError) as error:
            raise TokenInvalid from error

    def refresh(self, renewal: Renewal) -> str:
        """Good until it is used, or the session ends."""
        body = renewal.ref.tenant_id.bytes + renewal.ref.session_id.bytes + renewal.number.to_bytes(4)
        return base64.urlsafe_b64encode(body + _code(self._refresh[0], body)).decode().rstrip("=")

    def read_refresh(self, token: str) -> Renewal:
        """What it says; raises ``TokenInvalid`` for what none of the keys has made."""
        if len(token) > _LONGEST:
            raise TokenInvalid
        try:
            whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise TokenInvalid from error
        body, code = whole[:_BODY], whole[_BODY:]
        if not any(hmac.compare_digest(_code(key, body), code) for key in self._refresh):
            raise TokenInvalid
        return Renewal(SessionRef(UUID(bytes=body[:16]), UUID(bytes=body[16:32])), int.from_bytes(body[32:]))

    def _key_of(self, token: str) -> bytes:
        key = self._access.get(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise TokenInvalid
        return key


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, f"miniapp:{purpose}".encode(), hashlib.sha256).digest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:_KEY_ID]


def _code(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()
