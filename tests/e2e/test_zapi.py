"""Z-API, with an instance of yours whose phone is connected.

Costs nothing beside the instance. One text goes to ``E2E_PHONE``, and stays there: Z-API's messages are not taken back.
With ``E2E_ZAPI_MESSAGE`` the chat with that phone is marked as read up to it. One call has a wrong token, and one goes
to a number that cannot be anybody's.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from channels.base import Account, Channel, Credentials
from channels.http import base_url, get
from channels.zapi import ZAPI_URL
from channels.zapi_errors import not_connected, read_status
from core.domain.errors import ChannelStopped, SendRefused
from core.domain.events import IdentityKind, SenderId
from tests.e2e.deliveries import Delivery
from tests.e2e.keys import Keys, chosen
from tests.e2e.words import WORDS

pytestmark = pytest.mark.e2e

NEEDS = {
    "ZAPI_INSTANCE_ID": "the instance's id",
    "ZAPI_INSTANCE_TOKEN": "the instance's token",
    "ZAPI_CLIENT_TOKEN": "the account's security token, switched on at Z-API",
    "E2E_PHONE": "a phone of yours that gets one text: digits, country code first",
}
MAY = {
    "E2E_ZAPI_MESSAGE": "the id of a message that this phone wrote to the instance, to be marked as read",
    "E2E_ZAPI_DELIVERY": "a file with a delivery of the instance's, as tests/e2e/capture.py keeps it",
}


@pytest.fixture
def channel(channels: Mapping[str, Channel]) -> Channel:
    """Z-API's."""
    return channels["zapi"]


@pytest.fixture
def account(keys: Keys) -> Account:
    """The instance."""
    return keys.account("zapi", keys["ZAPI_INSTANCE_ID"])


@pytest.fixture
def phone(keys: Keys) -> SenderId:
    """Who gets the text."""
    return SenderId(IdentityKind.PHONE, keys["E2E_PHONE"])


async def test_the_phone_is_connected(keys: Keys, http: aiohttp.ClientSession) -> None:
    """The tokens open the instance, and its answer is the one that every send asks for."""
    instance = base_url("ZAPI_URL", chosen("ZAPI_URL", ZAPI_URL)) / "instances" / keys["ZAPI_INSTANCE_ID"]
    url = instance / "token" / keys["ZAPI_INSTANCE_TOKEN"] / "status"
    answer = await get(http, url, {"Client-Token": keys["ZAPI_CLIENT_TOKEN"]}, seconds=10)
    assert not_connected(read_status(answer, ())) is None


async def test_a_text_is_taken(channel: Channel, account: Account, phone: SenderId) -> None:
    """Its id comes back; look at the phone."""
    assert (await channel.send_message(account, phone, WORDS, callback="e2e")).external_id


async def test_reading_is_shown(channel: Channel, account: Account, phone: SenderId, keys: Keys) -> None:
    """Z-API finds the message by its chat."""
    await channel.mark_read(account, keys["E2E_ZAPI_MESSAGE"], typing=False, to=phone)


async def test_a_captured_delivery_is_believed(channel: Channel, keys: Keys) -> None:
    """By the header that Z-API does not document: a short account key alone would not do."""
    credentials = Credentials("e2e", {"instance_token": keys["ZAPI_INSTANCE_TOKEN"]})
    events = Delivery.read(Path(keys["E2E_ZAPI_DELIVERY"])).judged(channel, credentials)
    assert {keys["ZAPI_INSTANCE_ID"]} == {event.account for event in events}


async def test_a_delivery_of_another_instance_is_not_believed(channel: Channel, keys: Keys) -> None:
    """With another token behind the account key."""
    delivery = Delivery.read(Path(keys["E2E_ZAPI_DELIVERY"]))
    other = Credentials("e2e", {"instance_token": keys["ZAPI_INSTANCE_TOKEN"] + "0"})
    assert not channel.validate_webhook(other, delivery.headers, delivery.body)


@pytest.mark.parametrize("secret", ["instance_token", "client_token"])
async def test_a_wrong_token_stops_the_channel(
    channel: Channel, account: Account, phone: SenderId, secret: str
) -> None:
    """Whichever of the two it is; nothing is sent."""
    wrong = replace(account, secrets={**account.secrets, secret: account.secrets[secret] + "0"})
    with pytest.raises(ChannelStopped):
        await channel.send_message(wrong, phone, WORDS, callback="e2e")


async def test_a_wrong_recipient_is_refused(channel: Channel, account: Account) -> None:
    """A number that is too short to be anybody's."""
    with pytest.raises(SendRefused):
        await channel.send_message(account, SenderId(IdentityKind.PHONE, "00000"), WORDS, callback="e2e")
