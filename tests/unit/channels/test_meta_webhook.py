"""Who may deliver: Meta's handshake and signature."""

import hashlib
import hmac

import pytest

from channels.base import Credentials
from channels.meta_whatsapp import MetaWhatsApp

_CREDENTIALS = Credentials("k", {"app_secret": "app-secret", "verify_token": "vérify"})
_BODY = b'{"text":"Ol\\u00e1"}'
_SIGNATURE = "sha256=" + hmac.new(b"app-secret", _BODY, hashlib.sha256).hexdigest()


def test_the_signature_is_over_the_raw_bytes(whatsapp: MetaWhatsApp) -> None:
    """Bytes as Meta wrote them verify; the same JSON written otherwise does not."""
    verify = [
        whatsapp.validate_webhook(_CREDENTIALS, {"x-hub-signature-256": _SIGNATURE}, body)
        for body in (_BODY, '{"text":"Olá"}'.encode())
    ]
    assert verify == [True, False]


@pytest.mark.parametrize(
    "header", ["", "sha256=", _SIGNATURE[7:], f"sha1={_SIGNATURE[7:]}", _SIGNATURE.upper(), "sha256=é", "\udcff"]
)
def test_another_header_is_refused(whatsapp: MetaWhatsApp, header: str) -> None:
    """Only Meta's own spelling counts, and strange letters are no error."""
    assert not whatsapp.validate_webhook(_CREDENTIALS, {"x-hub-signature-256": header}, _BODY)


def test_the_handshake_gives_the_challenge_back(whatsapp: MetaWhatsApp) -> None:
    """Meta's subscription is answered with its own words."""
    query = {"hub.mode": "subscribe", "hub.verify_token": "vérify", "hub.challenge": "1158201444"}
    assert whatsapp.handshake(_CREDENTIALS, query) == "1158201444"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "other"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "\udcff"},
    ],
)
def test_another_handshake_is_refused(whatsapp: MetaWhatsApp, change: dict[str, str]) -> None:
    """Another token or another mode gets nothing."""
    query = {"hub.mode": "subscribe", "hub.verify_token": "vérify", "hub.challenge": "1", **change}
    assert whatsapp.handshake(_CREDENTIALS, query) is None


def test_no_token_of_ours_means_no_handshake(whatsapp: MetaWhatsApp) -> None:
    """An empty token matches nobody, not everybody."""
    query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    assert whatsapp.handshake(Credentials("k", {}), query) is None


def test_a_signature_by_the_empty_secret_is_refused(whatsapp: MetaWhatsApp) -> None:
    """Where our secret is missing, signing with nothing is no signature."""
    header = "sha256=" + hmac.new(b"", _BODY, hashlib.sha256).hexdigest()
    assert not whatsapp.validate_webhook(Credentials("k", {"app_secret": ""}), {"x-hub-signature-256": header}, _BODY)
