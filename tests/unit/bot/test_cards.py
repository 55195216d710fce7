"""Cards, however much there is to show."""

from datetime import UTC, datetime

import pytest
from aiogram.types import InlineKeyboardButton

from bot.cards import Viewer, draw_card
from bot.pieces import LONGEST
from bot.texts import Catalogs
from core.domain.conversation import Author, ConversationStatus, HandOffReason
from core.domain.ids import uuid7
from core.domain.team import ChatKind, called
from core.services.scenes import Card, SpokenLine
from sandbox.telegram.formatting import units
from sandbox.telegram.html_mode import parse_html

TEXT = Catalogs.load().of("pt-BR")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
VIEWER = Viewer(ChatKind.GROUP, None, None, names_tenant=False)


def _card(*, lead: str = "Ana", summary: str = "", words: str = "Oi") -> Card:
    lines = [SpokenLine(uuid7(), seq, Author.LEAD, "text", f"{seq} {words}", NOON) for seq in range(6)]
    return Card(
        conversation_id=uuid7(),
        lead_id=uuid7(),
        lead=lead,
        tenant="Acme",
        channel="zapi",
        source={"headline": "😀" * 200},
        score=1,
        stage="Novo",
        reason=HandOffReason.LEAD_ASKED,
        summary=summary,
        status=ConversationStatus.WAITING_HUMAN,
        holder="",
        assignee_id=None,
        begun_at=NOON,
        claimed_at=None,
        asleep_until=None,
        ended_at=None,
        ended_as="",
        settling=False,
        colleagues=1,
        lines=lines,
    )


def _shown(*, lead: str = "Ana", summary: str = "", words: str = "Oi") -> str:
    card = _card(lead=lead, summary=summary, words=words)
    return str(parse_html(draw_card(uuid7(), card, TEXT, VIEWER).html).text)


@pytest.mark.parametrize("sign", ["a", "😀", "&", "\n"])
def test_a_card_is_never_longer_than_telegram_takes(sign: str) -> None:
    """A lead who calls himself a novel, and an AI that summarises in one, keep nobody from hearing of him."""
    shown = _shown(lead=called(sign * 5000, None, ""), summary=f"Resumo {sign * 5000} fim", words=f"{sign * 5000} fim")
    assert units(shown) <= LONGEST
    assert "espera por alguém" in shown


def test_what_has_no_room_is_left_out_from_the_oldest_on() -> None:
    """The latest words are what the team needs most."""
    shown = _shown(summary="😀" * 1000, words="😀" * 5000)
    assert "👤 5 " in shown
    assert "👤 0 " not in shown


def test_a_card_with_room_shows_everything() -> None:
    """All six lines and the whole summary."""
    shown = _shown(summary="Quer saber o preço.")
    assert [f"👤 {seq} Oi" in shown for seq in range(6)] == [True] * 6
    assert "Quer saber o preço." in shown


def test_the_panel_is_the_last_of_its_buttons() -> None:
    """Below what is to be done with the lead at once."""
    button = InlineKeyboardButton(text="Painel", url="https://t.me/reveza_bot?startapp=lead_1")
    drawn = draw_card(uuid7(), _card(), TEXT, VIEWER, button)
    assert drawn.keyboard is not None
    assert (len(drawn.keyboard.inline_keyboard), drawn.keyboard.inline_keyboard[-1]) == (3, [button])
