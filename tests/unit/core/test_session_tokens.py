"""Tokens of the Mini App's sessions: ours are read, nothing else is."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ids import uuid7
from core.services.session_tokens import ACCESS_TIME, Renewal, SessionRef, SessionTokens, TokenInvalid

KEY = b"k" * 32
OLD = b"o" * 32
TOKENS = SessionTokens([KEY])
REF = SessionRef(uuid7(), uuid7())


def _secret(key: bytes = KEY) -> bytes:
    return hmac.new(key, b"miniapp:access", hashlib.sha256).digest()


def _kid(key: bytes = KEY) -> str:
    return hashlib.sha256(_secret(key)).hexdigest()[:8]


def _claims(**other: object) -> dict[str, object]:
    now = datetime.now(UTC)
    claims: dict[str, object] = {
        "iss": "reveza",
        "aud": "reveza-miniapp",
        "sub": str(REF.session_id),
        "tenant": str(REF.tenant_id),
        "iat": now,
        "nbf": now,
        "exp": now + ACCESS_TIME,
    }
    return {name: value for name, value in {**claims, **other}.items() if value is not None}


def _token(claims: Mapping[str, object], *, key: bytes = KEY, kid: str | None = None) -> str:
    return jwt.encode(dict(claims), _secret(key), "HS256", headers={"kid": kid or _kid(key)})


def test_what_was_issued_is_read() -> None:
    """The session and its tenant."""
    assert TOKENS.read_access(TOKENS.access(REF, now=datetime.now(UTC))) == REF


def test_what_the_claims_of_the_tests_say_is_read() -> None:
    """The refusals below are of what is changed, and not of how these tests make tokens."""
    assert TOKENS.read_access(_token(_claims())) == REF


def _unsigned() -> str:
    return jwt.encode(_claims(), "", "none", headers={"kid": _kid()})


def _signed_with_rsa() -> str:
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = pair.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return jwt.encode(_claims(), pem, "RS256", headers={"kid": _kid()})


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        _unsigned(),
        _signed_with_rsa(),
        _token(_claims(), kid="unknown"),
        _token(_claims(), key=OLD, kid=_kid()),
        jwt.encode(_claims(), _secret(), "HS256"),
        _token(_claims(aud="another")),
        _token(_claims(iss="another")),
        _token(_claims(nbf=datetime.now(UTC) + timedelta(hours=1))),
        _token(_claims(exp=datetime.now(UTC) - timedelta(seconds=6))),
        *(_token(_claims(**{name: None})) for name in ("iss", "aud", "sub", "tenant", "iat", "nbf", "exp")),
        _token(_claims(sub="nobody")),
        _token(_claims(tenant="7")),
    ],
)
def test_other_access_tokens_are_refused(token: str) -> None:
    """No algorithm but ours, no key but ours, for nobody else, from nobody else, at no other time, nothing left out."""
    with pytest.raises(TokenInvalid):
        TOKENS.read_access(token)


def test_an_older_key_still_reads() -> None:
    """Rotating the installation's keys ends no session."""
    old, both = SessionTokens([OLD]), SessionTokens([KEY, OLD])
    renewal = Renewal(REF, 3)
    assert both.read_access(old.access(REF, now=datetime.now(UTC))) == REF
    assert both.read_refresh(old.refresh(renewal)) == renewal
    with pytest.raises(TokenInvalid):
        old.read_access(both.access(REF, now=datetime.now(UTC)))


@given(st.uuids(), st.uuids(), st.integers(0, 2**32 - 1))
def test_refresh_tokens_come_back(tenant_id: UUID, session_id: UUID, number: int) -> None:
    """As they were made, and the same each time: who asks twice is given the same."""
    renewal = Renewal(SessionRef(tenant_id, session_id), number)
    assert TOKENS.read_refresh(TOKENS.refresh(renewal)) == renewal
    assert TOKENS.refresh(renewal) == TOKENS.refresh(renewal)


@given(st.integers(0, 67), st.integers(1, 255))
def test_a_changed_byte_makes_a_refresh_token_nobodys(at: int, change: int) -> None:
    """Whichever byte: the ids, the number or the code."""
    whole = bytearray(base64.urlsafe_b64decode(TOKENS.refresh(Renewal(REF, 5)) + "="))
    whole[at] ^= change
    with pytest.raises(TokenInvalid):
        TOKENS.read_refresh(base64.urlsafe_b64encode(whole).decode())


@given(st.text(max_size=120))
def test_no_text_is_a_refresh_token(text: str) -> None:
    """Nor does any text break it."""
    with pytest.raises(TokenInvalid):
        TOKENS.read_refresh(text)


def test_neither_is_the_other() -> None:
    """The access token renews nothing, the refresh token opens nothing."""
    with pytest.raises(TokenInvalid):
        TOKENS.read_refresh(TOKENS.access(REF, now=datetime.now(UTC)))
    with pytest.raises(TokenInvalid):
        TOKENS.read_access(TOKENS.refresh(Renewal(REF, 0)))
