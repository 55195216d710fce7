"""WhatsApp's Cloud API, with a number of yours.

One text goes to ``E2E_PHONE`` and stays there: Meta takes no message back. It is a service message, free in small
numbers, then charged at the market's rate (about 0.007 US dollars in Brazil). The phone has to have written to the
number within the last 24 hours. With ``E2E_META_MESSAGE`` that message is marked as read and typing is shown, for at
most 25 seconds. One call has a wrong token, and one goes to a number that cannot be anybody's.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from channels.base import Account, Channel, Credentials
from channels.http import base_url, get
from channels.meta_errors import read_answer
from channels.meta_graph import GRAPH_URL, GRAPH_VERSION
from core.domain.errors import ChannelStopped, SendRefused
from core.domain.events import IdentityKind, SenderId
from tests.e2e.deliveries import Delivery
from tests.e2e.keys import Keys, chosen
from tests.e2e.words import WORDS

pytestmark = pytest.mark.e2e

NEEDS = {
    "META_PHONE_NUMBER_ID": "the phone number id of a number of yours",
    "META_ACCESS_TOKEN": "a token that may send from it",
    "E2E_PHONE": "a phone of yours that wrote to the number today and gets one text: digits, country code first",
}
MAY = {
    "E2E_META_MESSAGE": "the id (wamid…) of a message that this phone wrote to the number, to be marked as read",
    "E2E_META_DELIVERY": "a file with a delivery of the app's, as tests/e2e/capture.py keeps it",
    "META_APP_SECRET": "the secret of the app that the delivery is signed by",
}


@pytest.fixture
def channel(channels: Mapping[str, Channel]) -> Channel:
    """The Cloud API's."""
    return channels["meta_whatsapp"]


@pytest.fixture
def account(keys: Keys) -> Account:
    """The number."""
    return keys.account("meta_whatsapp", keys["META_PHONE_NUMBER_ID"])


@pytest.fixture
def phone(keys: Keys) -> SenderId:
    """Who gets the text."""
    return SenderId(IdentityKind.PHONE, keys["E2E_PHONE"])


@pytest.fixture
def credentials(keys: Keys) -> Credentials:
    """What deliveries are verified by."""
    return Credentials("e2e", {"app_secret": keys["META_APP_SECRET"]})


async def test_the_token_opens_the_number(keys: Keys, http: aiohttp.ClientSession) -> None:
    """Meta says of the number what it is called."""
    graph = base_url("META_GRAPH_URL", chosen("META_GRAPH_URL", GRAPH_URL)) / chosen(
        "META_GRAPH_VERSION", GRAPH_VERSION
    )
    url = (graph / keys["META_PHONE_NUMBER_ID"]).with_query(fields="id,display_phone_number,verified_name")
    answer = await get(http, url, {"Authorization": f"Bearer {keys['META_ACCESS_TOKEN']}"}, seconds=10)
    assert read_answer(answer)["id"] == keys["META_PHONE_NUMBER_ID"]


async def test_a_text_is_taken(channel: Channel, account: Account, phone: SenderId) -> None:
    """Its id comes back; look at the phone. ``SendNeedsTemplate`` means: write to the number first."""
    assert (await channel.send_message(account, phone, WORDS, callback="e2e")).external_id


async def test_reading_and_typing_are_shown(channel: Channel, account: Account, keys: Keys) -> None:
    """In one call; look at the phone."""
    await channel.mark_read(account, keys["E2E_META_MESSAGE"], typing=True)


async def test_a_captured_delivery_is_believed(channel: Channel, credentials: Credentials, keys: Keys) -> None:
    """Signed by Meta itself, over these bytes; and something in it is understood."""
    assert Delivery.read(Path(keys["E2E_META_DELIVERY"])).judged(channel, credentials)


async def test_a_changed_delivery_is_not_believed(channel: Channel, credentials: Credentials, keys: Keys) -> None:
    """One blank more is enough."""
    assert not Delivery.read(Path(keys["E2E_META_DELIVERY"])).believed_when_changed(channel, credentials)


async def test_a_wrong_token_stops_the_channel(channel: Channel, account: Account, phone: SenderId) -> None:
    """Nothing is sent."""
    wrong = replace(account, secrets={"access_token": account.secrets["access_token"] + "0"})
    with pytest.raises(ChannelStopped):
        await channel.send_message(wrong, phone, WORDS, callback="e2e")


async def test_a_wrong_recipient_is_refused(channel: Channel, account: Account) -> None:
    """A number that is too short to be anybody's."""
    with pytest.raises(SendRefused):
        await channel.send_message(account, SenderId(IdentityKind.PHONE, "0"), WORDS, callback="e2e")
