"""A hand-off's card: what it says and which buttons it has."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.keyboards import button, keyboard
from bot.lines import card_line
from bot.pieces import LONGEST, cut_words, shown_units
from bot.taps import ConversationTap, Verb
from bot.texts import Html, Text
from core.domain.conversation import ConversationStatus, Role
from core.domain.splitting import utf16_units
from core.domain.team import ChatKind
from core.services.scenes import Card

_CHANNELS: Final = frozenset({"meta_whatsapp", "zapi", "instagram"})
_HEADLINE: Final = 80
_SUMMARY: Final = 2000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes a card is for; in a group everybody's, so ``member_id`` is nobody's."""

    kind: ChatKind
    member_id: UUID | None
    role: Role | None
    names_tenant: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message of Telegram, ready to be sent."""

    html: Html
    keyboard: InlineKeyboardMarkup | None = None


def draw_card(
    tenant_id: UUID, card: Card, text: Text, viewer: Viewer, panel: InlineKeyboardButton | None = None
) -> Drawn:
    """The card as it stands, for this viewer; the oldest of its lines are left out where a message has no room for them.

    ``panel``: what opens the panel at this lead.
    """
    head = _head(card, text, viewer)
    lines = [] if card.over else [card_line(line, text) for line in card.lines]
    while lines and shown_units(_below(head, text("card.lines"), *lines)) > LONGEST:
        del lines[0]
    html = _below(head, text("card.lines"), *lines) if lines else head
    return Drawn(html, _keyboard(tenant_id, card, text, viewer, panel))


def _head(card: Card, text: Text, viewer: Viewer) -> Html:
    return _below(
        text("card.tenant", tenant=card.tenant) if viewer.names_tenant else Html(""),
        text(f"card.state.{_state(card)}", lead=card.lead, channel=_channel(card, text)),
        text("card.reason", reason=text(f"reason.{card.reason}")),
        text("card.standing", score=card.score, stage=card.stage, time=f"{card.begun_at:%H:%M}"),
        _source(card, text),
        _holder(card, text),
        _asleep(card, text),
        _summary(card, text),
    )


def _below(*parts: Html) -> Html:
    return Html("\n".join(part for part in parts if part))


def _summary(card: Card, text: Text) -> Html:
    if not card.summary:
        return Html("")
    whole = utf16_units(card.summary) <= _SUMMARY
    return text("card.summary", summary=card.summary if whole else f"{cut_words(card.summary, _SUMMARY)[0]}…")


def _state(card: Card) -> str:
    if card.over:
        return card.ended_as if card.ended_as in {"closed", "released", "left"} else "returned"
    if card.status is ConversationStatus.HUMAN:
        return "settling" if card.settling else "held"
    return "waiting"


def _channel(card: Card, text: Text) -> Html:
    return text(f"channel.{card.channel if card.channel in _CHANNELS else 'other'}")


def _source(card: Card, text: Text) -> Html:
    headline = card.source.get("headline") or card.source.get("source_url")
    return text("card.source", source=str(headline)[:_HEADLINE]) if headline else Html("")


def _holder(card: Card, text: Text) -> Html:
    if card.over:
        return text("card.ended", time=f"{card.ended_at:%H:%M}") if card.ended_at else Html("")
    if card.status is not ConversationStatus.HUMAN:
        return Html("")
    since = f"{card.claimed_at:%H:%M}" if card.claimed_at else ""
    if not card.assignee_id:
        return text("card.on_the_phone")
    return text("card.settling" if card.settling else "card.held_by", member=card.holder, time=since)


def _asleep(card: Card, text: Text) -> Html:
    if card.over or card.asleep_until is None:
        return Html("")
    return text("card.asleep", time=f"{card.asleep_until:%d/%m %H:%M}")


def _keyboard(
    tenant_id: UUID, card: Card, text: Text, viewer: Viewer, panel: InlineKeyboardButton | None
) -> InlineKeyboardMarkup | None:
    def one(verb: Verb) -> InlineKeyboardButton:
        return button(text.plain(f"button.{verb}"), ConversationTap.about(verb, tenant_id, card.conversation_id))

    rows = [[one(verb) for verb in row] for row in _verbs(card, viewer)]
    return keyboard([*rows, [panel] if panel else []])


def _verbs(card: Card, viewer: Viewer) -> tuple[tuple[Verb, ...], ...]:
    if card.over:
        return ((Verb.VIEW,),)
    if card.status is not ConversationStatus.HUMAN or card.assignee_id is None:
        leads = viewer.role in {Role.MANAGER, Role.ADMIN}
        sleep = Verb.SNOOZE if card.asleep_until is None else Verb.WAKE
        return ((Verb.TAKE,), (Verb.VIEW, Verb.CLOSE), (sleep,) if leads else ())
    decides = viewer.kind is ChatKind.GROUP or viewer.member_id == card.assignee_id
    if not decides and viewer.role is Role.ATTENDANT:
        return ((Verb.VIEW,),)
    transfer = (Verb.TRANSFER,) if card.colleagues else ()
    sleep = Verb.SNOOZE if card.asleep_until is None else Verb.WAKE
    return ((Verb.RETURN, *transfer), (Verb.NOTE, Verb.VIEW), (sleep, Verb.CLOSE))
