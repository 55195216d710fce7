"""Buttons' data: short enough for Telegram, and read back as it was meant."""

from uuid import UUID

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given
from hypothesis import strategies as st

from bot import taps
from bot.short_ids import LENGTH, long, short
from bot.taps import (
    AboutConversation,
    AboutTenant,
    AccountTap,
    AccountVerb,
    BusinessTap,
    BusinessVerb,
    ConversationTap,
    InviteTap,
    LanguageTap,
    LettersTap,
    LettersVerb,
    LetterTap,
    LetterVerb,
    MemberTap,
    MemberVerb,
    MessageTap,
    Nap,
    OperatorTap,
    OperatorVerb,
    RightsTap,
    RightsVerb,
    SnoozeTap,
    TransferTap,
    Verb,
    WishTap,
)
from core.domain.conversation import Role
from core.domain.data_request import RequestKind
from core.domain.errors import BadRequest
from core.domain.opt_out import WishKind

_ID = UUID("ffffffff-ffff-4fff-bfff-ffffffffffff")
EVERY: list[CallbackData] = [
    *(ConversationTap.about(verb, _ID, _ID) for verb in Verb),
    *(BusinessTap.about(verb, _ID) for verb in BusinessVerb),
    *(AccountTap.about(verb, _ID, _ID) for verb in AccountVerb),
    *(MemberTap.about(verb, _ID, _ID) for verb in MemberVerb),
    *(LetterTap.about(verb, _ID, _ID) for verb in LetterVerb),
    *(LettersTap.of(verb, _ID, "fetch", _ID) for verb in LettersVerb),
    LettersTap.of(LettersVerb.LIST, _ID),
    *(InviteTap.for_role(_ID, role) for role in Role),
    TransferTap.to(_ID, _ID),
    *(SnoozeTap.about(nap, _ID, _ID) for nap in Nap),
    MessageTap.about(_ID, _ID),
    *(RightsTap.about(verb, _ID, _ID) for verb in RightsVerb),
    *(WishTap.about(wish, _ID, _ID) for wish in (*RequestKind, *WishKind)),
    LanguageTap(language="pt-BR"),
    *(OperatorTap.about(verb, _ID) for verb in OperatorVerb),
    OperatorTap.to_plan(_ID, "x" * 24),
]


@pytest.mark.parametrize("tap", EVERY, ids=lambda tap: tap.pack()[:12])
def test_a_button_fits(tap: CallbackData) -> None:
    """Telegram takes 64 bytes, and gives back what it was given."""
    packed = tap.pack()
    assert len(packed.encode()) <= 64
    assert type(tap).unpack(packed) == tap


def test_every_kind_of_button_is_tried() -> None:
    """A new one has to be measured too."""
    kinds = {
        one
        for one in vars(taps).values()
        if isinstance(one, type)
        and issubclass(one, CallbackData)
        and one not in {CallbackData, AboutTenant, AboutConversation}
    }
    assert {type(tap) for tap in EVERY} == kinds


def test_no_two_kinds_begin_alike() -> None:
    """By its first letters a tap finds its handler."""
    kinds = {type(tap) for tap in EVERY}
    assert len({kind.__prefix__ for kind in kinds}) == len(kinds)


@given(st.uuids())
def test_an_id_comes_back_from_a_button(value: UUID) -> None:
    """Whatever it is, in 22 signs of those that a button may hold."""
    written = short(value)
    assert (len(written), long(written)) == (LENGTH, value)


@pytest.mark.parametrize("text", ["", "A", "A" * 21, "A" * 23, "ç" * 22, "A" * 21 + "!"])
def test_what_is_no_id_is_refused(text: str) -> None:
    """A made-up button leads nowhere."""
    with pytest.raises(BadRequest):
        long(text)
