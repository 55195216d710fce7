"""Taps by people who may not."""

from typing import Any
from uuid import UUID

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.taps import (
    AccountTap,
    AccountVerb,
    BusinessTap,
    BusinessVerb,
    InviteTap,
    LetterTap,
    LetterVerb,
    MemberTap,
    MemberVerb,
)
from core.domain.conversation import Role
from core.domain.ids import uuid7
from tests.integration.bot.stage import Stage
from tests.integration.sandbox.telegram_cast import ANA, CAIO

REFUSED = "Sem permissão."
TABLES = ("members", "channel_accounts", "dead_letters", "invites", "conversations", "hand_offs")


async def _forged(stage: Stage, user_id: int, tap: CallbackData) -> str:
    """Tap a button with this data, in one's own chat with the bot, as a changed client may; what pops up."""
    sent = await stage.bot.send_message(user_id, "…", reply_markup=_button(tap.pack()))
    return await stage.taps(user_id, {"chat": {"id": user_id}, "message_id": sent.message_id}, "x")


def _button(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data=data)]])


async def _taps(stage: Stage) -> dict[str, CallbackData]:
    """A button about each thing that the desk's business has."""
    tenant_id, business = stage.tenant_id, stage.desk.business
    letter = await stage.desk.seed.insert(
        "dead_letters", tenant_id=tenant_id, kind="turn", subject_id=stage.desk.thread.conversation_id, error="failed"
    )
    return {
        "account": AccountTap.about(AccountVerb.DISCONNECT, tenant_id, business.account_id),
        "member": MemberTap.about(MemberVerb.REMOVE, tenant_id, business.member_id),
        "letter": LetterTap.about(LetterVerb.DROP, tenant_id, letter),
        "invite": InviteTap.for_role(tenant_id, Role.ADMIN),
        "resume": BusinessTap.about(BusinessVerb.RESUME, tenant_id),
        "switch": BusinessTap.about(BusinessVerb.SWITCH, tenant_id),
    }


async def _rows(stage: Stage, tenant_id: UUID) -> list[Any]:
    """Everything that a tap could change, of that business."""
    whose = {**dict.fromkeys(TABLES, "tenant_id"), "tenants": "id"}
    return [
        await stage.desk.rows(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = $1 ORDER BY id", tenant_id)
        for table, column in whose.items()
    ]


@pytest.mark.parametrize("about", ["account", "member", "letter", "invite", "resume", "switch"])
async def test_a_tap_from_another_team_changes_nothing(stage: Stage, about: str) -> None:
    """An admin of another business is refused, and his try is in the audit log of the one he tried."""
    elsewhere = await stage.desk.seed.business("elsewhere")
    await stage.member(CAIO, Role.ADMIN, tenant_id=elsewhere.tenant_id)
    tap = (await _taps(stage))[about]
    before = await _rows(stage, stage.tenant_id)
    assert await _forged(stage, CAIO, tap) == REFUSED
    assert await _rows(stage, stage.tenant_id) == before
    assert await stage.audited() == [(f"telegram:{CAIO}", "telegram.refused")]


async def test_a_tap_by_who_is_in_no_team_is_written_down(stage: Stage) -> None:
    """It need not be an admin of anything."""
    await stage.starts(CAIO)
    assert await _forged(stage, CAIO, (await _taps(stage))["member"]) == REFUSED
    assert await stage.audited() == [(f"telegram:{CAIO}", "telegram.refused")]


async def test_a_guess_leaves_no_trace(stage: Stage) -> None:
    """For what does not exist in that business nobody's audit log grows."""
    await stage.starts(CAIO)
    theirs = MemberTap.about(MemberVerb.REMOVE, stage.tenant_id, uuid7())
    nobodys = BusinessTap.about(BusinessVerb.RESUME, uuid7())
    assert [await _forged(stage, CAIO, tap) for tap in (theirs, nobodys)] == [REFUSED, REFUSED]
    assert await stage.desk.value("SELECT count(*) FROM audit_log") == 0


@pytest.mark.parametrize("about", ["account", "member", "letter", "invite", "resume"])
async def test_an_attendant_may_not_do_what_admins_do(stage: Stage, about: str) -> None:
    """A button that he should not have does nothing, and says so kindly."""
    await stage.member(ANA)
    tap = (await _taps(stage))[about]
    before = await _rows(stage, stage.tenant_id)
    assert (await _forged(stage, ANA, tap)).startswith("Você não tem permissão para isso.")
    assert await _rows(stage, stage.tenant_id) == before


async def test_another_tenants_object_is_not_there(stage: Stage) -> None:
    """An admin who puts a foreign object under his own business finds nothing."""
    elsewhere = await stage.desk.seed.business("elsewhere")
    await stage.member(ANA, Role.ADMIN)
    tap = AccountTap.about(AccountVerb.DISCONNECT, stage.tenant_id, elsewhere.account_id)
    assert await _forged(stage, ANA, tap) == "Isso não existe mais."
    status = "SELECT status FROM channel_accounts WHERE id = $1"
    assert await stage.desk.value(status, elsewhere.account_id) == "active"


@pytest.mark.parametrize("data", ["b:xxx:resume", "a:" + "A" * 22 + ":end:short", "i:" + "A" * 22 + ":boss", "?"])
async def test_data_that_is_none_of_ours_does_nothing(stage: Stage, data: str) -> None:
    """Made-up data is answered, or left to end by itself; the bot goes on."""
    await stage.member(ANA, Role.ADMIN)
    sent = await stage.bot.send_message(ANA, "…", reply_markup=_button(data))
    await stage.telegram.post(
        "tap", user_id=ANA, bot_id=stage.bot.id, chat_id=ANA, message_id=sent.message_id, button="x"
    )
    assert "de plantão" in (await stage.asks(ANA, "/status"))["text"]
    assert await stage.desk.value("SELECT count(*) FROM telegram_updates WHERE error IS NOT NULL") == 0
