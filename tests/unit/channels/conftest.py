"""WhatsApp channels on APIs that answer as each test says."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aioresponses import aioresponses

from channels.base import Account
from channels.meta_whatsapp import MetaWhatsApp
from channels.zapi import ZApi
from tests.unit.channels.graph import GRAPH, TOKEN
from tests.unit.channels.zapi_api import API


@pytest.fixture
async def whatsapp() -> AsyncIterator[MetaWhatsApp]:
    async with aiohttp.ClientSession() as session:
        yield MetaWhatsApp(session, GRAPH, "v26.0")


@pytest.fixture
def graph() -> Iterator[aioresponses]:
    with aioresponses() as mock:
        yield mock


@pytest.fixture
def account() -> Account:
    return Account("200100200100201", {"access_token": TOKEN})


@pytest.fixture
async def zapi() -> AsyncIterator[ZApi]:
    async with aiohttp.ClientSession() as session:
        yield ZApi(session, API)


@pytest.fixture
def api() -> Iterator[aioresponses]:
    with aioresponses() as mock:
        yield mock
