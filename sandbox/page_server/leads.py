"""Leads that the page makes up, and what they and the business's owner write."""

import itertools
from collections.abc import Iterator, Sequence

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.page_server.channels import CHANNELS, BusinessAccount, Channel
from sandbox.page_server.emulators import Emulators
from sandbox.page_server.phones import Phones, Thread
from sandbox.wire import JsonObject

LONGEST_NAME = 60
LONGEST_TEXT = 4096


class NewLead(BaseModel):
    """Somebody who has not written yet."""

    model_config = ConfigDict(extra="forbid")

    channel: str
    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class Words(BaseModel):
    """What somebody writes in a thread."""

    model_config = ConfigDict(extra="forbid")

    channel: str
    account: str
    lead: str
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class Leads:
    """Whose phones the page has."""

    def __init__(
        self, accounts: Sequence[BusinessAccount], phones: Phones, emulators: Emulators, started: float
    ) -> None:
        """``started``: the time of the start; numbers made up follow from it, so that no earlier run's lead comes back."""
        self.accounts = accounts
        self._phones = phones
        self._emulators = emulators
        self._minute = int(started) // 60
        self._numbers: Iterator[int] = itertools.count(self._minute * 10)

    def make(self, wanted: NewLead) -> Thread:
        """A lead with an address of the channel's kind, whose phone is empty."""
        account = next((one for one in self.accounts if one.channel == wanted.channel), None)
        if account is None:
            raise web.HTTPNotFound(text="no such channel")
        return self._phones.open(account.channel, account.account, self._address(account.channel), wanted.name)

    def _address(self, channel: str) -> str:
        if channel == "instagram":
            # Instagram tells no names: an id that ends with the lead's number is what a person can know him by.
            return f"17{self._minute:010d}{len(self._phones.newer(0)) + 1:04d}"
        return f"55119{next(self._numbers) % 10**8:08d}"

    async def lead_writes(self, words: Words) -> JsonObject:
        """The lead writes to the business."""
        channel, thread = self._thread(words)
        body: JsonObject = {channel.account_key: words.account, "from": words.lead, "text": words.text}
        return await self._emulators.post(channel.emulator, "lead", body | {"name": thread.name})

    async def owner_writes(self, words: Words) -> JsonObject:
        """The business answers on its own phone."""
        channel, _ = self._thread(words)
        body: JsonObject = {channel.account_key: words.account, "to": words.lead, "text": words.text}
        return await self._emulators.post(channel.emulator, "owner", body)

    def _thread(self, words: Words) -> tuple[Channel, Thread]:
        thread = self._phones.find(words.channel, words.account, words.lead)
        if thread is None:
            raise web.HTTPNotFound(text="no such lead")
        return CHANNELS[words.channel], thread
