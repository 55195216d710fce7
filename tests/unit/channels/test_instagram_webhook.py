"""Who may deliver: Meta's handshake, and the signature by either login's secret."""

import hashlib
import hmac

import aiohttp
import pytest

from channels.base import Credentials
from channels.instagram import Instagram

BODY = b'{"text":"Ol\\u00e1"}'
BOTH = Credentials("k", {"app_secret": "of-app", "instagram_app_secret": "of-product", "verify_token": "verify"})


@pytest.fixture
async def instagram() -> Instagram:
    async with aiohttp.ClientSession() as session:
        return Instagram.configured(session, {})


def _signed(secret: bytes) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret, BODY, hashlib.sha256).hexdigest()}


@pytest.mark.parametrize(
    ("secret", "accepted"), [(b"of-app", True), (b"of-product", True), (b"", False), (b"x", False)]
)
def test_either_secret_signs(instagram: Instagram, secret: bytes, *, accepted: bool) -> None:
    """The app's by Facebook Login, its Instagram product's by Instagram Login; no other."""
    assert accepted == instagram.validate_webhook(BOTH, _signed(secret), BODY)


@pytest.mark.parametrize("name", ["app_secret", "instagram_app_secret"])
def test_one_secret_is_enough(instagram: Instagram, name: str) -> None:
    """The one that is missing matches nobody."""
    known = Credentials("k", {name: "known"})
    found = [instagram.validate_webhook(known, _signed(secret), BODY) for secret in (b"known", b"")]
    assert found == [True, False]


@pytest.mark.parametrize(("token", "answer"), [("verify", "1158201444"), ("other", None), ("", None)])
def test_the_handshake_gives_the_challenge_back(instagram: Instagram, token: str, answer: str | None) -> None:
    """To whoever knows our token."""
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    assert instagram.handshake(BOTH, query) == answer
