"""What the lead is shown while an answer is thought of."""

from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import pytest

from channels.base import Account, Capabilities, Channel
from core.domain.events import IdentityKind, SenderId
from core.services.accounts import Accounts
from pipeline.presence import Presence
from tests.unit.pipeline.test_prompt import context

ANA = SenderId(IdentityKind.LID, "70011223344550@lid")


@dataclass(slots=True)
class _Shown:
    """A channel that notes what it was to show."""

    able: Capabilities
    marks: list[tuple[str, bool, SenderId | None]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return self.able

    async def mark_read(self, account: Account, external_id: str, *, typing: bool, to: SenderId | None = None) -> None:
        self.marks.append((external_id, typing, to))


class _Opened:
    async def open_account(self, tenant_id: UUID, account_id: UUID) -> tuple[str, Account]:
        return "meta_whatsapp", Account("1", {})


@pytest.mark.parametrize("typing", [True, False])
async def test_a_channel_is_told_whose_message_was_read(*, typing: bool) -> None:
    """Some find a message only by its chat; typing is asked for only where it can be shown."""
    channel = _Shown(Capabilities(text_limit=1, read=True, typing=typing))
    presence = Presence(cast("Accounts", _Opened()), {"meta_whatsapp": cast("Channel", channel)})
    presence.reading(context("oi", last_external_id="3EB0A", reply_to=ANA))
    await presence.close()
    assert [("3EB0A", typing, ANA)] == channel.marks


async def test_a_channel_that_shows_nothing_is_not_asked() -> None:
    """Reading is a courtesy of those that have it."""
    channel = _Shown(Capabilities(text_limit=1))
    presence = Presence(cast("Accounts", _Opened()), {"meta_whatsapp": cast("Channel", channel)})
    presence.reading(context("oi", last_external_id="3EB0A", reply_to=ANA))
    await presence.close()
    assert channel.marks == []
