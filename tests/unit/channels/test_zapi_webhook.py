"""Who may deliver for a Z-API instance, where nothing is signed."""

import pytest

from channels.base import Credentials
from channels.zapi import ZApi
from tests.unit.channels.zapi_api import TOKEN

_SECRETS = {"instance_token": TOKEN}
_SHORT = Credentials("padaria", _SECRETS)
_LONG = Credentials("8f3c0d6f1b5e4a7792d4e6f8a1b3c5d7", _SECRETS)


@pytest.mark.parametrize("credentials", [_SHORT, _LONG])
def test_the_instances_token_verifies(zapi: ZApi, credentials: Credentials) -> None:
    """Whatever the account key is called."""
    assert zapi.validate_webhook(credentials, {"z-api-token": TOKEN}, b"{}")


@pytest.mark.parametrize("given", ["", "x", TOKEN[:-1], f"{TOKEN} ", TOKEN.lower(), "é", "\udcff"])
@pytest.mark.parametrize("credentials", [_SHORT, _LONG])
def test_another_token_is_refused(zapi: ZApi, credentials: Credentials, given: str) -> None:
    """Also where the address is a secret: who sends the header has to know what belongs there."""
    assert not zapi.validate_webhook(credentials, {"z-api-token": given}, b"{}")


def test_without_the_header_only_a_secret_address_counts(zapi: ZApi) -> None:
    """The header is not documented; a name that can be guessed is no proof in its place."""
    assert [zapi.validate_webhook(known, {}, b"{}") for known in (_SHORT, _LONG)] == [False, True]


@pytest.mark.parametrize("headers", [{}, {"z-api-token": ""}, {"z-api-token": TOKEN}])
def test_nothing_verifies_without_a_token_of_ours(zapi: ZApi, headers: dict[str, str]) -> None:
    """Not even at a secret address: such an account is not set up."""
    assert not any(
        zapi.validate_webhook(Credentials(_LONG.account_key, secrets), headers, b"{}")
        for secrets in ({}, {"instance_token": ""})
    )


def test_there_is_no_handshake(zapi: ZApi) -> None:
    """Z-API never asks, so whoever asks is not Z-API."""
    query = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1"}
    assert zapi.handshake(_LONG, query) is None
