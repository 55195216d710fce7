"""Instagram, with an account of yours, by the login that ``INSTAGRAM_LOGIN`` names; run it once for each.

Costs nothing. One text goes to ``E2E_IGSID`` and stays there: it is not taken back. That person has to have written to
the account within the last 24 hours; what they wrote is shown as seen, and typing is shown for a moment. One call has
a wrong token, and one goes to an id that cannot be anybody's.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from channels.base import Account, Channel, Credentials
from channels.http import base_url, get
from channels.instagram import INSTAGRAM_GRAPH_URL
from channels.meta_errors import read_answer
from channels.meta_graph import GRAPH_URL, GRAPH_VERSION
from core.domain.errors import ChannelStopped, SendRefused
from core.domain.events import IdentityKind, SenderId
from tests.e2e.deliveries import Delivery
from tests.e2e.keys import Keys, chosen
from tests.e2e.words import WORDS

pytestmark = pytest.mark.e2e

NEEDS = {
    "INSTAGRAM_ACCOUNT_ID": "the professional account's id, as webhooks name it",
    "INSTAGRAM_LOGIN": "instagram or facebook: whose token it is",
    "INSTAGRAM_ACCESS_TOKEN": "by Instagram Login the account's token, by Facebook Login its Page's",
    "E2E_IGSID": "the id of a person of yours, as webhooks name them, who wrote to the account today",
}
MAY = {
    "E2E_INSTAGRAM_DELIVERY": "a file with a delivery of the app's, as tests/e2e/capture.py keeps it",
    "INSTAGRAM_APP_SECRET": "by Instagram Login: the secret of the app's Instagram product, which signs the delivery",
    "META_APP_SECRET": "by Facebook Login: the secret of the app, which signs the delivery",
}


@pytest.fixture
def channel(channels: Mapping[str, Channel]) -> Channel:
    """Instagram's."""
    return channels["instagram"]


@pytest.fixture
def account(keys: Keys) -> Account:
    """The professional account."""
    return keys.account("instagram", keys["INSTAGRAM_ACCOUNT_ID"])


@pytest.fixture
def person(keys: Keys) -> SenderId:
    """Who gets the text."""
    return SenderId(IdentityKind.IGSID, keys["E2E_IGSID"])


@pytest.fixture
def credentials(keys: Keys) -> Credentials:
    """What deliveries are verified by; which of an app's secrets signs depends on the login."""
    if keys["INSTAGRAM_LOGIN"] == "instagram":
        return Credentials("e2e", {"instagram_app_secret": keys["INSTAGRAM_APP_SECRET"]})
    return Credentials("e2e", {"app_secret": keys["META_APP_SECRET"]})


async def test_the_token_opens_the_account(keys: Keys, http: aiohttp.ClientSession) -> None:
    """By Instagram Login it is the account's own; by Facebook Login, that of the Page it is linked to."""
    by_instagram = keys["INSTAGRAM_LOGIN"] == "instagram"
    name, usual = ("INSTAGRAM_GRAPH_URL", INSTAGRAM_GRAPH_URL) if by_instagram else ("META_GRAPH_URL", GRAPH_URL)
    me = base_url(name, chosen(name, usual)) / chosen("META_GRAPH_VERSION", GRAPH_VERSION) / "me"
    url = me.with_query(fields="user_id" if by_instagram else "instagram_business_account")
    answer = await get(http, url, {"Authorization": f"Bearer {keys['INSTAGRAM_ACCESS_TOKEN']}"}, seconds=10)
    told = read_answer(answer)
    opened = told["user_id"] if by_instagram else told["instagram_business_account"]["id"]
    assert opened == keys["INSTAGRAM_ACCOUNT_ID"]


async def test_a_text_is_taken(channel: Channel, account: Account, person: SenderId) -> None:
    """Its id comes back; look at the app. ``SendNeedsTemplate`` means: write to the account first."""
    assert (await channel.send_message(account, person, WORDS, callback="e2e")).external_id


async def test_reading_and_typing_are_shown(channel: Channel, account: Account, person: SenderId) -> None:
    """Of everything that this person wrote."""
    await channel.mark_read(account, "any", typing=True, to=person)


async def test_a_captured_delivery_is_believed(channel: Channel, credentials: Credentials, keys: Keys) -> None:
    """Signed by Meta itself, over these bytes; and something in it is understood."""
    assert Delivery.read(Path(keys["E2E_INSTAGRAM_DELIVERY"])).judged(channel, credentials)


async def test_a_changed_delivery_is_not_believed(channel: Channel, credentials: Credentials, keys: Keys) -> None:
    """One blank more is enough."""
    assert not Delivery.read(Path(keys["E2E_INSTAGRAM_DELIVERY"])).believed_when_changed(channel, credentials)


async def test_a_wrong_token_stops_the_channel(channel: Channel, account: Account, person: SenderId) -> None:
    """Nothing is sent."""
    wrong = {**account.secrets, "access_token": account.secrets["access_token"] + "0"}
    with pytest.raises(ChannelStopped):
        await channel.send_message(replace(account, secrets=wrong), person, WORDS, callback="e2e")


async def test_a_wrong_recipient_is_refused(channel: Channel, account: Account) -> None:
    """An id that is nobody's."""
    with pytest.raises(SendRefused):
        await channel.send_message(account, SenderId(IdentityKind.IGSID, "1"), WORDS, callback="e2e")
